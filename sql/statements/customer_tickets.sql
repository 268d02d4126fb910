-- What a customer came with before, the newest first. $2 what is asked for, a JSON object: id (may be missing) and
-- name of the customer, but (the id of a ticket that is not meant), limit. Ids are compared where both have one.
WITH asked AS MATERIALIZED (
    SELECT said ->> 'id' AS id, said ->> 'name' AS name, (said ->> 'but')::bigint AS but,
           (said ->> 'limit')::integer AS most
    FROM (SELECT $2::jsonb AS said) AS parameter),
known AS (
    SELECT record.ticket, record.number, record.class_name, record.stage, record.received_at
    FROM duban.ticket AS record CROSS JOIN asked
    WHERE record.desk_id = $1::integer AND record.ticket <> asked.but
      AND CASE WHEN asked.id <> '' AND nullif(record.reach, '')::jsonb ->> 'id' <> ''
               THEN nullif(record.reach, '')::jsonb ->> 'id' = asked.id ELSE record.customer = asked.name END
    ORDER BY record.received_at DESC, record.ticket DESC
    LIMIT (SELECT most FROM asked))
SELECT jsonb_build_object('tickets', coalesce(jsonb_agg(jsonb_build_object(
           'number', known.number, 'class', known.class_name, 'stage', known.stage,
           'received_at', duban.rfc3339(known.received_at),
           'subject', coalesce((SELECT amended.value::jsonb ->> 'subject'
                                FROM duban.record AS amended
                                WHERE amended.desk_id = $1::integer AND amended.ticket = known.ticket
                                  AND amended.kind = 'amendment' AND amended.value::jsonb ->> 'subject' IS NOT NULL
                                ORDER BY amended.record DESC LIMIT 1), intake.subject))
           ORDER BY known.received_at DESC, known.ticket DESC), '[]'))::text
FROM known
JOIN duban.intake ON intake.desk_id = $1::integer AND intake.ticket = known.ticket
