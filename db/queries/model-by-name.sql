-- One model.
SELECT id, dataset_id, name, encoder, recipe, options, bits, seed, state, phase,
    step, steps, margin_scale, created_at, coded
FROM model WHERE name = :name
