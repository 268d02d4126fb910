-- Who was told of breaches that are not over, of promises that were broken and then replaced, and of breaches that may
-- turn out to have been none, a row for each notice: they are owed the all-clear or a withdrawal. A breach that began before
-- another ticket was merged in was perhaps that ticket's: whoever was told under its number is owed the same. Of a promise
-- that was replaced since, when its breach began is no longer known: then what the merger ended was it.
WITH RECURSIVE breach AS (
    SELECT clock.ticket, clock.ticket AS told_of, clock.clock, clock.cycle, clock.told_since, clock.cycle AS told_until,
           clock.breached_at
    FROM duban.clock_open AS clock
    WHERE clock.desk_id = $1::integer AND clock.told_since > 0
  UNION ALL
    SELECT breach.ticket, merged.ticket, breach.clock,
           CASE WHEN merged.at >= breach.breached_at THEN breach.cycle ELSE breach.told_since END, clock.cycle, clock.cycle,
           breach.breached_at
    FROM breach
    JOIN duban.record AS merged ON merged.desk_id = $1::integer AND merged.other = breach.told_of
                               AND merged.kind = 'merge'
    JOIN duban.clock ON clock.desk_id = $1::integer AND clock.ticket = merged.ticket AND clock.clock = breach.clock
                    AND clock.was_late AND NOT clock.open
                    AND (merged.at >= breach.breached_at OR (breach.told_since < breach.cycle AND clock.state = 'cancelled'))
),
owed AS (
    SELECT breach.ticket, notice.notice, notice.clock, notice.recipient, notice.role,
           CASE WHEN breach.told_of = breach.ticket THEN notice.cycle ELSE breach.cycle END AS cycle
    FROM breach
    JOIN duban.notice ON notice.desk_id = $1::integer AND notice.ticket = breach.told_of AND notice.clock = breach.clock
                     AND notice.cycle BETWEEN breach.told_since AND breach.told_until
    WHERE notice.rung > 0 AND notice.state NOT IN ('suppressed', 'failed')
  UNION -- of the breaches that are over, those whose windows a late record may fill
    SELECT notice.ticket, notice.notice, notice.clock, notice.recipient, notice.role, notice.cycle
    FROM duban.missed_window AS missed
    JOIN duban.notice USING (desk_id, ticket, clock, cycle)
    WHERE missed.desk_id = $1::integer AND missed.is_remembered AND notice.rung > 0 AND notice.state NOT IN ('suppressed', 'failed')
)
SELECT ticket, clock, recipient, role, cycle FROM owed ORDER BY notice
