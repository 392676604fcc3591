-- Ends a running job.
UPDATE job SET state = :state, message = :message, status = :status,
    result = :result, rate = 0, lease_until = 0, ended_at = :now
WHERE id = :id AND worker = :worker AND state = 'running'
