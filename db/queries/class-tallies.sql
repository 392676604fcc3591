-- How many images the classes of a data set have of a split, by class; one
-- pass, where a search for each class would take longer than all the rest.
SELECT class_id, images FROM tally
WHERE dataset_id = :dataset AND split = :split ORDER BY class_id
