INSERT INTO duban.pause (
    desk_id, ticket, pause, from_at, to_at, recorded_at, reason, role, actor, note, open)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::boolean[]) AS given
