-- Every data set, oldest first.
-- scan: a handful of rows, and all are wanted
SELECT id, name, kind, channels, height, width, created_at, resize
FROM dataset ORDER BY id
