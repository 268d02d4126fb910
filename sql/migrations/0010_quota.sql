-- Why: a contact that is recorded late may fill a window of a quota that was missed, whatever its minimum, so missed
-- windows are remembered one by one. And those who were told of a broken promise must hear of its end also when another
-- promise has taken its place: a clock remembers from which cycle on people are owed word.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.clock ADD COLUMN told_since integer NOT NULL DEFAULT 0;
UPDATE duban.clock SET told_since = cycle WHERE state = 'breached' OR (state = 'met' AND was_late);

-- Reminders were a percentage, and every one below it was sent. There are others now, a deadline that moves makes some due
-- again, and a regime may change: what was sent is a list by name.
ALTER TABLE duban.clock ALTER COLUMN reminders TYPE text USING array_to_string((string_to_array(
    '0%,1%,2%,3%,4%,5%,6%,7%,8%,9%,10%,11%,12%,13%,14%,15%,16%,17%,18%,19%,20%,21%,22%,23%,24%,25%,26%,27%,28%,29%,30%,31%,32%,33%,34%,35%,36%,37%,38%,39%,40%,41%,42%,43%,44%,45%,46%,47%,48%,49%,50%,51%,52%,53%,54%,55%,56%,57%,58%,59%,60%,61%,62%,63%,64%,65%,66%,67%,68%,69%,70%,71%,72%,73%,74%,75%,76%,77%,78%,79%,80%,81%,82%,83%,84%,85%,86%,87%,88%,89%,90%,91%,92%,93%,94%,95%,96%,97%,98%,99%', ','))[1:reminders], ',');
ALTER TABLE duban.clock ADD COLUMN rearmed smallint NOT NULL DEFAULT 0;

-- A missed deadline is declared a breach only after the regime's grace: whoever watches from outside must know how long.
ALTER TABLE duban.clock ADD COLUMN grace_until timestamptz;

CREATE OR REPLACE VIEW duban.missed_escalations AS
SELECT 'deadline not judged' AS missed, desk.name AS desk, clock.ticket, clock.clock AS name,
       clock.due_at AS since, now() - clock.due_at AS late
FROM duban.clock_open AS clock
JOIN duban.desk USING (desk_id)
WHERE clock.state = 'running' AND greatest(clock.due_at, clock.grace_until) < now() - interval '5 seconds'
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
-- Clocks may count from when the problem arose, also those that begin to apply later: the record has it, but is cold.
ALTER TABLE duban.ticket ADD COLUMN occurred_at timestamptz;

-- Whoever speaks to the customer may promise when the next contact comes.
ALTER TABLE duban.contact ADD COLUMN next_at timestamptz;

CREATE OR REPLACE FUNCTION duban.ticket_cold(desk integer, id bigint, masked boolean) RETURNS jsonb
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
                'actor', contact.actor, 'note', contact.note, 'next_at', duban.rfc3339(contact.next_at),
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

-- is_remembered: memory holds it, because a late record may fill it or because it keeps a breach from being withdrawn as a
-- whole (is_final: too old to be filled). Rows stay for ever: missed, or withdrawn.
CREATE TABLE duban.missed_window (
    desk_id       integer     NOT NULL,
    cycle         integer     NOT NULL,
    ticket        bigint      NOT NULL,
    start_at      timestamptz NOT NULL,
    end_at        timestamptz NOT NULL,
    credited      smallint    NOT NULL,
    is_final      boolean     NOT NULL,
    is_remembered boolean     NOT NULL,
    is_withdrawn  boolean     NOT NULL,
    clock         text        NOT NULL,
    PRIMARY KEY (desk_id, ticket, clock, start_at),
    CONSTRAINT missed_window_is_sound CHECK (start_at < end_at AND NOT (is_remembered AND is_withdrawn))
) WITH (fillfactor = 85);
CREATE INDEX missed_window_remembered ON duban.missed_window (desk_id, ticket, clock, start_at) WHERE is_remembered;
COMMENT ON TABLE duban.missed_window IS 'Windows of quotas that were missed, and those that turned out not to have been.';
GRANT SELECT, INSERT, UPDATE ON duban.missed_window TO duban_daemon;

-- Verdicts of a month, counted: what was missed, and apart from it what was taken back because it had been in time and was
-- only recorded late (domain rule 19). A quota that is found late counts its windows, not its verdicts.
CREATE VIEW duban.verdict_counts AS
SELECT desk.name AS desk, journal.body ->> 'clock' AS clock, date_trunc('month', journal.at) AS month,
       coalesce(sum((journal.body ->> 'windows')::bigint) FILTER (WHERE journal.type = 'clock.breached'), 0)
           + count(*) FILTER (WHERE journal.type = 'clock.breached' AND NOT journal.body ? 'windows') AS breached,
       count(*) FILTER (WHERE journal.type = 'clock.withdrawn') AS withdrawn,
       count(*) FILTER (WHERE journal.type = 'clock.shortfall') AS shortfall
FROM duban.journal_json AS journal
JOIN duban.desk USING (desk_id)
WHERE journal.type IN ('clock.breached', 'clock.withdrawn', 'clock.shortfall')
GROUP BY 1, 2, 3;
COMMENT ON VIEW duban.verdict_counts IS 'Breaches, those of them that were withdrawn, and shortfalls: by desk, clock and month.';
GRANT SELECT ON duban.verdict_counts TO duban_daemon;
