-- Why: an explanation tells what became of a notice, and a row keeps only its last state.
--
-- The states that a notice went through are a text beside it, a line for each, written by the statement that changes the
-- state; a table of them would cost a row for each attempt of each mail.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.notice ADD COLUMN course text;
COMMENT ON COLUMN duban.notice.course IS 'The states after queued: instant, state and detail, a line each.';
GRANT UPDATE (course) ON duban.notice TO duban_daemon;
