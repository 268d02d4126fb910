-- Verdicts whose deadline lies in a period: missed, withdrawn, short of the target; a stretch of the journal at a time.
-- $2 {from, to, after?, class?}. A verdict names who had the ticket then; older rows leave that to the ticket as it is. A
-- withdrawal belongs to whoever had the ticket when the deadline was missed. One deadline counts once: missed again after
-- a reopening it was missed before, and it is withdrawn when that is the last word about it.
WITH asked AS MATERIALIZED (
    SELECT ($2::jsonb ->> 'from')::timestamptz AS since, ($2::jsonb ->> 'to')::timestamptz AS before,
           coalesce(($2::jsonb ->> 'after')::bigint, duban.journal_before(
               $1::integer, ($2::jsonb ->> 'from')::timestamptz - interval '1 day')) AS after,
           $2::jsonb ->> 'class' AS class),
verdict AS MATERIALIZED (
    SELECT journal.sequence, journal.ticket, journal.type, journal.body::jsonb AS body
    FROM duban.journal
    WHERE journal.desk_id = $1::integer AND journal.sequence > (SELECT after FROM asked)
      AND journal.sequence <= (SELECT after + 20000 FROM asked)
      AND journal.type IN ('clock.breached', 'clock.withdrawn', 'clock.shortfall'))
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'type', verdict.type, 'clock', verdict.body -> 'clock', 'windows', verdict.body -> 'windows',
            'due', (extract(epoch FROM (verdict.body ->> 'due_at')::timestamptz) * 1000)::bigint,
            'class', ticket.class_name, 'types', ticket.types, 'urgency', ticket.urgency, 'channel', ticket.channel,
            'customer', ticket.customer,
            'department', coalesce(missed.body -> 'department', verdict.body -> 'department', to_jsonb(ticket.department)),
            'handler', coalesce(missed.body -> 'handler', verdict.body -> 'handler', to_jsonb(ticket.handler)))
            ORDER BY verdict.sequence), '[]')
        FROM verdict
        CROSS JOIN asked
        JOIN duban.ticket AS ticket ON ticket.desk_id = $1::integer AND ticket.ticket = verdict.ticket
        LEFT JOIN LATERAL (
            SELECT earlier.body::jsonb AS body
            FROM duban.journal AS earlier
            WHERE verdict.type = 'clock.withdrawn' AND earlier.desk_id = $1::integer
              AND earlier.ticket = verdict.ticket AND earlier.sequence < verdict.sequence
              AND earlier.type = 'clock.breached'
              AND earlier.body::jsonb -> 'clock' = verdict.body -> 'clock'
            ORDER BY earlier.sequence DESC
            LIMIT 1) AS missed ON true
        WHERE (verdict.body ->> 'due_at')::timestamptz >= asked.since
          AND (verdict.body ->> 'due_at')::timestamptz < asked.before
          AND NOT EXISTS (
              SELECT FROM duban.journal AS other
              WHERE verdict.type <> 'clock.shortfall' AND other.desk_id = $1::integer
                AND other.ticket = verdict.ticket AND other.type IN ('clock.breached', 'clock.withdrawn')
                AND CASE WHEN verdict.type = 'clock.breached' THEN other.sequence < verdict.sequence
                                                                   AND other.type = 'clock.breached'
                         ELSE other.sequence > verdict.sequence END
                AND other.body::jsonb -> 'clock' = verdict.body -> 'clock'
                AND other.body::jsonb -> 'due_at' = verdict.body -> 'due_at')
          AND (asked.class IS NULL OR ticket.class_name = asked.class)),
    'next', (
        SELECT asked.after + 20000 FROM asked
        WHERE EXISTS (SELECT FROM duban.journal
                      WHERE journal.desk_id = $1::integer AND journal.sequence > asked.after + 20000)))::text
