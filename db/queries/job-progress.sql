-- How far a job is.
UPDATE job SET progress = :progress, total = :total, rate = :rate,
    message = :message
WHERE id = :id AND worker = :worker AND state = 'running'
