-- What ordinary classifiers said of an image is of other pixels now.
DELETE FROM image_answer WHERE image_id = :image AND model_id IN
    (SELECT id FROM model WHERE dataset_id = :dataset)
