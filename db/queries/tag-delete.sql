-- Takes a tag off an image.
DELETE FROM tag WHERE image_id = :image AND name = :name
