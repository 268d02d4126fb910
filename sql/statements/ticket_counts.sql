-- For records of a ticket whose own row is not in the batch.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT given.*, place.ctid AS place
    FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[])
        AS given (ticket, contacts, progress, plans)
    CROSS JOIN LATERAL (
        SELECT ticket.ctid FROM duban.ticket_open AS ticket
        WHERE ticket.desk_id = $1::integer AND ticket.ticket = given.ticket AND ticket.open
        OFFSET 0) AS place
), changed AS (
    UPDATE duban.ticket_open AS ticket
    SET contacts = coalesce(given.contacts, ticket.contacts), progress = coalesce(given.progress, ticket.progress),
        plans = coalesce(given.plans, ticket.plans)
    FROM given
    WHERE ticket.ctid = given.place
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU002', 'open tickets to count records of') FROM changed
