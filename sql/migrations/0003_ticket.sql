-- Why: tickets, split by how often their columns change and by whether a restart needs them.
--
-- * ticket and clock are narrow and change with every contact. Both are partitioned into open and closed: a start
--   reads ticket_open and clock_open from end to end and nothing else, however many tickets were ever closed.
--   Closing moves a row once; the free space (fillfactor) keeps all the updates before on their page (HOT: no index
--   covers a column that changes).
-- * intake is what was said at intake: written once, read on demand, never updated. Because a unique key cannot
--   span partitions that do not carry its columns, intake is also what makes ticket ids and numbers unique.
-- * contact, progress and plan are records: written once. Their counts are kept in ticket for the start.
--
-- An instant that does not come is NULL. Nobody is the empty text.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.ticket (
    desk_id          integer     NOT NULL,
    revision         integer     NOT NULL,
    ticket           bigint      NOT NULL CHECK (ticket > 0),
    received_at      timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    handed_over_at   timestamptz,
    expected_at      timestamptz,
    solved_at        timestamptz,
    closed_at        timestamptz,
    history_until_at timestamptz,
    contacted_at     timestamptz,
    contacts         integer     NOT NULL DEFAULT 0,
    progress         integer     NOT NULL DEFAULT 0,
    plans            integer     NOT NULL DEFAULT 0,
    open             boolean     NOT NULL,
    number           text        NOT NULL,
    class_name       text        NOT NULL,
    types            text        NOT NULL,
    urgency          text        NOT NULL,
    channel          text        NOT NULL,
    stage            text        NOT NULL,
    customer         text        NOT NULL,
    staffed          text        NOT NULL,
    department       text        NOT NULL,
    handler          text        NOT NULL,
    recorder         text        NOT NULL,
    facts            text        NOT NULL,
    result           text,
    PRIMARY KEY (desk_id, ticket, open),
    CONSTRAINT ticket_closed_when CHECK (open OR closed_at IS NOT NULL)
) PARTITION BY LIST (open);
CREATE TABLE duban.ticket_open PARTITION OF duban.ticket FOR VALUES IN (true) WITH (fillfactor = 70);
CREATE TABLE duban.ticket_closed PARTITION OF duban.ticket FOR VALUES IN (false);
COMMENT ON TABLE duban.ticket IS 'What deadlines, listings and routing need of a ticket; open ones apart from closed.';

CREATE TABLE duban.intake (
    desk_id      integer NOT NULL,
    ticket       bigint  NOT NULL,
    occurred_at  timestamptz,
    number       text    NOT NULL,
    reference    text,
    customer_id  text,
    contact_name text,
    phone        text,
    fax          text,
    email        text,
    subject      text    NOT NULL,
    details      text,
    fields       text,
    attachments  text,
    PRIMARY KEY (desk_id, ticket),
    UNIQUE (desk_id, number)
);
COMMENT ON TABLE duban.intake IS 'What the customer said at intake; never changes. fields and attachments are JSON.';

CREATE TABLE duban.clock (
    desk_id        integer  NOT NULL,
    cycle          integer  NOT NULL,
    ticket         bigint   NOT NULL,
    anchor_at      timestamptz,
    due_at         timestamptz,
    breached_at    timestamptz,
    fired_at       timestamptz,
    ended_at       timestamptz,
    reminders      smallint NOT NULL,
    rungs          smallint NOT NULL,
    credited       smallint NOT NULL,
    ladder_set     smallint NOT NULL,
    ladder_running boolean  NOT NULL,
    was_late       boolean  NOT NULL,
    withdrawn      boolean  NOT NULL,
    acknowledged   boolean  NOT NULL,
    open           boolean  NOT NULL,
    clock          text     NOT NULL,
    state          text     NOT NULL,
    PRIMARY KEY (desk_id, ticket, clock, open),
    CONSTRAINT clock_is_sound CHECK (
        CASE state
            WHEN 'waiting' THEN due_at IS NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'running' THEN due_at IS NOT NULL AND anchor_at IS NOT NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'paused' THEN due_at IS NOT NULL AND anchor_at IS NOT NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'breached' THEN due_at IS NOT NULL AND breached_at IS NOT NULL AND fired_at IS NOT NULL
                                 AND ended_at IS NULL
            WHEN 'met' THEN ended_at IS NOT NULL AND NOT ladder_running
            WHEN 'cancelled' THEN ended_at IS NOT NULL AND NOT ladder_running
            ELSE false
        END)
) PARTITION BY LIST (open);
CREATE TABLE duban.clock_open PARTITION OF duban.clock FOR VALUES IN (true) WITH (fillfactor = 70);
CREATE TABLE duban.clock_closed PARTITION OF duban.clock FOR VALUES IN (false);
COMMENT ON TABLE duban.clock IS 'Where each clock of a ticket stands; open tells whether its ticket is.';

CREATE TABLE duban.contact (
    desk_id     integer     NOT NULL,
    contact     integer     NOT NULL CHECK (contact > 0),
    ticket      bigint      NOT NULL,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    minutes     integer     CHECK (minutes >= 0),
    reached     boolean     NOT NULL,
    automatic   boolean     NOT NULL,
    channel     text        NOT NULL,
    direction   text        NOT NULL CHECK (direction IN ('in', 'out')),
    kind        text        NOT NULL,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    note        text,
    credited    text,
    PRIMARY KEY (desk_id, ticket, contact)
);
COMMENT ON TABLE duban.contact IS 'Contacts with the customer. credited is a JSON array of {clock, cycle, slot}.';

CREATE TABLE duban.progress (
    desk_id     integer     NOT NULL,
    progress    integer     NOT NULL CHECK (progress > 0),
    ticket      bigint      NOT NULL,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    from_at     timestamptz,
    to_at       timestamptz,
    degree      text,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    note        text,
    PRIMARY KEY (desk_id, ticket, progress)
);
COMMENT ON TABLE duban.progress IS 'The supervision log of a ticket.';

CREATE TABLE duban.plan (
    desk_id     integer     NOT NULL,
    plan        integer     NOT NULL CHECK (plan > 0),
    ticket      bigint      NOT NULL,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    expected_at timestamptz,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    measures    text,
    PRIMARY KEY (desk_id, ticket, plan)
);
COMMENT ON TABLE duban.plan IS 'Promises of when a ticket will be solved, and how.';

-- Moving a row between partitions is an UPDATE of the parent and asks for no right to DELETE.
GRANT SELECT, INSERT, UPDATE ON duban.ticket, duban.ticket_open, duban.clock, duban.clock_open TO duban_daemon;
GRANT SELECT ON duban.ticket_closed, duban.clock_closed TO duban_daemon;
GRANT SELECT, INSERT ON duban.intake, duban.contact, duban.progress, duban.plan TO duban_daemon;
