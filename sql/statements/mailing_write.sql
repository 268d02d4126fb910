INSERT INTO duban.mailing AS known (
    desk_id, mailing, ticket, register, template_name, state, role, actor, note, conditions, recipients, why, total, next,
    sent, suppressed, failed, started_at, finished_at)
SELECT $1::integer, given.mailing, given.ticket, given.register, given.template_name, given.state, given.role, given.actor,
       given.note, given.conditions, coalesce(given.recipients, ''), given.why, given.total, given.next, given.sent,
       given.suppressed, given.failed, given.started_at, given.finished_at
FROM unnest(
    $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::text[], $12::text[], $13::integer[], $14::integer[], $15::integer[], $16::integer[], $17::integer[],
    $18::timestamptz[], $19::timestamptz[])
    WITH ORDINALITY AS given (mailing, ticket, register, template_name, state, role, actor, note, conditions, recipients,
                              why, total, next, sent, suppressed, failed, started_at, finished_at, place)
ORDER BY given.place
ON CONFLICT (desk_id, mailing) DO UPDATE
SET state = excluded.state, why = excluded.why, next = excluded.next, sent = excluded.sent,
    suppressed = excluded.suppressed, failed = excluded.failed, finished_at = excluded.finished_at
