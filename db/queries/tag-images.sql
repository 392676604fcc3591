-- The images with a tag.
SELECT image_id FROM tag WHERE name = :name ORDER BY image_id
