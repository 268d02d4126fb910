-- How far each schedule came for each record, and how often it ran.
SELECT schedule, register, record, max(occurrence_at), count(*)::integer
FROM duban.schedule_run
WHERE desk_id = $1::integer
GROUP BY schedule, register, record
