SELECT number, name, sha256 FROM duban.schema_migration ORDER BY number
