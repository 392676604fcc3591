-- Instance codes with bits, margins or a distance beyond the model's length, or
-- of an image or a class that is not of the model's data set.
-- scan: a check looks at everything
SELECT 'model ' || m.name || ', image ' || k.image_id
FROM image_code k JOIN model m ON m.id = k.model_id
JOIN image i ON i.id = k.image_id JOIN class c ON c.id = k.decoded
WHERE length(k.margins) <> m.bits OR k.distance NOT BETWEEN 0 AND m.bits
    OR (m.bits < 64 AND k.code >> m.bits <> 0)
    OR i.dataset_id <> m.dataset_id OR c.dataset_id <> m.dataset_id
