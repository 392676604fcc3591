-- Every model, oldest first.
-- scan: a handful of rows, and all are wanted
SELECT id, dataset_id, name, encoder, recipe, options, bits, seed, state, phase,
    step, steps, margin_scale, created_at, coded
FROM model ORDER BY id
