-- The file of vectors is somewhere else now, or was touched.
UPDATE source SET path = :path, start = :start, stride = :stride,
    bytes = :bytes, mtime = :mtime
WHERE id = :id
