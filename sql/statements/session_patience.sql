-- How long one statement of the loader's connection may take: $1, such as 3s; 0 is for ever.
SELECT set_config('statement_timeout', $1::text, false)
