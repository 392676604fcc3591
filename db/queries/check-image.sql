-- Images of a class or a source that belongs to another data set or split.
-- scan: a check looks at everything
SELECT 'image ' || i.id
FROM image i JOIN source s ON s.id = i.source_id
LEFT JOIN class c ON c.id = i.class_id
WHERE s.dataset_id <> i.dataset_id OR s.split <> i.split
    OR c.dataset_id <> i.dataset_id
