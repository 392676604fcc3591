-- The model made last, baselines apart: those are asked for by name.
-- scan: of the rows behind the last model, a handful
SELECT id, dataset_id, name, encoder, recipe, options, bits, seed, state, phase,
    step, steps, margin_scale, created_at, coded, NULL
FROM model
WHERE CASE WHEN json_valid(options)
    THEN nullif(json_extract(options, '$.baseline'), 'none') END IS NULL
ORDER BY id DESC LIMIT 1
