SELECT reply FROM duban.request_key WHERE desk_id = $1::integer AND key = $2::text
