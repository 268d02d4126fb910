SELECT name, last FROM duban.sequence WHERE desk_id = $1::integer
