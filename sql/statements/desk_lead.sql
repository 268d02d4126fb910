-- Waits for a batch of the leader before us that is still being written; after this none of its batches fits.
UPDATE duban.desk SET epoch = epoch + 1 WHERE desk_id = $1::integer
RETURNING epoch, last_batch, journal_sequence, journal_head
