INSERT INTO duban.record (
    desk_id, record, ticket, other, at, recorded_at, kind, subject, role, actor, note, value)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[]) AS given
