-- $2 first sequence, $3 ticket id (NULL: any), $4 limit. body is the text that was hashed, as a string.
WITH page AS (
    SELECT * FROM duban.journal
    WHERE desk_id = $1::integer AND sequence >= coalesce($2::bigint, 1)
      AND ($3::bigint IS NULL OR ticket = $3::bigint)
    ORDER BY sequence
    LIMIT least(coalesce($4::integer, 100), 1000))
SELECT jsonb_build_object('rows', coalesce(jsonb_agg(jsonb_build_object(
           'seq', sequence, 'at', duban.rfc3339(at), 'ticket', ticket::text, 'type', type, 'body', body,
           'hash', encode(hash, 'hex')) ORDER BY sequence), '[]'))::text
FROM page
