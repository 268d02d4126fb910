-- The pauses follow their ticket.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT place.ctid AS place
    FROM unnest($2::bigint[]) AS given (ticket)
    CROSS JOIN LATERAL (
        SELECT pause.ctid FROM duban.pause_open AS pause
        WHERE pause.desk_id = $1::integer AND pause.ticket = given.ticket
        OFFSET 0) AS place
)
UPDATE duban.pause AS pause SET open = false
FROM given
WHERE pause.tableoid = 'duban.pause_open'::regclass AND pause.ctid = given.place
