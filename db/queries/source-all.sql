-- What was imported, in order.
-- scan: a row for each import, and all are wanted
SELECT id, dataset_id, split, path, digest, images, imported_at,
    element, start, stride, bytes, mtime
FROM source ORDER BY id
