-- The file of a new image.
INSERT INTO original (image_id, source_id, path, bytes, mtime, digest, width,
    height)
VALUES (:id, :source, :path, :bytes, :mtime, :digest, :width, :height)
