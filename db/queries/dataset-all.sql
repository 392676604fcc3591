-- Every data set, oldest first.
-- scan: a handful of rows, and all are wanted
SELECT id, name, channels, height, width, created_at FROM dataset ORDER BY id
