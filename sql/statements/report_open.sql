-- Open tickets, some at a time: where each stands and since when, when the customer was spoken to last, which deadline
-- comes next. $2 {after?, class?}. It came to its stage by the first act behind the last one that left it elsewhere.
WITH asked AS MATERIALIZED (
    SELECT coalesce(($2::jsonb ->> 'after')::bigint, 0) AS after, $2::jsonb ->> 'class' AS class)
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', ticket.number, 'class', ticket.class_name, 'types', ticket.types, 'urgency', ticket.urgency,
            'channel', ticket.channel, 'department', ticket.department, 'handler', ticket.handler,
            'customer', ticket.customer, 'stage', ticket.stage,
            'received', (extract(epoch FROM ticket.received_at) * 1000)::bigint,
            'since', (extract(epoch FROM coalesce(entered.at, ticket.received_at)) * 1000)::bigint,
            'contacted', (extract(epoch FROM ticket.contacted_at) * 1000)::bigint,
            'clock', owed.clock, 'due', (extract(epoch FROM owed.due_at) * 1000)::bigint) ORDER BY ticket.ticket), '[]')
        FROM duban.ticket_open AS ticket
        CROSS JOIN asked
        LEFT JOIN LATERAL (
            SELECT coalesce((journal.body::jsonb -> 'params' ->> 'at')::timestamptz, journal.at) AS at
            FROM duban.journal
            WHERE journal.desk_id = $1::integer AND journal.ticket = ticket.ticket AND journal.type <> 'ticket.create'
              AND journal.body::jsonb ->> 'stage' = ticket.stage
              AND journal.sequence > (
                  SELECT max(earlier.sequence) FROM duban.journal AS earlier
                  WHERE earlier.desk_id = $1::integer AND earlier.ticket = ticket.ticket
                    AND earlier.body::jsonb ->> 'stage' <> ticket.stage)
            ORDER BY journal.sequence
            LIMIT 1) AS entered ON true
        LEFT JOIN LATERAL (
            SELECT clock.clock, clock.due_at
            FROM duban.clock_open AS clock
            WHERE clock.desk_id = $1::integer AND clock.ticket = ticket.ticket AND clock.state = 'running'
            ORDER BY clock.due_at, clock.clock
            LIMIT 1) AS owed ON true
        WHERE ticket.desk_id = $1::integer AND ticket.ticket > asked.after AND ticket.ticket <= asked.after + 2000
          AND (asked.class IS NULL OR ticket.class_name = asked.class)),
    'next', (
        SELECT min(ticket) - 1 FROM duban.ticket_open
        WHERE desk_id = $1::integer AND ticket > (SELECT after + 2000 FROM asked)))::text
