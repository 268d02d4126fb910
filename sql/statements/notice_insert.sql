-- No ON CONFLICT: a fire key that is there already is a fault that must be heard.
INSERT INTO duban.notice (
    desk_id, notice, ticket, cycle, rung, attempts, at, changed_at, ready_at, clock, recipient, role, channel, state,
    address, display_name, language, template_name, message_id, thread, queue_id, reason, detail, subject, body,
    due_at, let_go_at, hold, into_notice, course)
SELECT $1::integer, given.*,
       CASE WHEN given.state NOT IN ('queued', 'suppressed')
            THEN concat_ws(' ', duban.rfc3339(given.changed_at), given.state, translate(given.detail, E'\r\n', '  ')) END
FROM unnest(
    $2::bigint[], $3::bigint[], $4::integer[], $5::smallint[], $6::integer[], $7::timestamptz[], $8::timestamptz[],
    $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::text[],
    $25::text[], $26::timestamptz[], $27::timestamptz[], $28::text[], $29::bigint[])
    AS given (notice, ticket, cycle, rung, attempts, at, changed_at, ready_at, clock, recipient, role, channel, state,
              address, display_name, language, template_name, message_id, thread, queue_id, reason, detail, subject, body,
              due_at, let_go_at, hold, into_notice)
