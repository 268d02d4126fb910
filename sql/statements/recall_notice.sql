-- One notice, with the columns of load_notices.
SELECT notice, ticket, cycle, rung, attempts, at, ready_at, clock, recipient, role, channel, state, address,
       display_name, language, template_name, message_id, thread, reason, detail, subject, body, due_at, hold,
       let_go_at, NULL::text, NULL::text
FROM duban.notice
WHERE desk_id = $1::integer AND notice = $2::bigint
