-- Tags an image.
INSERT OR IGNORE INTO tag (image_id, name) VALUES (:image, :name)
