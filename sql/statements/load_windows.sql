-- Missed windows of quotas that a late record may yet fill, or that keep a breach from being withdrawn as a whole.
SELECT ticket, clock, cycle, credited, is_final, start_at, end_at
FROM duban.missed_window
WHERE desk_id = $1::integer AND is_remembered
ORDER BY ticket, clock, start_at
