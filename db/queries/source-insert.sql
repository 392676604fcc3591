-- A source that was imported.
INSERT INTO source (dataset_id, split, path, digest, images, imported_at,
    element, start, stride, bytes, mtime)
VALUES (:dataset, :split, :path, :digest, :images, :imported_at,
    :element, :start, :stride, :bytes, :mtime)
