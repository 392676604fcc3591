-- A new model.
INSERT INTO model (dataset_id, name, encoder, recipe, bits, seed, options,
    state, phase, step, steps, margin_scale, created_at)
VALUES (:dataset, :name, :encoder, :recipe, :bits, :seed, :options, :state,
    :phase, :step, :steps, :margin_scale, :created_at)
