-- One image code.
SELECT code, decoded, distance, margins FROM image_code
WHERE model_id = :model AND image_id = :image
