-- Those that are under way, and those that were cancelled while mails of theirs are still to be taken back.
SELECT mailing, ticket, register, template_name, state, role, actor, note, recipients, why, next, sent, suppressed, failed,
       started_at, finished_at
FROM duban.mailing
WHERE desk_id = $1::integer AND (state = 'running' OR (state = 'cancelled' AND sent + suppressed + failed < next))
ORDER BY mailing
