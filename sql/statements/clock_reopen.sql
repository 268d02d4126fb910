-- The clocks follow their ticket.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT place.ctid AS place
    FROM unnest($2::bigint[]) AS given (ticket)
    CROSS JOIN LATERAL (
        SELECT clock.ctid FROM duban.clock_closed AS clock
        WHERE clock.desk_id = $1::integer AND clock.ticket = given.ticket
        OFFSET 0) AS place
)
UPDATE duban.clock AS clock SET open = true
FROM given
WHERE clock.tableoid = 'duban.clock_closed'::regclass AND clock.ctid = given.place
