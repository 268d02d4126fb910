-- Its clocks, with the columns of load_clocks.
SELECT ticket, clock, state, cycle, reminders, rungs, credited, ladder, ladder_running, was_late, withdrawn,
       acknowledged, anchor_at, due_at, breached_at, fired_at, ended_at, repeats, untold, told_since,
       rearmed
FROM duban.clock
WHERE desk_id = $1::integer AND ticket = duban.find_ticket($1::integer, $2::text)
ORDER BY clock
