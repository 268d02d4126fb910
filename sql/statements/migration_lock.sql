-- One migration run at a time.
SELECT pg_advisory_xact_lock(1685414497, 0)
