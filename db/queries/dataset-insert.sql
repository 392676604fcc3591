-- A new data set.
INSERT INTO dataset (name, kind, channels, height, width, created_at, resize)
VALUES (:name, :kind, :channels, :height, :width, :created_at, :resize)
