-- Lines of a job's log behind one that is known.
SELECT seq, at, text FROM job_log WHERE job_id = :id AND seq > :after
ORDER BY seq
