-- Held until the session ends. 1685414497 is "duba" in ASCII: our corner of the advisory locks.
SELECT pg_try_advisory_lock(1685414497, $1::integer)
