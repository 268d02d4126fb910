-- Before the loader's other reads.
SELECT set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false), set_config('enable_indexscan', 'on', false),
       set_config('enable_bitmapscan', 'on', false), set_config('enable_indexonlyscan', 'on', false)
