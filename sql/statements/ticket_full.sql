-- What memory does not keep of a ticket. $2 id, $3 'yes' masks the contact's name and numbers.
SELECT (cold || duban.ticket_records($1::integer, $2::bigint, $3::text = 'yes')
        || duban.ticket_pauses($1::integer, $2::bigint)
        || jsonb_build_object('stages', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'stage', counted.stage, 'times', counted.times) ORDER BY counted.first), '[]')
            FROM (SELECT entry.stage, count(*) AS times, min(entry.sequence) AS first
                  FROM (SELECT passed.*, lag(passed.stage) OVER (ORDER BY passed.sequence) AS before
                        FROM (SELECT journal.sequence, journal.body::jsonb ->> 'stage' AS stage
                              FROM duban.journal
                              WHERE journal.desk_id = $1::integer AND journal.ticket = $2::bigint) AS passed
                        WHERE passed.stage IS NOT NULL) AS entry
                  WHERE entry.stage IS DISTINCT FROM entry.before
                  GROUP BY entry.stage) AS counted)))::text
FROM duban.ticket_cold($1::integer, $2::bigint, $3::text = 'yes') AS cold
WHERE cold IS NOT NULL
