-- Who was told of the breaches that are not over, a row for each notice: they are owed the all-clear. And of those that
-- ended late: it may turn out that they had been in time, and then they are owed a withdrawal. A breach that began before
-- another ticket was merged in was perhaps that ticket's: whoever was told under its number is owed the same.
WITH RECURSIVE breach AS (
    SELECT clock.ticket, clock.ticket AS told_of, clock.clock, clock.cycle, clock.breached_at
    FROM duban.clock_open AS clock
    WHERE clock.desk_id = $1::integer AND (clock.state = 'breached' OR (clock.state = 'met' AND clock.was_late))
  UNION ALL
    SELECT breach.ticket, merged.ticket, breach.clock, clock.cycle, breach.breached_at
    FROM breach
    JOIN duban.record AS merged ON merged.desk_id = $1::integer AND merged.other = breach.told_of
                               AND merged.kind = 'merge' AND merged.at >= breach.breached_at
    JOIN duban.clock ON clock.desk_id = $1::integer AND clock.ticket = merged.ticket AND clock.clock = breach.clock
                    AND clock.was_late AND NOT clock.open
)
SELECT breach.ticket, notice.clock, notice.recipient, notice.role
FROM breach
JOIN duban.notice ON notice.desk_id = $1::integer AND notice.ticket = breach.told_of AND notice.clock = breach.clock
                 AND notice.cycle = breach.cycle
WHERE notice.rung > 0 AND notice.state <> 'suppressed'
ORDER BY notice.notice
