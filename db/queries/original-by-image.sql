-- The file that an image was made from, and the folder it lies below.
SELECT s.path, o.path, o.bytes, o.mtime, o.digest, o.width, o.height
FROM original o JOIN source s ON s.id = o.source_id
WHERE o.image_id = :id
