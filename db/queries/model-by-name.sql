-- One model.
SELECT id, dataset_id, name, encoder, recipe, options, bits, seed, state, phase,
    step, steps, margin_scale, created_at, coded,
    CASE WHEN json_valid(options)
        THEN nullif(json_extract(options, '$.baseline'), 'none') END
FROM model WHERE name = :name
