-- What was not sent yet. Of held ones also what their digest says of the ticket, which may have been closed.
SELECT notice, ticket, cycle, rung, attempts, at, ready_at, clock, recipient, role, channel, state, address,
       display_name, language, template_name, message_id, thread, reason, detail, subject, body, due_at, hold,
       CASE WHEN state = 'held' THEN (SELECT intake.number FROM duban.intake
           WHERE intake.desk_id = notice.desk_id AND intake.ticket = notice.ticket) END,
       CASE WHEN state = 'held' THEN (SELECT ticket.department FROM duban.ticket
           WHERE ticket.desk_id = notice.desk_id AND ticket.ticket = notice.ticket) END
FROM duban.notice
WHERE desk_id = $1::integer AND state IN ('held', 'queued', 'attempting', 'deferred')
ORDER BY notice
