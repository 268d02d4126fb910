-- Clocks of closed tickets that ended at or after $2 and began before $3, newest tickets first, at most $4. Instants are
-- milliseconds.
SELECT clock.ticket, ticket.number, ticket.class_name, ticket.urgency, ticket.department, ticket.staffed,
       clock.clock, clock.state, clock.cycle, clock.was_late, clock.withdrawn,
       (extract(epoch FROM clock.anchor_at) * 1000)::bigint, (extract(epoch FROM clock.due_at) * 1000)::bigint,
       (extract(epoch FROM clock.breached_at) * 1000)::bigint, (extract(epoch FROM clock.ended_at) * 1000)::bigint
FROM duban.clock_closed AS clock
JOIN duban.ticket_closed AS ticket USING (desk_id, ticket)
WHERE clock.desk_id = $1::integer AND clock.ended_at >= to_timestamp($2::bigint / 1000.0)
  AND clock.anchor_at < to_timestamp($3::bigint / 1000.0) AND clock.due_at IS NOT NULL
ORDER BY clock.ticket DESC, clock.clock
LIMIT $4::integer
