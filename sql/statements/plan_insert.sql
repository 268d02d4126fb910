INSERT INTO duban.plan (desk_id, ticket, plan, at, recorded_at, expected_at, role, actor, measures)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
    $9::text[]) AS given
