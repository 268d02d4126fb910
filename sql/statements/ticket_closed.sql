-- The whole record of a ticket that is not in memory. $2 id or number, $3 'yes' masks.
SELECT (duban.ticket_hot(record)
        || duban.ticket_cold(record.desk_id, record.ticket, $3::text = 'yes')
        || duban.ticket_records(record.desk_id, record.ticket, $3::text = 'yes')
        || duban.ticket_pauses(record.desk_id, record.ticket)
        || jsonb_build_object('stages', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'stage', counted.stage, 'times', counted.times) ORDER BY counted.first), '[]')
            FROM (SELECT entry.stage, count(*) AS times, min(entry.sequence) AS first
                  FROM (SELECT passed.*, lag(passed.stage) OVER (ORDER BY passed.sequence) AS before
                        FROM (SELECT journal.sequence, journal.body::jsonb ->> 'stage' AS stage
                              FROM duban.journal
                              WHERE journal.desk_id = record.desk_id AND journal.ticket = record.ticket) AS passed
                        WHERE passed.stage IS NOT NULL) AS entry
                  WHERE entry.stage IS DISTINCT FROM entry.before
                  GROUP BY entry.stage) AS counted))
        || CASE WHEN record.supporting = '' THEN '{}'
                ELSE jsonb_build_object('supporting', string_to_array(record.supporting, ',')) END
        || jsonb_build_object(
            'customer', jsonb_build_object('name', record.customer, 'id', intake.customer_id,
                                           CASE WHEN record.staffed ~ '^[0-9]' THEN 'staffed' ELSE 'calendar' END,
                                           record.staffed)
                        || CASE WHEN record.key_account THEN '{"key_account": true}'::jsonb ELSE '{}' END,
            'clocks', (
                SELECT coalesce(jsonb_agg(jsonb_build_object(
                    'clock', clock.clock, 'state', clock.state, 'cycle', clock.cycle,
                    'anchor_at', duban.rfc3339(clock.anchor_at), 'due_at', duban.rfc3339(clock.due_at),
                    'breached_at', duban.rfc3339(clock.breached_at), 'ended_at', duban.rfc3339(clock.ended_at),
                    'was_late', clock.was_late, 'withdrawn', clock.withdrawn,
                    'acknowledged', clock.acknowledged) ORDER BY clock.clock), '[]')
                FROM duban.clock
                WHERE clock.desk_id = record.desk_id AND clock.ticket = record.ticket)))::text
FROM duban.ticket AS record
JOIN duban.intake USING (desk_id, ticket)
WHERE record.desk_id = $1::integer AND record.ticket = duban.find_ticket($1::integer, $2::text)
