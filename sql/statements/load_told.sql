-- Who was told of the breaches that are not over, a row for each notice: they are owed the all-clear.
SELECT notice.ticket, notice.clock, notice.recipient, notice.role
FROM duban.clock_open AS clock
JOIN duban.notice USING (desk_id, ticket, clock, cycle)
WHERE clock.desk_id = $1::integer AND clock.state = 'breached'
  AND notice.rung > 0 AND notice.state <> 'suppressed'
ORDER BY notice.notice
