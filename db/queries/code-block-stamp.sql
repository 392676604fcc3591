-- What tells one state of a model's blocks from another: how many there are,
-- the newest, the images in them; and how many codes there are in all.
SELECT count(*), coalesce(max(stamp), 0), coalesce(sum(images), 0),
    (SELECT coded FROM model WHERE id = :model)
FROM code_block WHERE model_id = :model
