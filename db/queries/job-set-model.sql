-- The model that a job turned out to work on, 0 for none.
UPDATE job SET model_id = nullif(:model, 0)
WHERE id = :id AND worker = :worker AND state = 'running'
