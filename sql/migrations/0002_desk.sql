-- Why: the desk is the unit of leadership. Its row is what every transaction checks and moves.
--
-- epoch is raised by each new leader; a batch written under an older one hits no row and fails. last_batch tells
-- a writer whose connection broke whether its COMMIT arrived. journal_sequence and journal_head name the newest
-- journal row, so that a journal whose tail was cut off shows. One row is updated by every batch: the low
-- fillfactor leaves room for its versions on one page.
--
-- Hot tables carry no foreign key to it: a trigger call for each row written would cost more than the row, and
-- nobody but the one writer of a desk inserts there.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.desk (
    desk_id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name             text    NOT NULL UNIQUE CHECK (name <> ''),
    epoch            bigint  NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    last_batch       bigint  NOT NULL DEFAULT 0 CHECK (last_batch >= 0),
    journal_sequence bigint  NOT NULL DEFAULT 0 CHECK (journal_sequence >= 0),
    journal_head     bytea   NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CHECK (octet_length(journal_head) = 32)
) WITH (fillfactor = 20);
COMMENT ON TABLE duban.desk IS 'One service organisation: who leads it, and how far its journal goes.';
GRANT SELECT, INSERT (name), UPDATE (epoch, last_batch, journal_sequence, journal_head) ON duban.desk TO duban_daemon;

-- Number sequences are the desk's own: those of PostgreSQL jump across a failover.
CREATE TABLE duban.sequence (
    desk_id integer NOT NULL REFERENCES duban.desk,
    name    text    NOT NULL,
    last    bigint  NOT NULL CHECK (last >= 0),
    PRIMARY KEY (desk_id, name)
) WITH (fillfactor = 20);
COMMENT ON TABLE duban.sequence IS 'The last number given out, per desk and kind of number.';
GRANT SELECT, INSERT, UPDATE (last) ON duban.sequence TO duban_daemon;

-- The same idempotency key gets the same answer again, whoever leads by then.
CREATE TABLE duban.request_key (
    desk_id  integer     NOT NULL,
    key      text        NOT NULL,
    sequence bigint      NOT NULL,
    reply    text        NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, key)
);
COMMENT ON TABLE duban.request_key IS 'Idempotency keys, the journal row that answered them, and the answer.';
GRANT SELECT, INSERT ON duban.request_key TO duban_daemon;

-- Every verdict names the versions it was judged by; here is what they said.
CREATE TABLE duban.version (
    desk_id   integer     NOT NULL REFERENCES duban.desk,
    kind      text        NOT NULL,
    name      text        NOT NULL,
    digest    text        NOT NULL,
    body      text        NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, kind, name, digest)
);
COMMENT ON TABLE duban.version IS 'Regimes, people and calendars as they were loaded, each text once.';
GRANT SELECT, INSERT ON duban.version TO duban_daemon;
