-- What was not sent yet; of tickets that are closed also what a digest says of them.
SELECT notice, notice.ticket, cycle, rung, attempts, at, ready_at, clock, recipient, role, notice.channel, state, address,
       display_name, language, template_name, message_id, thread, reason, detail, subject, body, due_at, hold, let_go_at,
       ticket.number, ticket.department
FROM duban.notice
LEFT JOIN duban.ticket_closed AS ticket ON ticket.desk_id = notice.desk_id AND ticket.ticket = notice.ticket
WHERE notice.desk_id = $1::integer AND state IN ('held', 'queued', 'attempting', 'deferred')
ORDER BY notice
