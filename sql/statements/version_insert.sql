INSERT INTO duban.version (desk_id, kind, name, digest, body)
VALUES ($1::integer, $2::text, $3::text, $4::text, $5::text)
ON CONFLICT (desk_id, kind, name, digest) DO NOTHING
