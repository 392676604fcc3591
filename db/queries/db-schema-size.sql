-- How many tables and indexes there are: 0 in a new file.
-- scan: the schema is a few dozen rows
SELECT count(*) FROM sqlite_schema
