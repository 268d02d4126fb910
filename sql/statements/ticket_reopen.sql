-- Brings tickets back among the open ones.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT place.ctid AS place
    FROM unnest($2::bigint[]) AS given (ticket)
    CROSS JOIN LATERAL (
        SELECT ticket.ctid FROM duban.ticket_closed AS ticket
        WHERE ticket.desk_id = $1::integer AND ticket.ticket = given.ticket
        OFFSET 0) AS place
)
UPDATE duban.ticket AS ticket SET open = true
FROM given
WHERE ticket.tableoid = 'duban.ticket_closed'::regclass AND ticket.ctid = given.place
