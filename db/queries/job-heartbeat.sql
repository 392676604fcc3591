-- Moves a lease on, and says whether the job is asked to stop.
UPDATE job SET lease_until = :until
WHERE id = :id AND worker = :worker AND state = 'running'
RETURNING cancel
