-- Brings tickets back among the open ones.
UPDATE duban.ticket SET open = true WHERE desk_id = $1::integer AND ticket = ANY ($2::bigint[]) AND NOT open
