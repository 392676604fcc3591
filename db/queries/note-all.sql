-- Notes on a thing (item NULL: on anything of that kind), oldest first. Notes
-- of no model belong to every model.
SELECT id, model_id, item, text, author, written_at FROM note
WHERE target = :target AND (:item IS NULL OR item = :item)
    AND (model_id IS NULL OR :model = 0 OR model_id = :model)
ORDER BY id
