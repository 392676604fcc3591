-- Models with another number of instance codes than they say.
-- scan: a check looks at everything
SELECT 'model ' || m.name
FROM model m
LEFT JOIN (SELECT model_id, count(*) AS n FROM image_code GROUP BY model_id) k
    ON k.model_id = m.id
WHERE coalesce(k.n, 0) <> m.coded
