-- Models whose checkpoint is missing or of another step.
-- scan: a check looks at everything
SELECT 'model ' || m.name
FROM model m LEFT JOIN checkpoint c ON c.model_id = m.id
WHERE m.step > 0 AND (c.step IS NULL OR c.step <> m.step)
