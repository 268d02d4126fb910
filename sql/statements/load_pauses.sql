-- The pauses of open tickets. The loader streams this by COPY.
SELECT ticket, pause, reason, from_at, to_at
FROM duban.pause_open
WHERE desk_id = $1::integer
