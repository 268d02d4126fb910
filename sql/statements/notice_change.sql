WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT given.*, place.ctid AS place
    FROM unnest(
        $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
        $9::text[], $10::bigint[], $11::timestamptz[])
        AS given (notice, state, attempts, changed_at, ready_at, detail, queue_id, hold, into_notice, let_go_at)
    CROSS JOIN LATERAL (
        SELECT notice.ctid FROM duban.notice AS notice
        WHERE notice.desk_id = $1::integer AND notice.notice = given.notice
        OFFSET 0) AS place
), changed AS (
    UPDATE duban.notice AS notice
    SET state = given.state, attempts = given.attempts, changed_at = given.changed_at, ready_at = given.ready_at,
        detail = coalesce(given.detail, notice.detail), queue_id = coalesce(given.queue_id, notice.queue_id),
        course = right(concat_ws(E'\n', notice.course, concat_ws(' ', duban.rfc3339(given.changed_at), given.state,
                                                                 translate(given.detail, E'\r\n', '  '))), 8000),
        hold = given.hold, into_notice = coalesce(given.into_notice, notice.into_notice),
        let_go_at = coalesce(given.let_go_at, notice.let_go_at)
    FROM given
    WHERE notice.ctid = given.place
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU003', 'notices to change') FROM changed
