-- Pages $2 up to $3 of the open tickets. The loader streams this by COPY.
SELECT ticket, revision, open, received_at, created_at, handed_over_at, expected_at, solved_at, closed_at,
       history_until_at, contacted_at, contacts, progress, plans, number, class_name, types, urgency, channel, stage,
       customer, staffed, department, handler, recorder, facts, key_account,
       occurred_at, staged_at, reach, supporting, known, story
FROM duban.ticket_open
WHERE ctid >= $2::tid AND ctid < $3::tid AND desk_id = $1::integer
