-- Asks how far we came, in a way that is itself a commit: it waits for a transaction of ours that may still be
-- running in an orphaned server process, and its own flush (to a standby, too) covers everything before it.
UPDATE duban.desk SET last_batch = last_batch WHERE desk_id = $1::integer AND epoch = $2::bigint RETURNING last_batch
