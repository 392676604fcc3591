-- Another name and place for a class.
UPDATE class SET name = :name, path = :path WHERE id = :id
