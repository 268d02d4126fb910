-- Why: the outbox. A notice is written in the transaction of the state change that caused it, rendered once.
--
-- The fire key makes a second notice about the same thing to the same person impossible, whatever the program does:
-- (ticket, clock, cycle, rung, recipient, channel). Ticket 0 stands for notices about no single ticket, and takes
-- part in the key like any other. The key also finds the notices of a ticket. The small index on unsent notices
-- is what a start reads.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.notice (
    desk_id       integer     NOT NULL,
    cycle         integer     NOT NULL,
    notice        bigint      NOT NULL CHECK (notice > 0),
    ticket        bigint      NOT NULL,
    at            timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL,
    ready_at      timestamptz,
    rung          smallint    NOT NULL,
    attempts      integer     NOT NULL DEFAULT 0,
    clock         text        NOT NULL,
    recipient     text        NOT NULL,
    role          text        NOT NULL,
    channel       text        NOT NULL,
    state         text        NOT NULL,
    address       text        NOT NULL,
    display_name  text        NOT NULL,
    language      text        NOT NULL,
    template_name text        NOT NULL,
    message_id    text        NOT NULL,
    thread        text,
    queue_id      text,
    reason        text,
    detail        text,
    subject       text,
    body          text,
    PRIMARY KEY (desk_id, notice),
    CONSTRAINT notice_fire_key UNIQUE (desk_id, ticket, clock, cycle, rung, recipient, channel),
    CONSTRAINT notice_state CHECK (state IN ('queued', 'attempting', 'accepted', 'deferred', 'refused', 'failed',
                                             'suppressed', 'acknowledged'))
) WITH (fillfactor = 85);
CREATE INDEX notice_unsent ON duban.notice (desk_id, notice) WHERE state IN ('queued', 'attempting', 'deferred');
COMMENT ON TABLE duban.notice IS 'The outbox: one row for each recipient and channel of each thing that fired.';
GRANT SELECT, INSERT, UPDATE (state, attempts, changed_at, ready_at, detail, queue_id) ON duban.notice TO duban_daemon;
