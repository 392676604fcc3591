-- The file of an image was touched, changed or moved.
UPDATE original SET path = :path, bytes = :bytes, mtime = :mtime,
    digest = :digest, width = :width, height = :height
WHERE image_id = :id
