-- As ticket_list, for a regime that says which urgencies its lists begin with: rank by rank, each by id.
-- $2 to $7 as there; $8 'after,limit,rank of after,urgencies in order'. A rank is a place in that order from 0.
WITH asked AS MATERIALIZED (
    SELECT coalesce(nullif(split_part($8::text, ',', 1), '')::bigint, 0) AS after,
           least(coalesce(nullif(split_part($8::text, ',', 2), '')::integer, 100), 500) AS most,
           coalesce(nullif(split_part($8::text, ',', 3), '')::integer, 0) AS rank,
           string_to_array(split_part($8::text, ',', 4), ' ') AS urgencies),
page AS (
    SELECT ranked.rank, listed.ticket, listed.urgency, listed.row
    FROM asked
    CROSS JOIN LATERAL generate_series(asked.rank, cardinality(asked.urgencies)) AS ranked (rank)
    CROSS JOIN LATERAL (
        SELECT record.ticket, record.urgency,
               duban.ticket_hot(record) || jsonb_build_object('customer', record.customer) AS row
        FROM duban.ticket AS record
        WHERE desk_id = $1::integer
          AND record.ticket > CASE WHEN ranked.rank = asked.rank THEN asked.after ELSE 0 END
          AND CASE WHEN ranked.rank < cardinality(asked.urgencies)
                   THEN record.urgency = asked.urgencies[ranked.rank + 1]
                   ELSE record.urgency <> ALL (asked.urgencies) END
          AND ($2::text = 'all' OR NOT open)
          AND ($3::text IS NULL OR class_name = $3::text)
          AND ($4::text IS NULL OR urgency = $4::text)
          AND ($5::text IS NULL OR department = $5::text)
          AND ($6::text IS NULL OR handler = $6::text)
          AND ($7::text IS NULL OR stage = $7::text)
        ORDER BY record.ticket
        LIMIT asked.most + 1) AS listed
    ORDER BY ranked.rank, listed.ticket
    LIMIT (SELECT most + 1 FROM asked)),
shown AS (
    SELECT page.rank, page.ticket, page.urgency, page.row || jsonb_build_object('subject', intake.subject) AS row
    FROM page
    LEFT JOIN duban.intake ON intake.desk_id = $1::integer AND intake.ticket = page.ticket
    ORDER BY page.rank, page.ticket
    LIMIT (SELECT most FROM asked))
SELECT (jsonb_build_object('tickets', coalesce((SELECT jsonb_agg(row ORDER BY rank, ticket) FROM shown), '[]'))
        || CASE WHEN (SELECT count(*) FROM page) > (SELECT most FROM asked)
                THEN (SELECT jsonb_build_object('next', urgency || ':' || ticket)
                      FROM shown ORDER BY rank DESC, ticket DESC LIMIT 1)
                ELSE '{}' END)::text
