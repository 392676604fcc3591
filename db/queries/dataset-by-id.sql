-- One data set.
SELECT id, name, channels, height, width, created_at
FROM dataset WHERE id = :id
