-- $2 'closed' or 'all', $3 class, $4 urgency, $5 department, $6 handler, $7 stage (NULL: any), $8 'after,limit'.
WITH asked AS (
    SELECT coalesce(nullif(split_part($8::text, ',', 1), '')::bigint, 0) AS after,
           least(coalesce(nullif(split_part($8::text, ',', 2), '')::integer, 100), 500) AS most),
page AS (
    SELECT record.ticket,
           duban.ticket_hot(record) || jsonb_build_object('customer', record.customer) AS row
    FROM duban.ticket AS record
    WHERE desk_id = $1::integer AND record.ticket > (SELECT after FROM asked)
      AND ($2::text = 'all' OR NOT open)
      AND ($3::text IS NULL OR class_name = $3::text)
      AND ($4::text IS NULL OR urgency = $4::text)
      AND ($5::text IS NULL OR department = $5::text)
      AND ($6::text IS NULL OR handler = $6::text)
      AND ($7::text IS NULL OR stage = $7::text)
    ORDER BY record.ticket
    LIMIT (SELECT most + 1 FROM asked)),
shown AS (
    SELECT page.ticket, page.row || jsonb_build_object('subject', intake.subject) AS row
    FROM page
    LEFT JOIN duban.intake ON intake.desk_id = $1::integer AND intake.ticket = page.ticket
    ORDER BY page.ticket
    LIMIT (SELECT most FROM asked))
SELECT (jsonb_build_object('tickets', coalesce((SELECT jsonb_agg(row ORDER BY ticket) FROM shown), '[]'))
        || CASE WHEN (SELECT count(*) FROM page) > (SELECT most FROM asked)
                THEN jsonb_build_object('next', (SELECT max(ticket)::text FROM shown)) ELSE '{}' END)::text
