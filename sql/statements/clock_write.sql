-- The clocks of tickets that were there before: some are new, most change.
INSERT INTO duban.clock_open AS clock (
    desk_id, open, ticket, clock, state, cycle, reminders, rungs, credited, ladder, ladder_running, was_late,
    withdrawn, acknowledged, anchor_at, due_at, breached_at, fired_at, ended_at, repeats, untold, told_since,
    rearmed, grace_until)
SELECT $1::integer, true, given.*
FROM unnest(
    $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::smallint[], $8::smallint[],
    $9::integer[], $10::boolean[], $11::boolean[], $12::boolean[], $13::boolean[], $14::timestamptz[],
    $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::smallint[], $20::integer[],
    $21::integer[], $22::smallint[], $23::timestamptz[]) AS given
ON CONFLICT (desk_id, ticket, clock, open) DO UPDATE
SET state = excluded.state, cycle = excluded.cycle, reminders = excluded.reminders, rungs = excluded.rungs,
    credited = excluded.credited, ladder = excluded.ladder, ladder_running = excluded.ladder_running,
    was_late = excluded.was_late, withdrawn = excluded.withdrawn, acknowledged = excluded.acknowledged,
    anchor_at = excluded.anchor_at, due_at = excluded.due_at, breached_at = excluded.breached_at,
    fired_at = excluded.fired_at, ended_at = excluded.ended_at, repeats = excluded.repeats,
    untold = excluded.untold, told_since = excluded.told_since, rearmed = excluded.rearmed,
    grace_until = excluded.grace_until
