-- Steps of a model that have fewer class codes than another step of it.
-- scan: a check looks at everything
SELECT 'model ' || m.name || ', step ' || s.step
FROM model m
JOIN (SELECT model_id, step, count(*) AS n FROM class_code
    GROUP BY model_id, step) s ON s.model_id = m.id
WHERE s.n <> (SELECT max(n) FROM (SELECT count(*) AS n FROM class_code k
    WHERE k.model_id = m.id GROUP BY k.step))
