-- One image with its code by a model.
SELECT i.id, i.class_id, i.source_id, i.position, i.split, c.code, c.decoded,
    c.distance
FROM image i LEFT JOIN image_code c ON c.model_id = :model AND c.image_id = i.id
WHERE i.id = :id
