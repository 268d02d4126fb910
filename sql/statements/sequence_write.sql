INSERT INTO duban.sequence (desk_id, name, last)
SELECT $1::integer, given.* FROM unnest($2::text[], $3::bigint[]) AS given (name, last)
ON CONFLICT (desk_id, name) DO UPDATE SET last = excluded.last
