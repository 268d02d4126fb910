-- Newest first. $2 limit.
WITH page AS (
    SELECT mailing.*, intake.number
    FROM duban.mailing
    LEFT JOIN duban.intake USING (desk_id, ticket)
    WHERE mailing.desk_id = $1::integer
    ORDER BY mailing DESC
    LIMIT least(greatest(coalesce($2::integer, 50), 1), 500))
SELECT jsonb_build_object('mailings', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
           'mailing', mailing::text, 'state', state, 'why', why, 'register', register, 'template', template_name,
           'ticket', number, 'actor', actor, 'started_at', duban.rfc3339(started_at),
           'finished_at', duban.rfc3339(finished_at), 'total', total, 'waiting', total - next,
           'queued', next - sent - suppressed - failed, 'sent', sent, 'suppressed', suppressed, 'failed', failed))
           ORDER BY mailing DESC), '[]'))::text
FROM page
