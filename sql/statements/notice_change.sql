WITH changed AS (
    UPDATE duban.notice AS notice
    SET state = given.state, attempts = given.attempts, changed_at = given.changed_at, ready_at = given.ready_at,
        detail = coalesce(given.detail, notice.detail), queue_id = coalesce(given.queue_id, notice.queue_id)
    FROM unnest(
        $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[])
        AS given (notice, state, attempts, changed_at, ready_at, detail, queue_id)
    WHERE notice.desk_id = $1::integer AND notice.notice = given.notice
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU003', 'notices to change') FROM changed
