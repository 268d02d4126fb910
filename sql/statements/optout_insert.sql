INSERT INTO duban.optout (desk_id, entry, at, address, declines, role, actor, reason)
SELECT $1::integer, given.*
FROM unnest($2::bigint[], $3::timestamptz[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[]) AS given
