INSERT INTO duban.ladder (desk_id, ladder, digest, body)
SELECT $1::integer, given.* FROM unnest($2::integer[], $3::text[], $4::text[]) AS given
