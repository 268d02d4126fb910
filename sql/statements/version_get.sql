-- A text as it was loaded, by its digest or at least twelve of its beginning. People have addresses: not those.
SELECT jsonb_build_object('kind', kind, 'name', name, 'digest', digest, 'loaded_at', duban.rfc3339(loaded_at),
                          'text', body)::text
FROM duban.version
WHERE desk_id = $1::integer AND kind <> 'people' AND length($2::text) >= 12 AND starts_with(digest, $2::text)
ORDER BY loaded_at DESC
LIMIT 1
