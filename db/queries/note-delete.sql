-- Removes a note.
DELETE FROM note WHERE id = :id
