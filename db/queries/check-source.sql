-- Sources with another number of images than they had when imported.
-- scan: a check looks at everything
SELECT 'source ' || s.path
FROM source s LEFT JOIN
    (SELECT source_id, count(*) AS n FROM image GROUP BY source_id) i
    ON i.source_id = s.id
WHERE coalesce(i.n, 0) <> s.images
