-- The codes of an image are of other pixels now.
DELETE FROM image_code WHERE image_id = :image AND model_id IN
    (SELECT id FROM model WHERE dataset_id = :dataset)
