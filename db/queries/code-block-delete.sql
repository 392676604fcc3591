-- Drops the block that an image's code by a model is in, before it changes.
DELETE FROM code_block WHERE model_id = :model AND block = :block
