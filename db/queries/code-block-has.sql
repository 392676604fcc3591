-- A row if a block of a model's codes is there.
SELECT 1 FROM code_block WHERE model_id = :model AND block = :block
