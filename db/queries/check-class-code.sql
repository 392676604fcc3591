-- Class codes with bits or real values beyond the model's length, or of a class
-- that the model was not learnt on.
-- scan: a check looks at everything
SELECT 'model ' || m.name || ', step ' || k.step || ', class ' || k.class_id
FROM class_code k JOIN model m ON m.id = k.model_id
JOIN class c ON c.id = k.class_id
WHERE length(k.weights) <> 4 * m.bits OR c.dataset_id <> m.dataset_id
    OR (m.bits < 64 AND k.code >> m.bits <> 0)
