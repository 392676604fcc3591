-- Hands a queued job to a worker.
UPDATE job SET state = 'running', worker = :worker, host = :host, pid = :pid,
    lease_until = :until, attempts = attempts + 1, started_at = :now,
    ended_at = NULL, message = '', status = '', result = '', rate = 0
WHERE id = :id AND state = 'queued'
