-- The bytes of an image.
SELECT bytes FROM pixels WHERE image_id = :id
