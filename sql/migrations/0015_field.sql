-- Why: what a ticket's fields are.
--
-- A regime may declare the fields of a class, each with its kind. What changes in them is then said one by one, and a
-- null takes one out; an amendment keeps that as field_changes. Where nothing is declared the fields are a free object
-- that an amendment replaces as a whole. What they are now is both laid over what was said at intake, in order.

SET LOCAL ROLE duban_owner;

CREATE FUNCTION duban.ticket_fields(desk integer, id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    WITH said AS MATERIALIZED (
        SELECT 0::bigint AS record, intake.fields::jsonb AS fields, NULL::jsonb AS changes
        FROM duban.intake WHERE intake.desk_id = desk AND intake.ticket = id
        UNION ALL
        SELECT record.record, record.value::jsonb -> 'fields', record.value::jsonb -> 'field_changes'
        FROM duban.record
        WHERE record.desk_id = desk AND record.ticket = id AND record.kind = 'amendment'
    ), whole AS (
        SELECT said.record, said.fields FROM said WHERE said.fields IS NOT NULL ORDER BY said.record DESC LIMIT 1
    ), member AS (
        SELECT whole.record, each.key, each.value FROM whole, jsonb_each(whole.fields) AS each
        UNION ALL
        SELECT said.record, each.key, each.value FROM said, jsonb_each(said.changes) AS each
        WHERE said.record > coalesce((SELECT whole.record FROM whole), -1)
    )
    SELECT CASE WHEN EXISTS (SELECT FROM said WHERE said.fields IS NOT NULL OR said.changes IS NOT NULL)
                THEN coalesce(jsonb_object_agg(last.key, last.value) FILTER (WHERE last.value <> 'null'), '{}') END
    FROM (SELECT DISTINCT ON (member.key) member.key, member.value FROM member
          ORDER BY member.key, member.record DESC) AS last);
REVOKE ALL ON FUNCTION duban.ticket_fields(integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.ticket_fields(integer, bigint) TO duban_daemon;

CREATE OR REPLACE FUNCTION duban.ticket_records(desk integer, id bigint, masked boolean) RETURNS jsonb
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
            AND member.key NOT IN ('fields', 'field_changes')
          ORDER BY member.key, record.record DESC) AS amended)
    || jsonb_build_object(
        'fields', duban.ticket_fields(desk, id),
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
