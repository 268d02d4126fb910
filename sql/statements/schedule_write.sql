INSERT INTO duban.schedule AS known (desk_id, schedule, rule, since_at)
SELECT $1::integer, given.* FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS given
ON CONFLICT (desk_id, schedule) DO UPDATE SET rule = excluded.rule, since_at = excluded.since_at
