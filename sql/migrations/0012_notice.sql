-- Why: notices that wait, and digests.
--
-- A notice may have to wait: for the end of its reader's quiet hours, for room in their budget, until the desk has caught
-- up after downtime, or until an operator releases what was found late. It is then `held`: hold says what for, ready_at
-- until when (NULL: until something else happens). Several that waited for the same reader leave as one digest, a notice
-- about no ticket; each of them is then `coalesced` and into_notice names the digest: nothing is dropped.
--
-- due_at is the deadline that a notice speaks of, let_go_at the moment from which it was free to leave: what counts
-- against its reader's budget. A start looks for the latest of these; they come in nearly rising order, so a BRIN index
-- finds them and costs an insert next to nothing.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.notice
    ADD COLUMN due_at      timestamptz,
    ADD COLUMN let_go_at   timestamptz,
    ADD COLUMN hold        text,
    ADD COLUMN into_notice bigint,
    DROP CONSTRAINT notice_state,
    ADD CONSTRAINT notice_state CHECK (state IN ('held', 'queued', 'attempting', 'accepted', 'deferred', 'refused',
                                                 'failed', 'suppressed', 'coalesced', 'acknowledged')),
    ADD CONSTRAINT notice_held CHECK ((state = 'held') = (hold IS NOT NULL)),
    ADD CONSTRAINT notice_coalesced CHECK ((state = 'coalesced') = (into_notice IS NOT NULL));
DROP INDEX duban.notice_unsent;
CREATE INDEX notice_unsent ON duban.notice (desk_id, notice)
    WHERE state IN ('held', 'queued', 'attempting', 'deferred');
CREATE INDEX notice_let_go ON duban.notice USING brin (let_go_at);
GRANT UPDATE (let_go_at, hold, into_notice) ON duban.notice TO duban_daemon;

CREATE OR REPLACE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung >= 100 THEN 'rung ' || rung % 100 || ', time ' || rung / 100 + 1
                WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung = -160 THEN 'replaced'
                WHEN rung <= -1000 THEN 'reminder' || CASE WHEN (-1000 - rung) / 16 <= 100
                                                           THEN ' ' || (-1000 - rung) / 16 || '%' ELSE ' before' END
                                                   || CASE WHEN (-1000 - rung) % 16 > 0 THEN ', again' ELSE '' END
                WHEN rung = -300 THEN 'digest' WHEN rung = -301 THEN 'test'
                WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;

-- A notice that waits for an instant is missed like any other when that has come and it does not leave. One that waits
-- for an operator is not: `dubanctl status` shows it.
CREATE OR REPLACE VIEW duban.missed_escalations AS
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
