-- A new job.
INSERT INTO job (kind, state, params, model_id, created_at)
VALUES (:kind, 'queued', :params, :model, :created_at)
