-- The first id of an image from :first on that a model has a code for.
SELECT image_id FROM image_code
WHERE model_id = :model AND image_id >= :first ORDER BY image_id LIMIT 1
