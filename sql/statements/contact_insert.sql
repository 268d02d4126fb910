INSERT INTO duban.contact (
    desk_id, ticket, contact, at, recorded_at, minutes, reached, automatic, channel, direction, kind, role, actor, note,
    credited, next_at)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::integer[], $7::boolean[], $8::boolean[],
    $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
    $16::timestamptz[]) AS given
