-- The reading connection: changes nothing and gives up after 4 seconds, so that its answer comes before the reader's own patience ends.
SELECT set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false), set_config('default_transaction_read_only', 'on', false),
       set_config('statement_timeout', '4s', false)
