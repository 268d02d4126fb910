-- The clocks follow their ticket.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT place.ctid AS place
    FROM unnest($2::bigint[]) AS given (ticket)
    CROSS JOIN LATERAL (
        SELECT clock.ctid FROM duban.clock_open AS clock
        WHERE clock.desk_id = $1::integer AND clock.ticket = given.ticket
        OFFSET 0) AS place
)
UPDATE duban.clock AS clock SET open = false
FROM given
WHERE clock.tableoid = 'duban.clock_open'::regclass AND clock.ctid = given.place
