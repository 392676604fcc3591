-- How many images of a split and a class a model decoded right (1) or wrong
-- (2), or at one distance.
SELECT count(*)
FROM image i JOIN image_code c ON c.model_id = :model AND c.image_id = i.id
WHERE i.dataset_id = :dataset AND i.split = :split AND i.class_id IS :class
    AND (:verdict = 0 OR (:verdict = 1 AND c.decoded = i.class_id)
        OR (:verdict = 2 AND c.decoded <> i.class_id))
    AND (:distance < 0 OR c.distance = :distance)
