-- Why: reports read a stretch of time, and what they read is kept by number.
--
-- Journal rows and tickets get their numbers in the order in which they are written, so the first of a period is found
-- by halving: some twenty look-ups by the primary key instead of an index that every write would pay for. The clock may
-- have been set back by a little: whoever asks begins a day earlier and looks at the times.

SET LOCAL ROLE duban_owner;

CREATE FUNCTION duban.journal_before(of_desk integer, since timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    low bigint := 0;
    high bigint := (SELECT journal_sequence + 1 FROM duban.desk WHERE desk_id = of_desk);
    middle bigint;
    written_at timestamptz;
BEGIN
    WHILE high - low > 1 LOOP
        middle := (low + high) / 2;
        SELECT at INTO written_at FROM duban.journal
        WHERE desk_id = of_desk AND sequence >= middle ORDER BY sequence LIMIT 1;
        IF written_at < since THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN low;
END
$$;

CREATE FUNCTION duban.ticket_before(of_desk integer, since timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    low bigint := 0;
    high bigint := (SELECT coalesce(max(ticket), 0) + 1 FROM duban.ticket WHERE desk_id = of_desk);
    middle bigint;
    written_at timestamptz;
BEGIN
    WHILE high - low > 1 LOOP
        middle := (low + high) / 2;
        SELECT created_at INTO written_at FROM duban.ticket
        WHERE desk_id = of_desk AND ticket >= middle ORDER BY ticket LIMIT 1;
        IF written_at < since THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN low;
END
$$;

REVOKE ALL ON FUNCTION duban.journal_before(integer, timestamptz), duban.ticket_before(integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.journal_before(integer, timestamptz), duban.ticket_before(integer, timestamptz)
    TO duban_daemon;
