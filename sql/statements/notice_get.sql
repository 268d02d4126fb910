SELECT jsonb_build_object(
           'notice', notice::text, 'ticket', nullif(notice.ticket, 0)::text, 'number', intake.number, 'clock', clock,
           'cycle', cycle, 'rung', rung, 'step', duban.step_name(rung), 'recipient', recipient, 'role', role,
           'name', display_name,
           'channel', channel, 'address', address, 'language', language, 'template', template_name,
           'subject', notice.subject, 'body', body, 'message_id', message_id, 'thread', thread, 'reason', reason,
           'state', state, 'hold', hold, 'into', into_notice::text,
           'due_at', duban.rfc3339(due_at), 'detail', detail, 'attempts', attempts, 'queue_id', queue_id, 'at', duban.rfc3339(at),
           'changed_at', duban.rfc3339(changed_at), 'ready_at', duban.rfc3339(ready_at))::text
FROM duban.notice
LEFT JOIN duban.intake USING (desk_id, ticket)
WHERE notice.desk_id = $1::integer AND notice.notice = $2::bigint
