-- Models that had coded an image have one code less.
UPDATE model SET coded = coded - 1 WHERE id IN
    (SELECT m.id FROM model m JOIN image_code c ON c.model_id = m.id
     WHERE m.dataset_id = :dataset AND c.image_id = :image)
