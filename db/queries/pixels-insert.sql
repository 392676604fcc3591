-- The bytes of a new image.
INSERT INTO pixels (image_id, bytes) VALUES (:id, :bytes)
