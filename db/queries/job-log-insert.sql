-- A line at the end of a job's log.
INSERT INTO job_log (job_id, seq, at, text)
SELECT :id, coalesce(max(seq), 0) + 1, :at, :text
FROM job_log WHERE job_id = :id
