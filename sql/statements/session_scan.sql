-- Before reading open tickets and clocks from end to end: tables that were never analyzed must not make the planner
-- believe that an index would do better than their pages in order.
SELECT set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false), set_config('enable_indexscan', 'off', false),
       set_config('enable_bitmapscan', 'off', false), set_config('enable_indexonlyscan', 'off', false)
