-- A block of codes.
INSERT INTO code_block (model_id, block, images, data)
VALUES (:model, :block, :images, :data)
