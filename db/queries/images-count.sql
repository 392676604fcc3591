-- How many images of a split a model decoded right (1) or wrong (2).
SELECT count(*)
FROM image i JOIN image_code c ON c.model_id = :model AND c.image_id = i.id
WHERE i.dataset_id = :dataset AND i.split = :split
    AND (:verdict = 0 OR (:verdict = 1 AND c.decoded = i.class_id)
        OR (:verdict = 2 AND c.decoded <> i.class_id))
