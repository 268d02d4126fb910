INSERT INTO duban.missed_window AS missed (
    desk_id, ticket, clock, cycle, credited, is_final, is_remembered, is_withdrawn, start_at, end_at)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::text[], $4::integer[], $5::smallint[], $6::boolean[], $7::boolean[], $8::boolean[],
    $9::timestamptz[], $10::timestamptz[]) AS given
ON CONFLICT (desk_id, ticket, clock, start_at) DO UPDATE
SET cycle = excluded.cycle, credited = excluded.credited, is_final = excluded.is_final,
    is_remembered = excluded.is_remembered, is_withdrawn = excluded.is_withdrawn, end_at = excluded.end_at
