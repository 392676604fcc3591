-- Captions a bit.
INSERT OR REPLACE INTO caption (model_id, bit, text, author, written_at)
VALUES (:model, :bit, :text, :author, :written_at)
