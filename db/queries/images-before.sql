-- The last images of a split before an id, backwards, with codes by a model.
SELECT i.id, i.class_id, i.source_id, i.position, i.split, c.code, c.decoded,
    c.distance
FROM image i LEFT JOIN image_code c ON c.model_id = :model AND c.image_id = i.id
WHERE i.dataset_id = :dataset AND i.split = :split AND i.id < :from
    AND (:verdict = 0 OR (:verdict = 1 AND c.decoded = i.class_id)
        OR (:verdict = 2 AND c.decoded <> i.class_id))
ORDER BY i.id DESC LIMIT :limit
