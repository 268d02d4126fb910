-- What memory does not keep of a ticket and its explanation needs. $2 its id or number.
WITH found AS (
    SELECT duban.find_ticket($1::integer, $2::text) AS ticket),
past AS (
    SELECT journal.sequence, journal.at, journal.type, journal.body::jsonb AS body
    FROM found JOIN duban.journal ON journal.desk_id = $1::integer AND journal.ticket = found.ticket)
SELECT jsonb_build_object(
           'ticket', found.ticket::text,
           'contacts', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'contact', contact, 'at', duban.rfc3339(at), 'channel', channel, 'direction', direction,
                          'kind', kind, 'reached', reached, 'role', role, 'actor', actor,
                          'credited', credited::jsonb) ORDER BY contact), '[]')
               FROM duban.contact WHERE contact.desk_id = $1::integer AND contact.ticket = found.ticket),
           'acts', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'seq', sequence, 'method', type, 'at', duban.rfc3339(at), 'actor', body ->> 'actor',
                          'role', body ->> 'role', 'expected_at', coalesce(body -> 'params' ->> 'expected_at',
                                                 body -> 'params' ->> 'promise_at', body -> 'params' ->> 'next_at'),
                          'happened_at', coalesce(body -> 'params' ->> 'received_at', body -> 'params' ->> 'at',
                                                  duban.rfc3339(at))) ORDER BY sequence), '[]')
               FROM past WHERE body -> 'method' IS NOT NULL),
           'verdicts', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'seq', sequence, 'type', type, 'at', duban.rfc3339(at), 'clock', body ->> 'clock',
                          'cycle', body -> 'cycle', 'detail', body ->> 'detail', 'due_at', body ->> 'due_at',
                          'policy', body ->> 'policy', 'people', body ->> 'people') ORDER BY sequence), '[]')
               FROM past WHERE body -> 'method' IS NULL AND body -> 'clock' IS NOT NULL),
           'notices', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'notice', notice::text, 'clock', clock, 'cycle', cycle, 'rung', rung,
                          'step', duban.step_name(rung), 'recipient', recipient, 'role', role, 'channel', channel, 'state', state,
                          'detail', detail, 'reason', reason, 'hold', hold, 'into', into_notice::text,
                          'ready_at', duban.rfc3339(ready_at), 'at', duban.rfc3339(at),
                          'changed_at', duban.rfc3339(changed_at)) ORDER BY notice), '[]')
               FROM duban.notice WHERE notice.desk_id = $1::integer AND notice.ticket = found.ticket))::text
FROM found
WHERE found.ticket IS NOT NULL
