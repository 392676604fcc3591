-- In KiB when negative. Pages are read, never mapped: a file that shrinks under
-- a mapping (a full disk, a network share) would kill the program.
PRAGMA cache_size = -32768
