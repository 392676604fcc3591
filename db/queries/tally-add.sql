-- Counts images that were imported.
INSERT INTO tally (dataset_id, split, class_id, images)
VALUES (:dataset, :split, :class, :images)
ON CONFLICT (dataset_id, split, class_id)
DO UPDATE SET images = images + excluded.images
