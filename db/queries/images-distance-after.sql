-- The first images of a split behind an id,
-- whose code by a model lies at one distance from its class.
SELECT i.id, i.class_id, i.source_id, i.position, i.split, c.code, c.decoded,
    c.distance
FROM image_code c INDEXED BY image_code_by_distance
CROSS JOIN image i ON i.id = c.image_id
WHERE c.model_id = :model AND c.distance = :distance
    AND c.image_id > :from
    AND i.dataset_id = :dataset AND i.split = :split
    AND (:verdict = 0 OR (:verdict = 1 AND c.decoded = i.class_id)
        OR (:verdict = 2 AND c.decoded <> i.class_id))
ORDER BY c.image_id LIMIT :limit
