-- One data set.
SELECT id, name, kind, channels, height, width, created_at
FROM dataset WHERE id = :id
