-- Codes beside their margins, where the lengths agree.
-- scan: a check looks at everything
SELECT m.name, k.image_id, k.code, k.margins
FROM image_code k JOIN model m ON m.id = k.model_id
WHERE length(k.margins) = m.bits
