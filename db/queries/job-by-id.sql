-- One job.
SELECT id, kind, state, params, model_id, progress, total, rate, message,
    status, result, cancel, attempts, worker, host, pid, lease_until,
    created_at, started_at, ended_at
FROM job WHERE id = :id
