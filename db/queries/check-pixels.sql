-- Images whose pixels are missing or of another size than their data set's;
-- vectors have none.
-- scan: a check looks at everything
SELECT 'image ' || i.id
FROM image i JOIN dataset d ON d.id = i.dataset_id
LEFT JOIN pixels p ON p.image_id = i.id
WHERE coalesce(length(p.bytes), -1) <>
    CASE d.kind WHEN 'images' THEN d.channels * d.height * d.width ELSE -1 END
