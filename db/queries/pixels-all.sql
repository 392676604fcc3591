-- The images of a data set that have pixels, in the order of id.
SELECT i.id, i.class_id, i.split, p.bytes
FROM pixels p CROSS JOIN image i ON i.id = p.image_id
WHERE p.image_id > 0 AND i.dataset_id = :dataset ORDER BY p.image_id
