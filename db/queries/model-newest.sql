-- The model made last.
-- scan: of one row, the last
SELECT id, dataset_id, name, encoder, recipe, options, bits, seed, state, phase,
    step, steps, margin_scale, created_at, coded
FROM model ORDER BY id DESC LIMIT 1
