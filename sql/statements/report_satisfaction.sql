-- The last word of each customer about a ticket within a period; a stretch of the journal's numbers at a time, by which
-- records are named. $2 {from, to, after?, class?}.
WITH asked AS MATERIALIZED (
    SELECT ($2::jsonb ->> 'from')::timestamptz AS since, ($2::jsonb ->> 'to')::timestamptz AS before,
           coalesce(($2::jsonb ->> 'after')::bigint, duban.journal_before(
               $1::integer, ($2::jsonb ->> 'from')::timestamptz - interval '1 day')) AS after,
           $2::jsonb ->> 'class' AS class)
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'level', said.subject, 'at', (extract(epoch FROM said.at) * 1000)::bigint,
            'class', ticket.class_name, 'types', ticket.types, 'urgency', ticket.urgency, 'channel', ticket.channel,
            'department', ticket.department, 'handler', ticket.handler, 'customer', ticket.customer)
            ORDER BY said.record), '[]')
        FROM duban.record AS said
        CROSS JOIN asked
        JOIN duban.ticket AS ticket ON ticket.desk_id = $1::integer AND ticket.ticket = said.ticket
        WHERE said.desk_id = $1::integer AND said.record > (SELECT after FROM asked)
          AND said.record <= (SELECT after + 20000 FROM asked)
          AND said.kind = 'satisfaction' AND said.at >= asked.since AND said.at < asked.before
          AND NOT EXISTS (
              SELECT FROM duban.record AS later
              WHERE later.desk_id = $1::integer AND later.ticket = said.ticket AND later.record > said.record
                AND later.kind = 'satisfaction' AND later.at < asked.before)
          AND (asked.class IS NULL OR ticket.class_name = asked.class)),
    'next', (
        SELECT asked.after + 20000 FROM asked
        WHERE EXISTS (SELECT FROM duban.record
                      WHERE record.desk_id = $1::integer AND record.record > asked.after + 20000)))::text
