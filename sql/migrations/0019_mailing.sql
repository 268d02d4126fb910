-- Why: who asked not to be written to, and what was written to many at once.
--
-- The opt-out list is only ever added to: the last row of an address counts, and the rows before it say how it came to
-- that. A mailing's recipients are decided and written once, with its beginning; `next` says how many of them have been
-- written to, in the transaction that holds their notices, so that a start goes on behind the last of them.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.optout (
    desk_id  integer     NOT NULL,
    entry    bigint      NOT NULL CHECK (entry > 0),
    at       timestamptz NOT NULL,
    declines boolean     NOT NULL,
    address  text        NOT NULL,
    role     text        NOT NULL,
    actor    text        NOT NULL,
    reason   text,
    PRIMARY KEY (desk_id, entry)
);
CREATE INDEX optout_of_address ON duban.optout (desk_id, lower(address), entry);
COMMENT ON TABLE duban.optout IS 'Who declines courtesy mail; only ever added to, the last row of an address counts.';
GRANT SELECT, INSERT ON duban.optout TO duban_daemon;

CREATE TABLE duban.mailing (
    desk_id       integer     NOT NULL,
    mailing       bigint      NOT NULL CHECK (mailing > 0),
    ticket        bigint,
    started_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    total         integer     NOT NULL,
    next          integer     NOT NULL,
    sent          integer     NOT NULL,
    suppressed    integer     NOT NULL,
    failed        integer     NOT NULL,
    register      text        NOT NULL,
    template_name text        NOT NULL,
    state         text        NOT NULL CHECK (state IN ('running', 'finished', 'cancelled')),
    role          text        NOT NULL,
    actor         text        NOT NULL,
    note          text,
    conditions    text,
    recipients    text        NOT NULL,
    why           text,
    PRIMARY KEY (desk_id, mailing),
    CONSTRAINT mailing_counts CHECK (next <= total AND sent + suppressed + failed <= next)
);
COMMENT ON TABLE duban.mailing IS 'What was written to many customers at once; recipients is a JSON array of ids of the register.';
GRANT SELECT, INSERT, UPDATE ON duban.mailing TO duban_daemon;

CREATE OR REPLACE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung >= 100 THEN 'rung ' || rung % 100 || ', time ' || rung / 100 + 1
                WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung = -160 THEN 'replaced'
                WHEN rung <= -1000 THEN 'reminder' || CASE WHEN (-1000 - rung) / 16 <= 100
                                                           THEN ' ' || (-1000 - rung) / 16 || '%' ELSE ' before' END
                                                   || CASE WHEN (-1000 - rung) % 16 > 0 THEN ', again' ELSE '' END
                WHEN rung = -300 THEN 'digest' WHEN rung = -301 THEN 'test' WHEN rung = -260 THEN 'mailing'
                WHEN rung = -250 THEN 'schedule' WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;
