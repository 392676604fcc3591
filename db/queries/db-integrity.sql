-- One row "ok", or one for each fault that was found.
PRAGMA integrity_check
