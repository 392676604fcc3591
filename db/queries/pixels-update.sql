-- An image whose file has changed.
UPDATE pixels SET bytes = :bytes WHERE image_id = :id
