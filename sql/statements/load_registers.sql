-- Whole, with those that were removed: their ids keep their revision. The loader streams this by COPY.
SELECT register, record, revision, removed, changed_at, body
FROM duban.register_record
WHERE desk_id = $1::integer
