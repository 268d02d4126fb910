-- Who declines now.
SELECT address, at
FROM (SELECT DISTINCT ON (lower(address)) address, at, declines, entry
      FROM duban.optout WHERE desk_id = $1::integer ORDER BY lower(address), entry DESC) AS last
WHERE declines
