-- Why: what is read by people and monitoring: instants as the protocol writes them, masked names, and the view that
-- watches the daemon from outside.

SET LOCAL ROLE duban_owner;

-- 2026-03-02T01:00:00Z, with .250 only when the milliseconds are not zero.
CREATE FUNCTION duban.rfc3339(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', CASE WHEN date_trunc('second', at) = at THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
                                           ELSE 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"' END);

-- What a notice's rung means: a ladder's rungs count from 1, the other numbers are the judge's (lib/desk_parts.h).
CREATE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;

-- Zhang* keeps one character: enough to be recognised by who knows the customer.
CREATE FUNCTION duban.mask_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN name = '' THEN '' ELSE left(name, 1) || '*' END;

-- 13800000000 becomes 138****0000; a number too short for that keeps its last two digits.
CREATE FUNCTION duban.mask_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(phone) >= 11 THEN left(phone, 3) || '****' || right(phone, 4)
            WHEN length(phone) > 2 THEN '****' || right(phone, 2)
            WHEN phone = '' THEN '' ELSE '****' END;

-- zhang@example.cn becomes z***@example.cn.
CREATE FUNCTION duban.mask_email(email text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN email = '' THEN '' ELSE left(email, 1) || '***' || coalesce(substring(email from '@[^@]*$'), '') END;

-- The auditor. No line of the daemon takes part in this: it must stay empty while a daemon leads, and monitoring
-- should ask for it every minute. It reads clock_open from end to end, because an index on due_at would make
-- every contact more expensive: about 0.2 s for two million clocks.
--
-- * deadline not judged: a running clock whose due time passed more than 5 seconds ago. Not while its ticket is being
--   imported: history is judged on its own time, until the import has gone quiet.
-- * notice not sent: a notice that could have left more than 10 minutes ago and is neither accepted nor refused.
CREATE VIEW duban.missed_escalations AS
SELECT 'deadline not judged' AS missed, desk.name AS desk, clock.ticket, clock.clock AS name,
       clock.due_at AS since, now() - clock.due_at AS late
FROM duban.clock_open AS clock
JOIN duban.desk USING (desk_id)
WHERE clock.state = 'running' AND clock.due_at < now() - interval '5 seconds'
  AND NOT EXISTS (SELECT FROM duban.ticket_open AS ticket
                  WHERE ticket.desk_id = clock.desk_id AND ticket.ticket = clock.ticket
                    AND ticket.history_until_at > now() - interval '5 seconds')
UNION ALL
SELECT 'notice not sent', desk.name, notice.ticket, notice.notice::text,
       coalesce(notice.ready_at, notice.at), now() - coalesce(notice.ready_at, notice.at)
FROM duban.notice
JOIN duban.desk USING (desk_id)
WHERE notice.state IN ('queued', 'attempting', 'deferred')
  AND coalesce(notice.ready_at, notice.at) < now() - interval '10 minutes';
COMMENT ON VIEW duban.missed_escalations IS 'Must stay empty while a daemon leads. Knows nothing of the daemon.';

REVOKE ALL ON FUNCTION duban.rfc3339(timestamptz), duban.mask_name(text), duban.mask_phone(text),
    duban.mask_email(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.rfc3339(timestamptz), duban.mask_name(text), duban.mask_phone(text),
    duban.mask_email(text) TO duban_daemon;
GRANT SELECT ON duban.missed_escalations TO duban_daemon;

-- The ticket that a client names by its id or by its number (the id wins); NULL when there is none.
CREATE FUNCTION duban.find_ticket(desk integer, name text) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT intake.ticket FROM duban.intake
        WHERE intake.desk_id = desk
          AND (intake.number = name OR intake.ticket = CASE WHEN name ~ '^[0-9]{1,18}$' THEN name::bigint END)
        ORDER BY intake.number = name AND intake.ticket::text <> name
        LIMIT 1);

-- What memory does not keep of a ticket, as the protocol shows it. NULL when there is no such ticket.
CREATE FUNCTION duban.ticket_cold(desk integer, id bigint, masked boolean) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT jsonb_build_object(
        'ref', intake.reference,
        'subject', intake.subject,
        'details', intake.details,
        'customer_id', intake.customer_id,
        'occurred_at', duban.rfc3339(intake.occurred_at),
        'fields', intake.fields::jsonb,
        'attachments', intake.attachments::jsonb,
        'contact', jsonb_build_object(
            'name', CASE WHEN masked THEN duban.mask_name(intake.contact_name) ELSE intake.contact_name END,
            'phone', CASE WHEN masked THEN duban.mask_phone(intake.phone) ELSE intake.phone END,
            'fax', CASE WHEN masked THEN duban.mask_phone(intake.fax) ELSE intake.fax END,
            'email', CASE WHEN masked THEN duban.mask_email(intake.email) ELSE intake.email END),
        'result', (SELECT ticket.result FROM duban.ticket WHERE ticket.desk_id = desk AND ticket.ticket = id),
        'contacts', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'contact', contact.contact, 'at', duban.rfc3339(contact.at),
                'recorded_at', duban.rfc3339(contact.recorded_at), 'channel', contact.channel,
                'direction', contact.direction, 'reached', contact.reached, 'kind', contact.kind,
                'automatic', contact.automatic, 'minutes', contact.minutes, 'role', contact.role,
                'actor', contact.actor, 'note', contact.note,
                'credited', contact.credited::jsonb) ORDER BY contact.contact), '[]')
            FROM duban.contact WHERE contact.desk_id = desk AND contact.ticket = id),
        'progress', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'progress', progress.progress, 'at', duban.rfc3339(progress.at),
                'recorded_at', duban.rfc3339(progress.recorded_at), 'from', duban.rfc3339(progress.from_at),
                'to', duban.rfc3339(progress.to_at), 'degree', progress.degree, 'role', progress.role,
                'actor', progress.actor, 'note', progress.note) ORDER BY progress.progress), '[]')
            FROM duban.progress WHERE progress.desk_id = desk AND progress.ticket = id),
        'plans', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'plan', plan.plan, 'at', duban.rfc3339(plan.at),
                'recorded_at', duban.rfc3339(plan.recorded_at), 'expected_at', duban.rfc3339(plan.expected_at),
                'measures', plan.measures, 'role', plan.role, 'actor', plan.actor) ORDER BY plan.plan), '[]')
            FROM duban.plan WHERE plan.desk_id = desk AND plan.ticket = id))
    FROM duban.intake WHERE intake.desk_id = desk AND intake.ticket = id);

-- What memory keeps of an open ticket and the database of a closed one, as the protocol shows it.
CREATE FUNCTION duban.ticket_hot(record duban.ticket) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN jsonb_build_object(
    'ticket', (record).ticket::text, 'number', (record).number, 'revision', (record).revision,
    'class', (record).class_name, 'types', to_jsonb(string_to_array((record).types, ',')),
    'urgency', (record).urgency, 'channel', (record).channel, 'stage', (record).stage,
    'state', CASE WHEN (record).open THEN 'open' ELSE 'closed' END,
    'department', (record).department, 'handler', (record).handler, 'recorder', (record).recorder,
    'received_at', duban.rfc3339((record).received_at), 'created_at', duban.rfc3339((record).created_at),
    'handed_over_at', duban.rfc3339((record).handed_over_at), 'expected_at', duban.rfc3339((record).expected_at),
    'contacted_at', duban.rfc3339((record).contacted_at), 'solved_at', duban.rfc3339((record).solved_at),
    'closed_at', duban.rfc3339((record).closed_at));

REVOKE ALL ON FUNCTION duban.find_ticket(integer, text), duban.ticket_cold(integer, bigint, boolean),
    duban.ticket_hot(duban.ticket) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.find_ticket(integer, text), duban.ticket_cold(integer, bigint, boolean),
    duban.ticket_hot(duban.ticket) TO duban_daemon;
