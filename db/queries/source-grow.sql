-- A folder of pictures gave more images.
UPDATE source SET images = images + :images, imported_at = :at WHERE id = :id
