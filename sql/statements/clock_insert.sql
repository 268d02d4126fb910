-- The clocks of tickets that are new in this batch: there can be nothing to replace.
INSERT INTO duban.clock (
    desk_id, ticket, clock, state, cycle, reminders, rungs, credited, ladder, ladder_running, was_late, withdrawn,
    acknowledged, anchor_at, due_at, breached_at, fired_at, ended_at, repeats, untold, told_since,
    rearmed, grace_until, open)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::text[], $7::smallint[], $8::smallint[],
    $9::integer[], $10::boolean[], $11::boolean[], $12::boolean[], $13::boolean[], $14::timestamptz[],
    $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::smallint[], $20::integer[],
    $21::integer[], $22::smallint[], $23::timestamptz[], $24::boolean[]) AS given
