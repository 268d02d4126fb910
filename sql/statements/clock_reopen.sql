-- The clocks follow their ticket.
UPDATE duban.clock SET open = true WHERE desk_id = $1::integer AND ticket = ANY ($2::bigint[]) AND NOT open
