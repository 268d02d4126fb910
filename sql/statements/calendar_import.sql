-- $2 name, $3 digest of its version (NULL: the file holds again), $4 who, $5 our epoch. No row: we lead no longer.
INSERT INTO duban.calendar (desk_id, name, digest, actor)
SELECT desk.desk_id, $2::text, $3::text, $4::text
FROM duban.desk
WHERE desk.desk_id = $1::integer AND desk.epoch = $5::bigint
RETURNING import
