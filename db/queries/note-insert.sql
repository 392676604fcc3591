-- A new note.
INSERT INTO note (model_id, target, item, text, author, written_at)
VALUES (:model, :target, :item, :text, :author, :written_at)
