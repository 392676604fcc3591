-- Models whose epochs are not all in the history, which one that was imported
-- does not have.
-- scan: a check looks at everything
SELECT 'model ' || m.name
FROM model m LEFT JOIN (SELECT model_id, count(*) AS n, max(step) AS last
    FROM history GROUP BY model_id) h ON h.model_id = m.id
WHERE (coalesce(h.n, 0) <> m.step OR coalesce(h.last, 0) <> m.step)
    AND (CASE WHEN json_valid(m.options)
        THEN json_extract(m.options, '$.imported') END) IS NULL
