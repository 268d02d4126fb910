-- The schema as all migrations together leave it: what to read when you want to know the tables.
--
-- Nobody runs this; duband --migrate applies sql/migrations. A test loads it into an empty database beside a migrated
-- one and compares what pg_dump says of both, so it cannot go stale. The reasons are in the migrations, table by table.
-- It needs the roles duban_owner and duban_daemon of migration 0001.

CREATE SCHEMA duban AUTHORIZATION duban_owner;
SET ROLE duban_owner;
GRANT USAGE ON SCHEMA duban TO duban_daemon;

-- ---- Migrations ----

CREATE TABLE duban.schema_migration (
    number     integer     PRIMARY KEY CHECK (number > 0),
    name       text        NOT NULL,
    sha256     text        NOT NULL CHECK (length(sha256) = 64),
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE duban.schema_migration IS 'Which migrations were applied, and what they said then.';
GRANT SELECT ON duban.schema_migration TO duban_daemon;

CREATE FUNCTION duban.insist(happened bigint, wanted bigint, code text, what text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF happened <> wanted THEN
        RAISE EXCEPTION '%: % rows instead of %', what, happened, wanted USING ERRCODE = code;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION duban.insist(bigint, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.insist(bigint, bigint, text, text) TO duban_daemon;

-- ---- The desk: leadership and numbers ----

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

CREATE TABLE duban.sequence (
    desk_id integer NOT NULL REFERENCES duban.desk,
    name    text    NOT NULL,
    last    bigint  NOT NULL CHECK (last >= 0),
    PRIMARY KEY (desk_id, name)
) WITH (fillfactor = 20);
COMMENT ON TABLE duban.sequence IS 'The last number given out, per desk and kind of number.';
GRANT SELECT, INSERT, UPDATE (last) ON duban.sequence TO duban_daemon;

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

CREATE TABLE duban.calendar (
    desk_id     integer     NOT NULL REFERENCES duban.desk,
    import      bigint      GENERATED ALWAYS AS IDENTITY,
    name        text        NOT NULL CHECK (name <> ''),
    digest      text,
    actor       text        NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, import)
);
COMMENT ON TABLE duban.calendar IS 'Calendars that were imported, newest row of a name last; without a digest its file holds again.';
GRANT SELECT, INSERT (desk_id, name, digest, actor) ON duban.calendar TO duban_daemon;

-- ---- Tickets, their clocks, and what happened to them ----

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
    key_account      boolean     NOT NULL DEFAULT false,
    staged_at        timestamptz,
    occurred_at      timestamptz,
    reach            text,
    supporting       text        NOT NULL DEFAULT '',
    known            text,
    story            text,
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
    reminders      text     NOT NULL,
    rungs          smallint NOT NULL,
    credited       smallint NOT NULL,
    ladder_running boolean  NOT NULL,
    was_late       boolean  NOT NULL,
    withdrawn      boolean  NOT NULL,
    acknowledged   boolean  NOT NULL,
    open           boolean  NOT NULL,
    clock          text     NOT NULL,
    state          text     NOT NULL,
    told_since     integer  NOT NULL DEFAULT 0,
    rearmed        smallint NOT NULL DEFAULT 0,
    grace_until    timestamptz,
    ladder         integer  NOT NULL DEFAULT 0,
    repeats        smallint NOT NULL DEFAULT 0,
    untold         integer  NOT NULL DEFAULT 0,
    PRIMARY KEY (desk_id, ticket, clock, open),
    CONSTRAINT clock_is_sound CHECK (
        CASE state
            WHEN 'waiting' THEN due_at IS NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'running' THEN due_at IS NOT NULL AND anchor_at IS NOT NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'paused' THEN due_at IS NULL AND anchor_at IS NOT NULL AND ended_at IS NULL AND NOT ladder_running
            WHEN 'breached' THEN due_at IS NOT NULL AND breached_at IS NOT NULL AND fired_at IS NOT NULL
                                 AND ended_at IS NULL
            WHEN 'met' THEN ended_at IS NOT NULL AND NOT ladder_running
            WHEN 'cancelled' THEN ended_at IS NOT NULL AND NOT ladder_running
            ELSE false
        END)
) PARTITION BY LIST (open);
CREATE TABLE duban.clock_open PARTITION OF duban.clock FOR VALUES IN (true) WITH (fillfactor = 70);
CREATE TABLE duban.clock_closed PARTITION OF duban.clock FOR VALUES IN (false);
CREATE INDEX clock_closed_ended ON duban.clock_closed USING brin (ended_at);
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
    next_at     timestamptz,
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

GRANT SELECT, INSERT, UPDATE ON duban.ticket, duban.ticket_open, duban.clock, duban.clock_open TO duban_daemon;
GRANT SELECT ON duban.ticket_closed, duban.clock_closed TO duban_daemon;
GRANT SELECT, INSERT ON duban.intake, duban.contact, duban.progress, duban.plan TO duban_daemon;

CREATE TABLE duban.missed_window (
    desk_id       integer     NOT NULL,
    cycle         integer     NOT NULL,
    ticket        bigint      NOT NULL,
    start_at      timestamptz NOT NULL,
    end_at        timestamptz NOT NULL,
    credited      smallint    NOT NULL,
    is_final      boolean     NOT NULL,
    is_remembered boolean     NOT NULL,
    is_withdrawn  boolean     NOT NULL,
    clock         text        NOT NULL,
    PRIMARY KEY (desk_id, ticket, clock, start_at),
    CONSTRAINT missed_window_is_sound CHECK (start_at < end_at AND NOT (is_remembered AND is_withdrawn))
) WITH (fillfactor = 85);
CREATE INDEX missed_window_remembered ON duban.missed_window (desk_id, ticket, clock, start_at) WHERE is_remembered;
COMMENT ON TABLE duban.missed_window IS 'Windows of quotas that were missed, and those that turned out not to have been.';
GRANT SELECT, INSERT, UPDATE ON duban.missed_window TO duban_daemon;

-- ---- Registers ----

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

-- ---- The outbox ----

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
    course        text,
    due_at        timestamptz,
    let_go_at     timestamptz,
    hold          text,
    into_notice   bigint,
    PRIMARY KEY (desk_id, notice),
    CONSTRAINT notice_fire_key UNIQUE (desk_id, ticket, clock, cycle, rung, recipient, channel),
    CONSTRAINT notice_state CHECK (state IN ('held', 'queued', 'attempting', 'accepted', 'deferred', 'refused',
                                             'failed', 'suppressed', 'coalesced', 'acknowledged')),
    CONSTRAINT notice_held CHECK ((state = 'held') = (hold IS NOT NULL)),
    CONSTRAINT notice_coalesced CHECK ((state = 'coalesced') = (into_notice IS NOT NULL))
) WITH (fillfactor = 85);
CREATE INDEX notice_unsent ON duban.notice (desk_id, notice)
    WHERE state IN ('held', 'queued', 'attempting', 'deferred');
CREATE INDEX notice_let_go ON duban.notice USING brin (let_go_at);
COMMENT ON TABLE duban.notice IS 'The outbox: one row for each recipient and channel of each thing that fired.';
COMMENT ON COLUMN duban.notice.course IS 'The states after queued: instant, state and detail, a line each.';
GRANT SELECT, INSERT, UPDATE (state, attempts, changed_at, ready_at, detail, queue_id, course, let_go_at, hold, into_notice)
    ON duban.notice TO duban_daemon;

-- ---- The audit trail ----

CREATE TABLE duban.journal (
    desk_id  integer     NOT NULL,
    sequence bigint      NOT NULL CHECK (sequence > 0),
    at       timestamptz NOT NULL,
    ticket   bigint      CHECK (ticket > 0),
    type     text        NOT NULL,
    hash     bytea       NOT NULL CHECK (octet_length(hash) = 32),
    body     text        NOT NULL,
    PRIMARY KEY (desk_id, sequence)
);
CREATE INDEX journal_ticket ON duban.journal (desk_id, ticket, sequence) WHERE ticket IS NOT NULL;
COMMENT ON TABLE duban.journal IS 'What was accepted and judged, in order, hash-chained. Append only.';
GRANT SELECT, INSERT ON duban.journal TO duban_daemon;

CREATE VIEW duban.journal_json AS
SELECT desk_id, sequence, at, ticket, type, body::jsonb AS body, encode(hash, 'hex') AS hash
FROM duban.journal;
COMMENT ON VIEW duban.journal_json IS 'The journal for reports, its bodies as jsonb.';

-- ---- Ladders ----

CREATE TABLE duban.ladder (
    desk_id integer NOT NULL,
    ladder  integer NOT NULL CHECK (ladder BETWEEN 1 AND 65535),
    digest  text    NOT NULL,
    body    text    NOT NULL,
    PRIMARY KEY (desk_id, ladder)
);
COMMENT ON TABLE duban.ladder IS 'The lists of rungs that breaches began to climb, each text once.';
GRANT SELECT, INSERT ON duban.ladder TO duban_daemon;

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

-- ---- What people and monitoring read ----

CREATE FUNCTION duban.rfc3339(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN to_char(at AT TIME ZONE 'UTC', CASE WHEN date_trunc('second', at) = at THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
                                           ELSE 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"' END);

-- What a notice's rung means: a ladder's rungs count from 1, with 100 more for each time before when one is repeated; the
-- other numbers are the judge's (lib/desk_parts.h).
CREATE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung >= 100 THEN 'rung ' || rung % 100 || ', time ' || rung / 100 + 1
                WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung = -160 THEN 'replaced'
                WHEN rung <= -1000 THEN 'reminder' || CASE WHEN (-1000 - rung) / 16 <= 100
                                                           THEN ' ' || (-1000 - rung) / 16 || '%' ELSE ' before' END
                                                   || CASE WHEN (-1000 - rung) % 16 > 0 THEN ', again' ELSE '' END
                WHEN rung = -300 THEN 'digest' WHEN rung = -301 THEN 'test' WHEN rung = -260 THEN 'mailing'
                WHEN rung = -250 THEN 'schedule' WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;

CREATE FUNCTION duban.mask_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN name = '' THEN '' ELSE left(name, 1) || '*' END;

CREATE FUNCTION duban.mask_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(phone) >= 11 THEN left(phone, 3) || '****' || right(phone, 4)
            WHEN length(phone) > 2 THEN '****' || right(phone, 2)
            WHEN phone = '' THEN '' ELSE '****' END;

CREATE FUNCTION duban.mask_email(email text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN email = '' THEN '' ELSE left(email, 1) || '***' || coalesce(substring(email from '@[^@]*$'), '') END;

CREATE VIEW duban.missed_escalations AS
SELECT 'deadline not judged' AS missed, desk.name AS desk, clock.ticket, clock.clock AS name,
       clock.due_at AS since, now() - clock.due_at AS late
FROM duban.clock_open AS clock
JOIN duban.desk USING (desk_id)
WHERE clock.state = 'running' AND greatest(clock.due_at, clock.grace_until) < now() - interval '5 seconds'
  AND NOT EXISTS (SELECT FROM duban.ticket_open AS ticket
                  WHERE ticket.desk_id = clock.desk_id AND ticket.ticket = clock.ticket
                    AND ticket.history_until_at > now() - interval '5 seconds')
UNION ALL
SELECT 'notice not sent', desk.name, notice.ticket, notice.notice::text,
       coalesce(notice.ready_at, notice.let_go_at, notice.at),
       now() - coalesce(notice.ready_at, notice.let_go_at, notice.at)
FROM duban.notice
JOIN duban.desk USING (desk_id)
WHERE notice.state IN ('held', 'queued', 'attempting', 'deferred')
  AND (notice.hold IS NULL OR notice.hold = 'downtime' OR notice.ready_at IS NOT NULL)
  AND coalesce(notice.ready_at, notice.let_go_at, notice.at) < now() - interval '10 minutes';
COMMENT ON VIEW duban.missed_escalations IS 'Must stay empty while a daemon leads. Knows nothing of the daemon.';

CREATE VIEW duban.verdict_counts AS
SELECT desk.name AS desk, journal.body ->> 'clock' AS clock, date_trunc('month', journal.at) AS month,
       coalesce(sum((journal.body ->> 'windows')::bigint) FILTER (WHERE journal.type = 'clock.breached'), 0)
           + count(*) FILTER (WHERE journal.type = 'clock.breached' AND NOT journal.body ? 'windows') AS breached,
       count(*) FILTER (WHERE journal.type = 'clock.withdrawn') AS withdrawn,
       count(*) FILTER (WHERE journal.type = 'clock.shortfall') AS shortfall
FROM duban.journal_json AS journal
JOIN duban.desk USING (desk_id)
WHERE journal.type IN ('clock.breached', 'clock.withdrawn', 'clock.shortfall')
GROUP BY 1, 2, 3;
COMMENT ON VIEW duban.verdict_counts IS 'Breaches, those of them that were withdrawn, and shortfalls: by desk, clock and month.';
GRANT SELECT ON duban.verdict_counts TO duban_daemon;

REVOKE ALL ON FUNCTION duban.rfc3339(timestamptz), duban.mask_name(text), duban.mask_phone(text),
    duban.mask_email(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.rfc3339(timestamptz), duban.mask_name(text), duban.mask_phone(text),
    duban.mask_email(text) TO duban_daemon;
GRANT SELECT ON duban.missed_escalations TO duban_daemon;

CREATE FUNCTION duban.find_ticket(desk integer, name text) RETURNS bigint
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (SELECT intake.ticket FROM duban.intake
        WHERE intake.desk_id = desk
          AND (intake.number = name OR intake.ticket = CASE WHEN name ~ '^[0-9]{1,18}$' THEN name::bigint END)
        ORDER BY intake.number = name AND intake.ticket::text <> name
        LIMIT 1);

CREATE FUNCTION duban.ticket_cold(desk integer, id bigint, masked boolean) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT jsonb_build_object(
        'ref', intake.reference,
        'subject', intake.subject,
        'details', intake.details,
        'customer_id', intake.customer_id,
        'occurred_at', duban.rfc3339(intake.occurred_at),
        'fields', intake.fields::jsonb,
        'attachments', intake.attachments::jsonb,
        'contact', jsonb_build_object(
            'name', CASE WHEN masked THEN duban.mask_name(intake.contact_name) ELSE intake.contact_name END,
            'phone', CASE WHEN masked THEN duban.mask_phone(intake.phone) ELSE intake.phone END,
            'fax', CASE WHEN masked THEN duban.mask_phone(intake.fax) ELSE intake.fax END,
            'email', CASE WHEN masked THEN duban.mask_email(intake.email) ELSE intake.email END),
        'result', (SELECT ticket.result FROM duban.ticket WHERE ticket.desk_id = desk AND ticket.ticket = id),
        'contacts', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'contact', contact.contact, 'at', duban.rfc3339(contact.at),
                'recorded_at', duban.rfc3339(contact.recorded_at), 'channel', contact.channel,
                'direction', contact.direction, 'reached', contact.reached, 'kind', contact.kind,
                'automatic', contact.automatic, 'minutes', contact.minutes, 'role', contact.role,
                'actor', contact.actor, 'note', contact.note, 'next_at', duban.rfc3339(contact.next_at),
                'credited', contact.credited::jsonb) ORDER BY contact.contact), '[]')
            FROM duban.contact WHERE contact.desk_id = desk AND contact.ticket = id),
        'progress', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'progress', progress.progress, 'at', duban.rfc3339(progress.at),
                'recorded_at', duban.rfc3339(progress.recorded_at), 'from', duban.rfc3339(progress.from_at),
                'to', duban.rfc3339(progress.to_at), 'degree', progress.degree, 'role', progress.role,
                'actor', progress.actor, 'note', progress.note) ORDER BY progress.progress), '[]')
            FROM duban.progress WHERE progress.desk_id = desk AND progress.ticket = id),
        'plans', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'plan', plan.plan, 'at', duban.rfc3339(plan.at),
                'recorded_at', duban.rfc3339(plan.recorded_at), 'expected_at', duban.rfc3339(plan.expected_at),
                'measures', plan.measures, 'role', plan.role, 'actor', plan.actor) ORDER BY plan.plan), '[]')
            FROM duban.plan WHERE plan.desk_id = desk AND plan.ticket = id))
    FROM duban.intake WHERE intake.desk_id = desk AND intake.ticket = id);

CREATE FUNCTION duban.ticket_hot(record duban.ticket) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN jsonb_build_object(
    'ticket', (record).ticket::text, 'number', (record).number, 'revision', (record).revision,
    'class', (record).class_name, 'types', to_jsonb(string_to_array((record).types, ',')),
    'urgency', (record).urgency, 'channel', (record).channel, 'stage', (record).stage,
    'state', CASE WHEN (record).open THEN 'open' ELSE 'closed' END,
    'department', (record).department, 'handler', (record).handler, 'recorder', (record).recorder,
    'received_at', duban.rfc3339((record).received_at), 'created_at', duban.rfc3339((record).created_at),
    'handed_over_at', duban.rfc3339((record).handed_over_at), 'expected_at', duban.rfc3339((record).expected_at),
    'contacted_at', duban.rfc3339((record).contacted_at), 'solved_at', duban.rfc3339((record).solved_at),
    'closed_at', duban.rfc3339((record).closed_at));

REVOKE ALL ON FUNCTION duban.find_ticket(integer, text), duban.ticket_cold(integer, bigint, boolean),
    duban.ticket_hot(duban.ticket) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.find_ticket(integer, text), duban.ticket_cold(integer, bigint, boolean),
    duban.ticket_hot(duban.ticket) TO duban_daemon;

-- ---- Pauses ----

CREATE TABLE duban.pause (
    desk_id     integer     NOT NULL,
    pause       integer     NOT NULL CHECK (pause > 0),
    ticket      bigint      NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz,
    recorded_at timestamptz NOT NULL,
    open        boolean     NOT NULL,
    reason      text        NOT NULL,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    note        text,
    PRIMARY KEY (desk_id, ticket, pause, open),
    CONSTRAINT pause_rises CHECK (to_at >= from_at)
) PARTITION BY LIST (open);
CREATE TABLE duban.pause_open PARTITION OF duban.pause FOR VALUES IN (true) WITH (fillfactor = 70);
CREATE TABLE duban.pause_closed PARTITION OF duban.pause FOR VALUES IN (false);
COMMENT ON TABLE duban.pause IS 'When a ticket had to wait, and for what; open tells whether its ticket is.';
GRANT SELECT, INSERT, UPDATE ON duban.pause, duban.pause_open TO duban_daemon;
GRANT SELECT ON duban.pause_closed TO duban_daemon;

CREATE FUNCTION duban.ticket_pauses(desk integer, id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN jsonb_build_object('pauses', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'pause', pause.pause, 'reason', pause.reason, 'from', duban.rfc3339(pause.from_at),
        'to', duban.rfc3339(pause.to_at), 'recorded_at', duban.rfc3339(pause.recorded_at), 'role', pause.role,
        'actor', pause.actor, 'note', pause.note) ORDER BY pause.pause), '[]')
    FROM duban.pause WHERE pause.desk_id = desk AND pause.ticket = id));
REVOKE ALL ON FUNCTION duban.ticket_pauses(integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.ticket_pauses(integer, bigint) TO duban_daemon;

-- ---- Records, and what merged tickets bring ----

CREATE TABLE duban.record (
    desk_id     integer     NOT NULL,
    record      bigint      NOT NULL CHECK (record > 0),
    ticket      bigint      NOT NULL,
    other       bigint,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('step', 'undone', 'signature', 'satisfaction', 'link', 'unlink',
                                                     'merge', 'amendment', 'asked', 'decided')),
    subject     text        NOT NULL,
    role        text        NOT NULL,
    actor       text        NOT NULL,
    note        text,
    value       text,
    PRIMARY KEY (desk_id, record),
    CONSTRAINT record_of_two CHECK ((kind IN ('link', 'unlink', 'merge')) = (other IS NOT NULL))
);
CREATE INDEX record_of_ticket ON duban.record (desk_id, ticket);
CREATE INDEX record_asked ON duban.record (desk_id, ticket) WHERE kind = 'asked';
CREATE INDEX record_of_other ON duban.record (desk_id, other) WHERE other IS NOT NULL;
COMMENT ON TABLE duban.record IS 'Steps, signatures, satisfaction, links, mergers, amendments. value is a JSON object.';
GRANT SELECT, INSERT ON duban.record TO duban_daemon;

CREATE FUNCTION duban.ticket_fields(desk integer, id bigint) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    WITH said AS MATERIALIZED (
        SELECT 0::bigint AS record, intake.fields::jsonb AS fields, NULL::jsonb AS changes
        FROM duban.intake WHERE intake.desk_id = desk AND intake.ticket = id
        UNION ALL
        SELECT record.record, record.value::jsonb -> 'fields', record.value::jsonb -> 'field_changes'
        FROM duban.record
        WHERE record.desk_id = desk AND record.ticket = id AND record.kind = 'amendment'
    ), whole AS (
        SELECT said.record, said.fields FROM said WHERE said.fields IS NOT NULL ORDER BY said.record DESC LIMIT 1
    ), member AS (
        SELECT whole.record, each.key, each.value FROM whole, jsonb_each(whole.fields) AS each
        UNION ALL
        SELECT said.record, each.key, each.value FROM said, jsonb_each(said.changes) AS each
        WHERE said.record > coalesce((SELECT whole.record FROM whole), -1)
    )
    SELECT CASE WHEN EXISTS (SELECT FROM said WHERE said.fields IS NOT NULL OR said.changes IS NOT NULL)
                THEN coalesce(jsonb_object_agg(last.key, last.value) FILTER (WHERE last.value <> 'null'), '{}') END
    FROM (SELECT DISTINCT ON (member.key) member.key, member.value FROM member
          ORDER BY member.key, member.record DESC) AS last);
REVOKE ALL ON FUNCTION duban.ticket_fields(integer, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.ticket_fields(integer, bigint) TO duban_daemon;

CREATE FUNCTION duban.ticket_records(desk integer, id bigint, masked boolean) RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(jsonb_object_agg(amended.key, CASE
               WHEN masked AND amended.key = 'contact' THEN amended.value || jsonb_build_object(
                   'name', duban.mask_name(amended.value ->> 'name'), 'phone', duban.mask_phone(amended.value ->> 'phone'),
                   'fax', duban.mask_phone(amended.value ->> 'fax'), 'email', duban.mask_email(amended.value ->> 'email'))
               ELSE amended.value END), '{}')
    FROM (SELECT DISTINCT ON (member.key) member.key, member.value
          FROM duban.record, jsonb_each(record.value::jsonb) AS member
          WHERE record.desk_id = desk AND record.ticket = id AND record.kind = 'amendment'
            AND member.key NOT IN ('fields', 'field_changes')
          ORDER BY member.key, record.record DESC) AS amended)
    || jsonb_build_object(
        'fields', duban.ticket_fields(desk, id),
        'records', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'record', record.record::text, 'kind', record.kind, 'subject', record.subject,
                'other', other.number, 'at', duban.rfc3339(record.at),
                'recorded_at', duban.rfc3339(record.recorded_at), 'role', record.role, 'actor', record.actor,
                'note', record.note) ORDER BY record.record), '[]')
            FROM duban.record
            LEFT JOIN duban.intake AS other ON other.desk_id = desk
                AND other.ticket = CASE WHEN record.ticket = id THEN record.other ELSE record.ticket END
            WHERE record.desk_id = desk AND (record.ticket = id OR record.other = id)),
        'merged', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'ticket', merged.ticket::text, 'number', intake.number, 'at', duban.rfc3339(merged.at),
                'contacts', duban.ticket_cold(desk, merged.ticket, masked) -> 'contacts') ORDER BY merged.record), '[]')
            FROM duban.record AS merged
            JOIN duban.intake ON intake.desk_id = desk AND intake.ticket = merged.ticket
            WHERE merged.desk_id = desk AND merged.other = id AND merged.kind = 'merge'));
REVOKE ALL ON FUNCTION duban.ticket_records(integer, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.ticket_records(integer, bigint, boolean) TO duban_daemon;

-- ---- Reports ----

CREATE FUNCTION duban.journal_before(of_desk integer, since timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    low bigint := 0;
    high bigint := (SELECT journal_sequence + 1 FROM duban.desk WHERE desk_id = of_desk);
    middle bigint;
    written_at timestamptz;
BEGIN
    WHILE high - low > 1 LOOP
        middle := (low + high) / 2;
        SELECT at INTO written_at FROM duban.journal
        WHERE desk_id = of_desk AND sequence >= middle ORDER BY sequence LIMIT 1;
        IF written_at < since THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN low;
END
$$;

CREATE FUNCTION duban.ticket_before(of_desk integer, since timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    low bigint := 0;
    high bigint := (SELECT coalesce(max(ticket), 0) + 1 FROM duban.ticket WHERE desk_id = of_desk);
    middle bigint;
    written_at timestamptz;
BEGIN
    WHILE high - low > 1 LOOP
        middle := (low + high) / 2;
        SELECT created_at INTO written_at FROM duban.ticket
        WHERE desk_id = of_desk AND ticket >= middle ORDER BY ticket LIMIT 1;
        IF written_at < since THEN low := middle; ELSE high := middle; END IF;
    END LOOP;
    RETURN low;
END
$$;

REVOKE ALL ON FUNCTION duban.journal_before(integer, timestamptz), duban.ticket_before(integer, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.journal_before(integer, timestamptz), duban.ticket_before(integer, timestamptz)
    TO duban_daemon;
