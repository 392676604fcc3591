-- Removes the caption of a bit.
DELETE FROM caption WHERE model_id = :model AND bit = :bit
