-- Who was told of breaches that are not over, of promises that were broken and then replaced, and of breaches that may
-- turn out to have been none, a row for each notice: they are owed the all-clear or a withdrawal. Whoever was told under
-- the number of a ticket that was merged in is owed the same: the merger's record says who, and of which breach.
WITH owed AS (
    SELECT ticket, clock, told_since AS since, cycle AS until
    FROM duban.clock_open WHERE desk_id = $1::integer AND told_since > 0
  UNION -- of the breaches that are over, those whose windows a late record may fill
    SELECT ticket, clock, cycle, cycle
    FROM duban.missed_window WHERE desk_id = $1::integer AND is_remembered
)
SELECT ticket, clock, recipient, role, cycle
FROM (SELECT DISTINCT notice.notice, notice.ticket, notice.clock, notice.recipient, notice.role, notice.cycle
      FROM owed
      JOIN duban.notice ON notice.desk_id = $1::integer AND notice.ticket = owed.ticket AND notice.clock = owed.clock
                       AND notice.cycle BETWEEN owed.since AND owed.until
      WHERE notice.rung > 0 AND notice.state NOT IN ('suppressed', 'failed')) AS own
UNION ALL
SELECT ticket, clock, person, role, cycle
FROM (SELECT DISTINCT merged.record, owed.ticket, told.clock, told.person, told.role, told.cycle
      FROM owed
      JOIN duban.record AS merged ON merged.desk_id = $1::integer AND merged.other = owed.ticket AND merged.kind = 'merge'
      CROSS JOIN jsonb_to_recordset(merged.value::jsonb -> 'told') AS told (clock text, cycle integer, person text, role text)
      WHERE told.clock = owed.clock AND told.cycle BETWEEN owed.since AND owed.until) AS brought
