-- Replaces what learning goes on from.
INSERT INTO checkpoint (model_id, step, state) VALUES (:model, :step, :state)
ON CONFLICT (model_id) DO UPDATE SET step = excluded.step,
    state = excluded.state
