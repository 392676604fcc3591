-- Removes a model that never finished an epoch.
DELETE FROM model WHERE id = :id AND step = 0
