-- What of a source was refused, in the order of paths.
SELECT path, bytes, mtime, reason FROM refusal
WHERE source_id = :source ORDER BY path
