-- Why: what is done about a ticket besides contacts, progress and plans.
--
-- Steps of a class, signatures, what the customer said of the result, links to other tickets, mergers, requests for
-- approval with their decisions, and amendments of what was said at intake are all the same kind of thing: somebody did something at some time, and it stays on
-- record. One table has them; intake itself stays as it was first written. A row is named by the journal row of the
-- request that made it, so the daemon needs no counter. What of this a judgement depends on is kept with the ticket.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.record (
    desk_id     integer     NOT NULL,
    record      bigint      NOT NULL CHECK (record > 0),
    ticket      bigint      NOT NULL,
    other       bigint,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('step', 'undone', 'signature', 'satisfaction', 'link', 'unlink',
                                                     'merge', 'amendment', 'asked', 'decided')),
    subject     text        NOT NULL,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    note        text,
    value       text,
    PRIMARY KEY (desk_id, record),
    CONSTRAINT record_of_two CHECK ((kind IN ('link', 'unlink', 'merge')) = (other IS NOT NULL))
);
CREATE INDEX record_of_ticket ON duban.record (desk_id, ticket);
CREATE INDEX record_asked ON duban.record (desk_id, ticket) WHERE kind = 'asked';
CREATE INDEX record_of_other ON duban.record (desk_id, other) WHERE other IS NOT NULL;
COMMENT ON TABLE duban.record IS 'Steps, signatures, satisfaction, links, mergers, amendments. value is a JSON object.';
GRANT SELECT, INSERT ON duban.record TO duban_daemon;

-- The record of a ticket as the protocol shows it, to be laid over ticket_cold: amendments replace what was said at
-- intake, member by member, the latest of each. Contacts of tickets that were merged into it come along.
CREATE FUNCTION duban.ticket_records(desk integer, id bigint, masked boolean) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_object_agg(amended.key, CASE
               WHEN masked AND amended.key = 'contact' THEN amended.value || jsonb_build_object(
                   'name', duban.mask_name(amended.value ->> 'name'), 'phone', duban.mask_phone(amended.value ->> 'phone'),
                   'fax', duban.mask_phone(amended.value ->> 'fax'), 'email', duban.mask_email(amended.value ->> 'email'))
               ELSE amended.value END), '{}')
    FROM (SELECT DISTINCT ON (member.key) member.key, member.value
          FROM duban.record, jsonb_each(record.value::jsonb) AS member
          WHERE record.desk_id = desk AND record.ticket = id AND record.kind = 'amendment'
          ORDER BY member.key, record.record DESC) AS amended)
    || jsonb_build_object(
        'records', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'record', record.record::text, 'kind', record.kind, 'subject', record.subject,
                'other', other.number, 'at', duban.rfc3339(record.at),
                'recorded_at', duban.rfc3339(record.recorded_at), 'role', record.role, 'actor', record.actor,
                'note', record.note) ORDER BY record.record), '[]')
            FROM duban.record
            LEFT JOIN duban.intake AS other ON other.desk_id = desk
                AND other.ticket = CASE WHEN record.ticket = id THEN record.other ELSE record.ticket END
            WHERE record.desk_id = desk AND (record.ticket = id OR record.other = id)),
        'merged', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'ticket', merged.ticket::text, 'number', intake.number, 'at', duban.rfc3339(merged.at),
                'contacts', duban.ticket_cold(desk, merged.ticket, masked) -> 'contacts') ORDER BY merged.record), '[]')
            FROM duban.record AS merged
            JOIN duban.intake ON intake.desk_id = desk AND intake.ticket = merged.ticket
            WHERE merged.desk_id = desk AND merged.other = id AND merged.kind = 'merge'));
REVOKE ALL ON FUNCTION duban.ticket_records(integer, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.ticket_records(integer, bigint, boolean) TO duban_daemon;
