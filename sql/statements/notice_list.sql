-- Newest first. $2 ticket id, $3 state, $4 recipient, $5 before this id (each NULL: any), $6 limit.
WITH page AS (
    SELECT notice.*, intake.number
    FROM duban.notice
    LEFT JOIN duban.intake USING (desk_id, ticket)
    WHERE notice.desk_id = $1::integer
      AND ($2::bigint IS NULL OR notice.ticket = $2::bigint)
      AND ($3::text IS NULL OR notice.state = $3::text)
      AND ($4::text IS NULL OR notice.recipient = $4::text)
      AND ($5::bigint IS NULL OR notice.notice < $5::bigint)
    ORDER BY notice.notice DESC
    LIMIT least(coalesce($6::integer, 100), 500))
SELECT jsonb_build_object('notices', coalesce(jsonb_agg(jsonb_build_object(
           'notice', notice::text, 'ticket', nullif(ticket, 0)::text, 'number', number, 'clock', clock,
           'cycle', cycle, 'rung', rung, 'step', duban.step_name(rung), 'recipient', recipient, 'role', role,
           'name', display_name,
           'channel', channel, 'address', address, 'template', template_name, 'subject', subject, 'state', state, 'hold', hold,
           'into', into_notice::text, 'due_at', duban.rfc3339(due_at), 'detail', detail, 'attempts', attempts, 'queue_id', queue_id, 'at', duban.rfc3339(at),
           'changed_at', duban.rfc3339(changed_at), 'ready_at', duban.rfc3339(ready_at)) ORDER BY notice DESC),
           '[]'))::text
FROM page
