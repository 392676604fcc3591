-- A new data set.
INSERT INTO dataset (name, channels, height, width, created_at)
VALUES (:name, :channels, :height, :width, :created_at)
