-- What was loaded so far, newest first: of regimes, calendars, templates and people each text once.
WITH page AS (
    SELECT kind, name, digest, loaded_at, octet_length(body) AS bytes
    FROM duban.version
    WHERE desk_id = $1::integer
    ORDER BY loaded_at DESC, kind, name
    LIMIT 500)
SELECT jsonb_build_object('versions', coalesce(jsonb_agg(jsonb_build_object(
           'kind', kind, 'name', name, 'digest', digest, 'loaded_at', duban.rfc3339(loaded_at), 'bytes', bytes)
           ORDER BY loaded_at DESC, kind, name), '[]'))::text
FROM page
