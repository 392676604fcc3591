-- The blocks of codes that an image is in, before its codes or class change.
DELETE FROM code_block WHERE block = :image >> 12 AND model_id IN
    (SELECT id FROM model WHERE dataset_id = :dataset)
