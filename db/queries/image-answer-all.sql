-- Every answer of a classifier, with what is known of the image.
SELECT a.image_id, i.class_id, i.split, a.decoded, a.confidence
FROM image_answer a CROSS JOIN image i ON i.id = a.image_id
WHERE a.model_id = :model ORDER BY a.image_id
