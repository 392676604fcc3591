-- A new class.
INSERT INTO class (dataset_id, number, name, path, folder)
VALUES (:dataset, :number, :name, :path, :folder)
