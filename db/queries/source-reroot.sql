-- A folder of pictures is somewhere else now.
UPDATE source SET path = :path WHERE id = :id
