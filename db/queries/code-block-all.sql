-- The blocks of a model's codes.
SELECT block, images, data FROM code_block WHERE model_id = :model
ORDER BY block
