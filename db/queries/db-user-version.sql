-- The number of the newest migration that the file has seen.
PRAGMA user_version
