-- Newest first. $2 address, $3 before this entry (each NULL: any), $4 limit.
WITH page AS (
    SELECT * FROM duban.optout
    WHERE desk_id = $1::integer AND ($2::text IS NULL OR lower(address) = lower($2::text))
      AND ($3::bigint IS NULL OR entry < $3::bigint)
    ORDER BY entry DESC
    LIMIT least(greatest(coalesce($4::integer, 100), 1), 500))
SELECT jsonb_build_object('optouts', coalesce(jsonb_agg(jsonb_build_object(
           'entry', entry::text, 'at', duban.rfc3339(at), 'address', address, 'declines', declines, 'role', role,
           'actor', actor, 'reason', reason) ORDER BY entry DESC), '[]'))::text
FROM page
