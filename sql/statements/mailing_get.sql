SELECT (jsonb_strip_nulls(jsonb_build_object(
           'mailing', mailing::text, 'state', state, 'why', why, 'register', register, 'template', template_name,
           'ticket', intake.number, 'note', note, 'when', conditions, 'role', role, 'actor', actor,
           'started_at', duban.rfc3339(started_at), 'finished_at', duban.rfc3339(finished_at), 'total', total,
           'waiting', total - next, 'queued', next - sent - suppressed - failed, 'sent', sent,
           'suppressed', suppressed, 'failed', failed))
       || jsonb_build_object('left_out', (
              SELECT coalesce(jsonb_agg(jsonb_build_object('recipient', recipient, 'state', state, 'why', detail)
                                        ORDER BY notice), '[]')
              FROM (SELECT * FROM duban.notice
                    WHERE notice.desk_id = $1::integer AND notice.ticket = 0 AND notice.clock = 'mailing/' || $2::text
                      AND notice.state IN ('suppressed', 'failed')
                    ORDER BY notice LIMIT 100) AS left_out)))::text
FROM duban.mailing
LEFT JOIN duban.intake USING (desk_id, ticket)
WHERE mailing.desk_id = $1::integer AND mailing.mailing = $2::bigint
