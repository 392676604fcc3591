-- The codes of a model for images with ids within bounds, with what is known
-- of the image.
SELECT c.image_id, i.class_id, i.split, c.code, c.decoded, c.distance, c.margins
FROM image_code c CROSS JOIN image i ON i.id = c.image_id
WHERE c.model_id = :model AND c.image_id BETWEEN :first AND :last
ORDER BY c.image_id
