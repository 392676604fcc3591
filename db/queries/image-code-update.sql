-- Another code for an image that has one.
UPDATE image_code SET code = :code, decoded = :decoded, distance = :distance,
    margins = :margins
WHERE model_id = :model AND image_id = :image
