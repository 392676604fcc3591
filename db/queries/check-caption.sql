-- Captions of bits that the model does not have.
-- scan: a check looks at everything
SELECT 'model ' || m.name || ', bit ' || c.bit
FROM caption c JOIN model m ON m.id = c.model_id
WHERE c.bit NOT BETWEEN 0 AND m.bits - 1
