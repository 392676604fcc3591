-- Takes a job from its worker, to be started again, unless it was asked to
-- stop. attempts: what it costs, 0 or -1.
UPDATE job SET state = CASE WHEN cancel THEN 'cancelled' ELSE 'queued' END,
    ended_at = CASE WHEN cancel THEN :now END,
    worker = '', host = '', pid = 0, lease_until = 0, rate = 0,
    attempts = attempts + :attempts
WHERE id = :id AND worker = :worker AND state = 'running'
