-- The files that the images of a source were made from, in the order of their
-- paths.
SELECT o.image_id, o.path, o.bytes, o.mtime, o.digest, i.class_id
FROM original o JOIN image i ON i.id = o.image_id
WHERE o.source_id = :source ORDER BY o.path
