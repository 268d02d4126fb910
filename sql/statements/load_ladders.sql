-- Before the clocks, which name them. There are as many as regimes had lists of rungs.
SELECT ladder, body FROM duban.ladder WHERE desk_id = $1::integer ORDER BY ladder
