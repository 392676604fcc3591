-- What was imported, in order.
-- scan: a row for each import, and all are wanted
SELECT id, dataset_id, split, path, digest, images, imported_at
FROM source ORDER BY id
