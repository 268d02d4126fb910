-- Pauses that lasted until now.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT given.to_at, place.ctid AS place
    FROM unnest($2::bigint[], $3::integer[], $4::timestamptz[]) AS given (ticket, pause, to_at)
    CROSS JOIN LATERAL (
        SELECT pause.ctid FROM duban.pause_open AS pause
        WHERE pause.desk_id = $1::integer AND pause.ticket = given.ticket AND pause.pause = given.pause AND pause.open
        OFFSET 0) AS place
), changed AS (
    UPDATE duban.pause_open AS pause SET to_at = given.to_at
    FROM given
    WHERE pause.ctid = given.place
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU002', 'pauses to end') FROM changed
