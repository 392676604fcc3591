-- What learning goes on from.
SELECT step, state FROM checkpoint WHERE model_id = :model
