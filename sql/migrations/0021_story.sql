-- Why: what letters tell of a ticket besides its columns (the stages it went through, and when) is in the
-- judge's memory while the ticket is open, because words are made in the instant in which something happens. It must be
-- there again after a restart and when a closed ticket comes back.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN story text;
