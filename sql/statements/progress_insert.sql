INSERT INTO duban.progress (
    desk_id, ticket, progress, at, recorded_at, from_at, to_at, degree, role, actor, note)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
    $8::text[], $9::text[], $10::text[], $11::text[]) AS given
