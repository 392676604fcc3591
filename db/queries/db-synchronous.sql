-- Every commit reaches the disk: an epoch that was recorded survives a power
-- failure, and so does a note. Commits are few (some a second at most).
PRAGMA synchronous = FULL
