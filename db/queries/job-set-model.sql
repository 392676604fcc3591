-- The model that a job turned out to work on.
UPDATE job SET model_id = :model
WHERE id = :id AND worker = :worker AND state = 'running'
