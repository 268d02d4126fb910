INSERT INTO duban.schema_migration (number, name, sha256) VALUES ($1::integer, $2::text, $3::text)
