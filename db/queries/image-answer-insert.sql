-- What a classifier says of an image; again takes the place of before.
INSERT OR REPLACE INTO image_answer (model_id, image_id, decoded, confidence)
VALUES (:model, :image, :decoded, :confidence)
