-- A notice, what became of it, and the verdicts about its clock in its cycle. $2 its id.
WITH found AS (
    SELECT * FROM duban.notice WHERE desk_id = $1::integer AND notice = $2::bigint),
past AS (
    SELECT journal.sequence, journal.at, journal.type, journal.body::jsonb AS body
    FROM found JOIN duban.journal ON journal.desk_id = $1::integer AND journal.ticket = found.ticket
    WHERE journal.type IN ('clock.breached', 'clock.reminded', 'ladder.rung'))
SELECT jsonb_build_object(
           'notice', found.notice::text, 'ticket', nullif(found.ticket, 0)::text, 'number', intake.number,
           'clock', clock, 'cycle', cycle, 'rung', rung, 'step', duban.step_name(rung), 'recipient', recipient,
           'role', role, 'name', display_name, 'channel', channel, 'address', address, 'template', template_name,
           'subject', found.subject, 'reason', reason, 'state', state, 'hold', hold, 'into', into_notice::text,
           'ready_at', duban.rfc3339(ready_at), 'detail', detail, 'attempts', attempts,
           'queue_id', queue_id, 'at', duban.rfc3339(at), 'changed_at', duban.rfc3339(changed_at), 'course', course,
           'verdicts', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'seq', sequence, 'type', type, 'at', duban.rfc3339(past.at), 'detail', body ->> 'detail',
                          'due_at', body ->> 'due_at', 'policy', body ->> 'policy', 'people', body ->> 'people')
                          ORDER BY sequence), '[]')
               FROM past WHERE body ->> 'clock' = found.clock AND (body ->> 'cycle')::integer = found.cycle))::text
FROM found
LEFT JOIN duban.intake USING (desk_id, ticket)
