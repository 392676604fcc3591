-- Asks the worker of a running job to stop.
UPDATE job SET cancel = 1 WHERE id = :id AND state = 'running'
