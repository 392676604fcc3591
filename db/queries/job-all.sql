-- Jobs, newest first.
-- scan: backwards by id, stopped by the limit
SELECT id, kind, state, params, model_id, progress, total, rate, message,
    status, result, cancel, attempts, worker, host, pid, lease_until,
    created_at, started_at, ended_at
FROM job ORDER BY id DESC LIMIT :limit
