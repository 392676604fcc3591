-- What is read until the rollback is of one moment.
BEGIN
