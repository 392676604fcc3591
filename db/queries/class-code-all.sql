-- The class codes of a step in the order of class numbers.
SELECT c.id, k.code, k.weights
FROM class_code k JOIN class c ON c.id = k.class_id
WHERE k.model_id = :model AND k.step = :step ORDER BY c.number
