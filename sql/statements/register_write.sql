INSERT INTO duban.register_record AS known (desk_id, register, record, revision, removed, changed_at, body)
SELECT $1::integer, given.*
FROM unnest($2::text[], $3::text[], $4::integer[], $5::boolean[], $6::timestamptz[], $7::text[]) AS given
ON CONFLICT (desk_id, register, record) DO UPDATE
SET revision = excluded.revision, removed = excluded.removed, changed_at = excluded.changed_at, body = excluded.body
