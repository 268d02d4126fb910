-- Why: facts that live longer than a ticket, with dates that schedules run over.
--
-- A register's fields are the regime's, so a record is one JSON object and its kinds are checked where it is entered.
-- A record that is removed stays as a row without a body: the same id entered again goes on counting its revisions,
-- and a schedule that has run for it does not run again. How a record came to be what it is stands in the journal.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.register_record (
    desk_id    integer     NOT NULL,
    revision   integer     NOT NULL CHECK (revision > 0),
    changed_at timestamptz NOT NULL,
    removed    boolean     NOT NULL,
    register   text        NOT NULL,
    record     text        NOT NULL CHECK (record <> ''),
    body       text        NOT NULL,
    PRIMARY KEY (desk_id, register, record)
) WITH (fillfactor = 85);
COMMENT ON TABLE duban.register_record IS 'Customers, contracts, products, courses as they stand. body is a JSON object.';
GRANT SELECT, INSERT, UPDATE (revision, changed_at, removed, body) ON duban.register_record TO duban_daemon;
