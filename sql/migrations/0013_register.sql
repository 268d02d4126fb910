-- Why: facts that live longer than a ticket, and schedules that run over their dates.
--
-- A register's fields are the regime's, so a record is one JSON object and its kinds are checked where it is entered.
-- A record that is removed stays as a row without a body: the same id entered again goes on counting its revisions,
-- and a schedule that has run for it does not run again. How a record came to be what it is stands in the journal.
--
-- A schedule has to do each occurrence for each record once, whatever happens in between. So each is a row that can only
-- be inserted, and how far a schedule came is their latest. Since when it runs by which rule stands beside it: a schedule
-- that is new, or says something else than before, owes nothing of the time before.

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

CREATE TABLE duban.schedule (
    desk_id  integer     NOT NULL,
    since_at timestamptz NOT NULL,
    schedule text        NOT NULL,
    rule     text        NOT NULL,
    PRIMARY KEY (desk_id, schedule)
);
COMMENT ON TABLE duban.schedule IS 'Since when a schedule runs by which rule; nothing before runs.';
GRANT SELECT, INSERT, UPDATE (since_at, rule) ON duban.schedule TO duban_daemon;

CREATE TABLE duban.schedule_run (
    desk_id       integer     NOT NULL,
    overtaken     integer     NOT NULL CHECK (overtaken >= 0),
    ticket        bigint      CHECK (ticket > 0),
    occurrence_at timestamptz NOT NULL,
    fired_at      timestamptz NOT NULL,
    schedule      text        NOT NULL,
    register      text        NOT NULL,
    record        text        NOT NULL,
    outcome       text        NOT NULL CHECK (outcome IN ('opened', 'told', 'skipped', 'refused')),
    PRIMARY KEY (desk_id, schedule, register, record, occurrence_at)
);
COMMENT ON TABLE duban.schedule_run IS 'What schedules did: each occurrence for each record once. Append only.';
GRANT SELECT, INSERT ON duban.schedule_run TO duban_daemon;

-- Notices of schedules have no ticket and a rung of their own (lib/desk_parts.h).
CREATE OR REPLACE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung >= 100 THEN 'rung ' || rung % 100 || ', time ' || rung / 100 + 1
                WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung = -160 THEN 'replaced'
                WHEN rung <= -1000 THEN 'reminder' || CASE WHEN (-1000 - rung) / 16 <= 100
                                                           THEN ' ' || (-1000 - rung) / 16 || '%' ELSE ' before' END
                                                   || CASE WHEN (-1000 - rung) % 16 > 0 THEN ', again' ELSE '' END
                WHEN rung = -300 THEN 'digest' WHEN rung = -301 THEN 'test'
                WHEN rung = -250 THEN 'schedule' WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;
