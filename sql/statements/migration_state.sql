-- NULL in a database that never saw a migration.
SELECT to_regclass('duban.schema_migration')::text, current_setting('server_encoding'),
       current_setting('server_version_num')::integer
