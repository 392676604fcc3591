-- The tags of an image.
SELECT name FROM tag WHERE image_id = :image ORDER BY name
