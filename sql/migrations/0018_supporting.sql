-- Why: departments that help the one that handles a ticket are named by a route or by whoever hands it over, are shown
-- with it and told of it, and must be there again after a restart.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN supporting text NOT NULL DEFAULT '';
