-- The classes of a data set in the order of their numbers.
SELECT id, number, name, path, folder
FROM class WHERE dataset_id = :dataset ORDER BY number
