-- How far a model has come.
UPDATE model SET state = :state, phase = :phase, step = :step, steps = :steps,
    margin_scale = :margin_scale
WHERE id = :id
