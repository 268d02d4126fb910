-- The connection of reports: changes nothing, stands in nobody's way, and takes its time over one page at a time.
SELECT set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false), set_config('default_transaction_read_only', 'on', false),
       set_config('statement_timeout', '30s', false)
