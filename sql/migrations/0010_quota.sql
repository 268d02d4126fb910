-- Why: a contact that is recorded late may fill a window of a quota that was missed, whatever its minimum, so missed
-- windows are remembered one by one. And those who were told of a broken promise must hear of its end also when another
-- promise has taken its place: a clock remembers from which cycle on people are owed word.

SET LOCAL ROLE duban_owner;

ALTER TABLE duban.clock ADD COLUMN told_since integer NOT NULL DEFAULT 0;
UPDATE duban.clock SET told_since = cycle WHERE state = 'breached' OR (state = 'met' AND was_late);

-- is_remembered: memory holds it, because a late record may fill it or because it keeps a breach from being withdrawn as a
-- whole (is_final: too old to be filled). Rows stay for ever: missed, or withdrawn.
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

-- Verdicts of a month, counted: what was missed, and apart from it what was taken back because it had been in time and was
-- only recorded late (domain rule 19). A quota that is found late counts its windows, not its verdicts.
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
