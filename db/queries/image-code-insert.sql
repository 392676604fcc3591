-- A code, unless the image has one.
INSERT OR IGNORE INTO image_code (model_id, image_id, code, decoded, distance,
    margins)
VALUES (:model, :image, :code, :decoded, :distance, :margins)
