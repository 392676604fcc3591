-- The classes of a data set in the order of their numbers, with how many images
-- each split has of them.
SELECT c.id, c.number, c.name, c.path,
    (SELECT images FROM tally t WHERE t.dataset_id = c.dataset_id
        AND t.split = 'train' AND t.class_id = c.id),
    (SELECT images FROM tally t WHERE t.dataset_id = c.dataset_id
        AND t.split = 'test' AND t.class_id = c.id),
    (SELECT images FROM tally t WHERE t.dataset_id = c.dataset_id
        AND t.split = 'ood' AND t.class_id = c.id)
FROM class c WHERE c.dataset_id = :dataset ORDER BY c.number
