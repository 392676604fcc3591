-- Counts of images by class and split that are not what there is.
-- scan: a check looks at everything
SELECT DISTINCT 'split ' || split || ', class ' || class_id
FROM (SELECT dataset_id, split, class_id, images AS n FROM tally
    UNION ALL
    SELECT dataset_id, split, coalesce(class_id, 0) AS class_id, -count(*)
    FROM image GROUP BY dataset_id, split, class_id)
GROUP BY dataset_id, split, class_id HAVING sum(n) <> 0
