-- A new image.
INSERT INTO image (dataset_id, split, class_id, source_id, position)
VALUES (:dataset, :split, :class, :source, :position)
