-- The last step that has class codes.
SELECT step FROM class_code WHERE model_id = :model ORDER BY step DESC LIMIT 1
