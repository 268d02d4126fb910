SELECT schedule, rule, since_at FROM duban.schedule WHERE desk_id = $1::integer
