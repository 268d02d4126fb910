-- How many pages the open tickets and their clocks fill.
SELECT pg_relation_size('duban.ticket_open') / current_setting('block_size')::bigint,
       pg_relation_size('duban.clock_open') / current_setting('block_size')::bigint
