-- The first job that may start. Nothing starts beside an import or before one
-- that was queued earlier, an import beside nothing, and of two jobs of one
-- model the earlier goes first.
SELECT id, kind, state, params, model_id, progress, total, rate, message,
    status, result, cancel, attempts, worker, host, pid, lease_until,
    created_at, started_at, ended_at
FROM job j
WHERE j.state = 'queued'
    AND NOT EXISTS (SELECT 1 FROM job r WHERE r.state = 'running'
        AND (j.kind = 'import' OR r.kind = 'import'
            OR r.model_id = j.model_id))
    AND NOT EXISTS (SELECT 1 FROM job e WHERE e.state = 'queued' AND e.id < j.id
        AND (e.kind = 'import' OR e.model_id = j.model_id))
ORDER BY j.id LIMIT 1
