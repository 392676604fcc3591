-- How many images a split has, of one class or (class NULL) of all.
SELECT coalesce(sum(images), 0) FROM tally
WHERE dataset_id = :dataset AND split = :split
    AND (:class IS NULL OR class_id = :class)
