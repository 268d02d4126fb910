-- What memory does not keep of a ticket. $2 id, $3 'yes' masks the contact's name and numbers.
SELECT (cold || duban.ticket_records($1::integer, $2::bigint, $3::text = 'yes')
        || duban.ticket_pauses($1::integer, $2::bigint))::text
FROM duban.ticket_cold($1::integer, $2::bigint, $3::text = 'yes') AS cold
WHERE cold IS NOT NULL
