-- How many jobs wait.
SELECT count(*) FROM job WHERE state = 'queued'
