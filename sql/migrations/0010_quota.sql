-- Why: a contact that is recorded late may fill a window of a quota that was missed, whatever its minimum, so missed
-- windows are remembered one by one. And those who were told of a broken promise must hear of its end also when another
-- promise has taken its place: a clock remembers from which cycle on people are owed word.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.clock ADD COLUMN told_since integer NOT NULL DEFAULT 0;
UPDATE duban.clock SET told_since = cycle WHERE state = 'breached' OR (state = 'met' AND was_late);

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
