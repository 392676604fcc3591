-- Counts images that have a code now and had none before.
UPDATE model SET coded = coded + :coded WHERE id = :id
