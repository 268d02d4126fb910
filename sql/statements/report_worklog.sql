-- Who did what in a period: contacts, entries of the log, steps, solutions, as the journal has them; a stretch of it at a
-- time. $2 {from, to, after?, class?}. What a machine sent is nobody's work; a step that is taken back is no step.
WITH asked AS MATERIALIZED (
    SELECT ($2::jsonb ->> 'from')::timestamptz AS since, ($2::jsonb ->> 'to')::timestamptz AS before,
           coalesce(($2::jsonb ->> 'after')::bigint, duban.journal_before(
               $1::integer, ($2::jsonb ->> 'from')::timestamptz - interval '1 day')) AS after,
           $2::jsonb ->> 'class' AS class),
act AS MATERIALIZED (
    SELECT journal.sequence, journal.ticket, journal.type, journal.body::jsonb ->> 'actor' AS actor,
           journal.body::jsonb -> 'params' AS params,
           coalesce((journal.body::jsonb -> 'params' ->> 'at')::timestamptz, journal.at) AS at
    FROM duban.journal
    WHERE journal.desk_id = $1::integer AND journal.sequence > (SELECT after FROM asked)
      AND journal.sequence <= (SELECT after + 20000 FROM asked)
      AND journal.type IN ('contact.record', 'progress.add', 'step.done', 'ticket.solve'))
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'method', act.type, 'handler', act.actor, 'at', (extract(epoch FROM act.at) * 1000)::bigint,
            'number', ticket.number, 'class', ticket.class_name, 'types', ticket.types, 'urgency', ticket.urgency,
            'department', ticket.department, 'customer', ticket.customer,
            'channel', act.params -> 'channel', 'kind', coalesce(act.params -> 'kind', act.params -> 'step'),
            'note', coalesce(act.params -> 'note', act.params -> 'result')) ORDER BY act.sequence), '[]')
        FROM act
        CROSS JOIN asked
        JOIN duban.ticket AS ticket ON ticket.desk_id = $1::integer AND ticket.ticket = act.ticket
        WHERE act.at >= asked.since AND act.at < asked.before
          AND act.params -> 'automatic' IS DISTINCT FROM 'true' AND act.params -> 'done' IS DISTINCT FROM 'false'
          AND (asked.class IS NULL OR ticket.class_name = asked.class)),
    'next', (
        SELECT asked.after + 20000 FROM asked
        WHERE EXISTS (SELECT FROM duban.journal
                      WHERE journal.desk_id = $1::integer AND journal.sequence > asked.after + 20000)))::text
