INSERT INTO duban.request_key (desk_id, key, sequence, reply)
SELECT $1::integer, given.* FROM unnest($2::text[], $3::bigint[], $4::text[]) AS given
