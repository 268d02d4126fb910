SELECT notice, ticket, cycle, rung, attempts, at, ready_at, clock, recipient, role, channel, state, address,
       display_name, language, template_name, message_id, thread, reason, detail, subject, body
FROM duban.notice
WHERE desk_id = $1::integer AND state IN ('queued', 'attempting', 'deferred')
ORDER BY notice
