-- Readers and one writer do not wait for each other.
PRAGMA journal_mode = WAL
