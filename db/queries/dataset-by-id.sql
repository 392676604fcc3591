-- One data set.
SELECT id, name, kind, channels, height, width, created_at, resize
FROM dataset WHERE id = :id
