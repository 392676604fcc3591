-- A class code; a step that was done again replaces what it was.
INSERT OR REPLACE INTO class_code (model_id, step, class_id, code, weights)
VALUES (:model, :step, :class, :code, :weights)
