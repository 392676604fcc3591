-- A file that can't be taken in, and why.
INSERT INTO refusal (source_id, path, bytes, mtime, reason)
VALUES (:source, :path, :bytes, :mtime, :reason)
ON CONFLICT (source_id, path) DO UPDATE SET bytes = excluded.bytes,
    mtime = excluded.mtime, reason = excluded.reason
