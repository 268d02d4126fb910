-- The archive: tickets, open and closed, the newest first. $2 what is asked for, a JSON object: number, customer, text
-- (patterns of ILIKE), class, type, from, to (when they were received; to is not included), state, after
-- (the id to go on below), limit. Texts are what was said at intake, amended, recorded and found.
WITH asked AS MATERIALIZED (
    SELECT said ->> 'class' AS class_name, said ->> 'type' AS type, said ->> 'state' AS state,
           said ->> 'number' AS number,
           said ->> 'customer' AS customer,
           said ->> 'text' AS words,
           (said ->> 'from')::timestamptz AS since, (said ->> 'to')::timestamptz AS until,
           coalesce((said ->> 'after')::bigint, 9223372036854775807) AS after, (said ->> 'limit')::integer AS most
    FROM (SELECT $2::jsonb AS said) AS parameter),
page AS (
    SELECT record.ticket, intake.subject,
           duban.ticket_hot(record) || jsonb_build_object('customer', record.customer) AS row
    FROM duban.ticket AS record
    JOIN duban.intake ON intake.desk_id = record.desk_id AND intake.ticket = record.ticket
    CROSS JOIN asked
    WHERE record.desk_id = $1::integer AND record.ticket < asked.after
      AND (asked.state IS NULL OR asked.state = 'all' OR record.open = (asked.state = 'open'))
      AND (asked.class_name IS NULL OR record.class_name = asked.class_name)
      AND (asked.type IS NULL OR asked.type = ANY (string_to_array(record.types, ',')))
      AND (asked.since IS NULL OR record.received_at >= asked.since)
      AND (asked.until IS NULL OR record.received_at < asked.until)
      AND (asked.number IS NULL OR record.number ILIKE asked.number)
      AND (asked.customer IS NULL OR record.customer ILIKE asked.customer)
      AND (asked.words IS NULL
           OR intake.subject ILIKE asked.words OR intake.details ILIKE asked.words OR record.result ILIKE asked.words
           OR EXISTS (SELECT FROM duban.contact AS made
                      WHERE made.desk_id = record.desk_id AND made.ticket = record.ticket AND made.note ILIKE asked.words)
           OR EXISTS (SELECT FROM duban.progress AS made
                      WHERE made.desk_id = record.desk_id AND made.ticket = record.ticket AND made.note ILIKE asked.words)
           OR EXISTS (SELECT FROM duban.plan AS made
                      WHERE made.desk_id = record.desk_id AND made.ticket = record.ticket
                        AND made.measures ILIKE asked.words)
           OR EXISTS (SELECT FROM duban.record AS made
                      WHERE made.desk_id = record.desk_id AND made.ticket = record.ticket
                        AND (made.note ILIKE asked.words
                             OR (made.kind = 'amendment'
                                 AND (made.value::jsonb ->> 'subject' ILIKE asked.words
                                      OR made.value::jsonb ->> 'details' ILIKE asked.words)))))
    ORDER BY record.ticket DESC
    LIMIT (SELECT most + 1 FROM asked)),
shown AS (
    SELECT page.ticket, page.row || jsonb_build_object('subject', page.subject) AS row
    FROM page
    ORDER BY page.ticket DESC
    LIMIT (SELECT most FROM asked))
SELECT (jsonb_build_object('tickets', coalesce((SELECT jsonb_agg(row ORDER BY ticket DESC) FROM shown), '[]'))
        || CASE WHEN (SELECT count(*) FROM page) > (SELECT most FROM asked)
                THEN jsonb_build_object('next', (SELECT min(ticket)::text FROM shown)) ELSE '{}' END)::text
