-- What was asked for about open tickets and not refused, and what of it was granted.
SELECT asked.record, asked.ticket, asked.subject, asked.value::jsonb ->> 'clock',
       coalesce(decided.value::jsonb ->> 'department', asked.value::jsonb ->> 'department'),
       coalesce(decided.value::jsonb ->> 'handler', asked.value::jsonb ->> 'handler'), asked.actor,
       coalesce((asked.value::jsonb ->> 'cycle')::integer, 0), decided.record IS NOT NULL,
       coalesce(decided.value::jsonb ->> 'until', asked.value::jsonb ->> 'until')::timestamptz
FROM duban.record AS asked
JOIN duban.ticket_open AS ticket USING (desk_id, ticket)
LEFT JOIN duban.record AS decided
    ON decided.desk_id = asked.desk_id AND decided.ticket = asked.ticket AND decided.kind = 'decided'
   AND decided.value::jsonb ->> 'approval' = asked.record::text
WHERE asked.desk_id = $1::integer AND asked.kind = 'asked' AND decided.subject IS DISTINCT FROM 'refused'
ORDER BY asked.record
