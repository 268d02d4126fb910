SELECT desk_id FROM duban.desk WHERE name = $1::text
