-- $2: ids with commas between.
SELECT jsonb_build_object('subjects', coalesce(jsonb_object_agg(ticket::text, subject), '{}'))::text
FROM duban.intake
WHERE desk_id = $1::integer AND ticket = ANY (string_to_array($2::text, ',')::bigint[])
