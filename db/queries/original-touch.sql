-- The same file with another time, or at another place.
UPDATE original SET path = :path, bytes = :bytes, mtime = :mtime
WHERE image_id = :id
