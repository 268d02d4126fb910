-- Who was told of its breaches that were not answered, or were answered late, with the columns of load_told: it may turn out
-- that the answer had been in time, and then they hear so.
SELECT ticket, clock, recipient, role, cycle
FROM (SELECT clock.ticket, clock.clock, notice.recipient, notice.role, notice.cycle
      FROM duban.clock
      JOIN duban.notice ON notice.desk_id = $1::integer AND notice.ticket = clock.ticket AND notice.clock = clock.clock
                       AND notice.cycle BETWEEN clock.told_since AND clock.cycle
      WHERE clock.desk_id = $1::integer AND clock.ticket = duban.find_ticket($1::integer, $2::text) AND clock.told_since > 0
        AND notice.rung > 0 AND notice.state NOT IN ('suppressed', 'failed')) AS own
UNION ALL
SELECT ticket, clock, person, role, cycle
FROM (SELECT clock.ticket, told.clock, told.person, told.role, told.cycle
      FROM duban.clock
      JOIN duban.record AS merged ON merged.desk_id = $1::integer AND merged.other = clock.ticket AND merged.kind = 'merge'
      CROSS JOIN jsonb_to_recordset(merged.value::jsonb -> 'told') AS told (clock text, cycle integer, person text, role text)
      WHERE clock.desk_id = $1::integer AND clock.ticket = duban.find_ticket($1::integer, $2::text)
        AND told.clock = clock.clock AND clock.told_since > 0
        AND told.cycle BETWEEN clock.told_since AND clock.cycle) AS brought
