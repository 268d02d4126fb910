SELECT key FROM duban.request_key WHERE desk_id = $1::integer
