-- How many images of a split have a code at one distance from its class.
SELECT count(*)
FROM image_code c INDEXED BY image_code_by_distance
CROSS JOIN image i ON i.id = c.image_id
WHERE c.model_id = :model AND c.distance = :distance
    AND i.dataset_id = :dataset AND i.split = :split
    AND (:verdict = 0 OR (:verdict = 1 AND c.decoded = i.class_id)
        OR (:verdict = 2 AND c.decoded <> i.class_id))
