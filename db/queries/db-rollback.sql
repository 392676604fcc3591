-- Forgets a write transaction.
ROLLBACK
