-- Each connection of the daemon, first of all. Arrays arrive of any length under one plan: index lookups are
-- always right, and a plan made while the tables were empty must not scan them a year later.
SELECT set_config('search_path', 'pg_catalog', false), set_config('TimeZone', 'UTC', false),
       set_config('jit', 'off', false), set_config('plan_cache_mode', 'force_generic_plan', false),
       set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
       set_config('enable_mergejoin', 'off', false), set_config('idle_in_transaction_session_timeout', '0', false)
