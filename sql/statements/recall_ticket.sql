-- One ticket, open or closed, with the columns of load_tickets.
SELECT ticket, revision, open, received_at, created_at, handed_over_at, expected_at, solved_at, closed_at,
       history_until_at, contacted_at, contacts, progress, plans, number, class_name, types, urgency, channel, stage,
       customer, staffed, department, handler, recorder, facts, key_account,
       occurred_at, staged_at, reach, supporting, known, story
FROM duban.ticket
WHERE desk_id = $1::integer AND ticket = duban.find_ticket($1::integer, $2::text)
