-- Of numbers that begin anew each day, the newest thousand days of each kind (SERIES_KEPT in lib/series.h).
SELECT name, last
FROM (SELECT name, last, row_number() OVER (PARTITION BY split_part(name, ' ', 1) ORDER BY name DESC) AS place
      FROM duban.sequence WHERE desk_id = $1::integer) AS kept
WHERE place <= 1000
