-- A new class.
INSERT INTO class (dataset_id, number, name, path)
VALUES (:dataset, :number, :name, :path)
