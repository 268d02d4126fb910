-- For records of a ticket whose own row is not in the batch.
WITH changed AS (
    UPDATE duban.ticket_open AS ticket
    SET contacts = coalesce(given.contacts, ticket.contacts), progress = coalesce(given.progress, ticket.progress),
        plans = coalesce(given.plans, ticket.plans)
    FROM unnest($2::bigint[], $3::integer[], $4::integer[], $5::integer[]) AS given (ticket, contacts, progress, plans)
    WHERE ticket.desk_id = $1::integer AND ticket.ticket = given.ticket
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU002', 'open tickets to count records of') FROM changed
