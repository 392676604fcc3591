-- A file that was refused before was taken in, or is gone.
DELETE FROM refusal WHERE source_id = :source AND path = :path
