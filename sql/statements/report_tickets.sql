-- Tickets that were received in a period, some at a time, and what a report asks to know of each. $2 {from, to, after?,
-- classes?, types?, contact {out, reached, automatic, channels?, kinds?, roles?}, moves?, steps?, words?}.
WITH asked AS MATERIALIZED (
    SELECT given.*, coalesce(given.after, duban.ticket_before($1::integer, given.from - interval '1 day')) AS begins
    FROM jsonb_to_record($2::jsonb) AS given ("from" timestamptz, "to" timestamptz, after bigint, classes jsonb,
                                              types jsonb, contact jsonb, moves boolean, steps boolean, words boolean)),
page AS MATERIALIZED (
    SELECT ticket.*
    FROM duban.ticket, asked
    WHERE ticket.desk_id = $1::integer AND ticket.ticket > (SELECT begins FROM asked)
      AND ticket.ticket <= (SELECT begins + 2000 FROM asked)
      AND ticket.received_at >= asked.from AND ticket.received_at < asked.to
      AND (asked.classes IS NULL OR asked.classes ? ticket.class_name)
      AND (asked.types IS NULL OR EXISTS (
              SELECT FROM jsonb_array_elements_text(asked.types) AS wanted (type)
              WHERE wanted.type = ANY (string_to_array(ticket.types, ',')))))
SELECT jsonb_build_object(
    'rows', (
        SELECT coalesce(jsonb_agg(
            jsonb_build_object(
                'number', page.number, 'class', page.class_name, 'types', page.types, 'urgency', page.urgency,
                'channel', page.channel, 'department', page.department, 'handler', page.handler,
                'customer', page.customer, 'staffed', page.staffed, 'stage', page.stage, 'open', page.open,
                'received', (extract(epoch FROM page.received_at) * 1000)::bigint,
                'solved', (extract(epoch FROM page.solved_at) * 1000)::bigint,
                'closed', (extract(epoch FROM page.closed_at) * 1000)::bigint,
                'answered', (
                    SELECT (extract(epoch FROM min(contact.at)) * 1000)::bigint
                    FROM duban.contact
                    WHERE contact.desk_id = $1::integer AND contact.ticket = page.ticket
                      AND (contact.direction = 'out' OR NOT (asked.contact -> 'out')::boolean)
                      AND (contact.reached OR NOT (asked.contact -> 'reached')::boolean)
                      AND (NOT contact.automatic OR (asked.contact -> 'automatic')::boolean)
                      AND (NOT asked.contact ? 'channels' OR asked.contact -> 'channels' ? contact.channel)
                      AND (NOT asked.contact ? 'kinds' OR asked.contact -> 'kinds' ? contact.kind)
                      AND (NOT asked.contact ? 'roles' OR asked.contact -> 'roles' ? contact.role)),
                'reopened', (
                    SELECT count(*) FROM duban.journal
                    WHERE journal.desk_id = $1::integer AND journal.ticket = page.ticket
                      AND journal.type = 'ticket.reopen'),
                'merged', EXISTS (
                    SELECT FROM duban.record
                    WHERE record.desk_id = $1::integer AND record.ticket = page.ticket AND record.kind = 'merge'))
            || CASE WHEN asked.moves THEN jsonb_build_object('moves', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(move.stage, (extract(epoch FROM move.at) * 1000)::bigint)
                                          ORDER BY move.sequence), '[]')
                FROM (SELECT journal.sequence, journal.body::jsonb ->> 'stage' AS stage,
                             coalesce((journal.body::jsonb -> 'params' ->> 'at')::timestamptz, journal.at) AS at
                      FROM duban.journal
                      WHERE journal.desk_id = $1::integer AND journal.ticket = page.ticket
                        AND journal.type <> 'ticket.create' AND journal.body::jsonb ? 'stage') AS move)) ELSE '{}' END
            || CASE WHEN asked.steps THEN jsonb_build_object('steps', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                           'step', step.subject, 'note', step.note, 'at', (extract(epoch FROM step.at) * 1000)::bigint)
                           ORDER BY step.at, step.record), '[]')
                FROM (SELECT DISTINCT ON (record.subject) record.*
                      FROM duban.record
                      WHERE record.desk_id = $1::integer AND record.ticket = page.ticket
                        AND record.kind IN ('step', 'undone')
                      ORDER BY record.subject, record.record DESC) AS step
                WHERE step.kind = 'step')) ELSE '{}' END
            || CASE WHEN asked.words THEN (
                SELECT jsonb_build_object(
                    'subject', intake.subject, 'result', page.result,
                    'fields', duban.ticket_fields($1::integer, page.ticket),
                    'measures', (SELECT plan.measures FROM duban.plan
                                 WHERE plan.desk_id = $1::integer AND plan.ticket = page.ticket
                                 ORDER BY plan.plan DESC LIMIT 1),
                    'level', (SELECT record.subject FROM duban.record
                              WHERE record.desk_id = $1::integer AND record.ticket = page.ticket
                                AND record.kind = 'satisfaction' ORDER BY record.record DESC LIMIT 1))
                FROM duban.intake
                WHERE intake.desk_id = $1::integer AND intake.ticket = page.ticket) ELSE '{}' END
            ORDER BY page.ticket), '[]')
        FROM page CROSS JOIN asked),
    'next', (
        SELECT min(ticket.ticket) - 1 FROM duban.ticket
        WHERE ticket.desk_id = $1::integer AND ticket.ticket > (SELECT begins + 2000 FROM asked)))::text
