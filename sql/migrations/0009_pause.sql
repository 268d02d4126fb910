-- Why: what a ticket had to wait for, and what a clock may look at besides class and urgency.
--
-- A clock's deadline is computed from its anchor, its budget, its calendar and the ticket's pauses whenever it is asked
-- for, so the pauses must come back with the ticket; they lie apart like clocks, those of open tickets from those of
-- closed ones. While a clock is paused nobody knows its deadline, so it has none.
--
-- Regimes may owe key accounts more than others, so a ticket remembers what intake said of its customer, and may count
-- from the instant at which a ticket came to its stage.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.ticket ADD COLUMN key_account boolean NOT NULL DEFAULT false, ADD COLUMN staged_at timestamptz;

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

-- What was waited for, as the protocol shows it.
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

ALTER TABLE duban.clock DROP CONSTRAINT clock_is_sound, ADD
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
        END);
