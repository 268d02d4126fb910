-- Pages $2 up to $3 of the clocks of open tickets. The loader streams this by COPY.
SELECT ticket, clock, state, cycle, reminders, rungs, credited, ladder, ladder_running, was_late, withdrawn,
       acknowledged, anchor_at, due_at, breached_at, fired_at, ended_at, repeats, untold, told_since,
       rearmed
FROM duban.clock_open
WHERE ctid >= $2::tid AND ctid < $3::tid AND desk_id = $1::integer
