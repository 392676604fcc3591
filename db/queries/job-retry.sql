-- Queues a job again that failed or was cancelled.
UPDATE job SET state = 'queued', cancel = 0, attempts = 0, progress = 0,
    total = 0, rate = 0, message = '', status = '', result = '', worker = '',
    host = '', pid = 0, started_at = NULL, ended_at = NULL
WHERE id = :id AND state IN ('failed', 'cancelled')
