-- First in each batch. Hits no row under another's epoch, and none when this batch is written already.
WITH moved AS (
    UPDATE duban.desk
    SET last_batch = $3::bigint, journal_sequence = coalesce($4::bigint, journal_sequence),
        journal_head = coalesce($5::bytea, journal_head)
    WHERE desk_id = $1::integer AND epoch = $2::bigint AND last_batch = $3::bigint - 1
    RETURNING 1)
SELECT duban.insist(count(*), 1, 'DU001', 'the desk under our epoch and batch') FROM moved
