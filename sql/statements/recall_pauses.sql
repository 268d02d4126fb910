-- A ticket's pauses, with the columns of load_pauses.
SELECT ticket, pause, reason, from_at, to_at
FROM duban.pause
WHERE desk_id = $1::integer AND ticket = duban.find_ticket($1::integer, $2::text)
ORDER BY pause
