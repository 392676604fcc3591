-- The captions of the bits of a model.
SELECT bit, text, author, written_at FROM caption WHERE model_id = :model
ORDER BY bit
