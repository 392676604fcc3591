-- Cancels a job that has not started.
UPDATE job SET state = 'cancelled', cancel = 1, ended_at = :now
WHERE id = :id AND state = 'queued'
