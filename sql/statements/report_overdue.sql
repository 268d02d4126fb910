-- Deadlines of open tickets that are missed and not met yet, some tickets at a time. $2 {after?, class?}.
WITH asked AS MATERIALIZED (
    SELECT coalesce(($2::jsonb ->> 'after')::bigint, 0) AS after, $2::jsonb ->> 'class' AS class)
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', ticket.number, 'clock', clock.clock, 'class', ticket.class_name, 'types', ticket.types,
            'urgency', ticket.urgency, 'channel', ticket.channel, 'department', ticket.department,
            'handler', ticket.handler, 'customer', ticket.customer, 'staffed', ticket.staffed,
            'acknowledged', clock.acknowledged,
            'since', (extract(epoch FROM clock.breached_at) * 1000)::bigint) ORDER BY clock.ticket, clock.clock), '[]')
        FROM duban.clock_open AS clock
        JOIN duban.ticket_open AS ticket USING (desk_id, ticket)
        WHERE clock.desk_id = $1::integer AND clock.ticket > (SELECT after FROM asked)
          AND clock.ticket <= (SELECT after + 4000 FROM asked) AND clock.state = 'breached'
          AND ((SELECT class FROM asked) IS NULL OR ticket.class_name = (SELECT class FROM asked))),
    'next', (
        SELECT min(ticket) - 1 FROM duban.ticket_open
        WHERE desk_id = $1::integer AND ticket > (SELECT after + 4000 FROM asked)))::text
