-- Who was told of the breaches that are not over, a row for each notice: they are owed the all-clear. And of those that
-- ended late: it may turn out that they had been in time, and then they are owed a withdrawal.
SELECT notice.ticket, notice.clock, notice.recipient, notice.role
FROM duban.clock_open AS clock
JOIN duban.notice USING (desk_id, ticket, clock, cycle)
WHERE clock.desk_id = $1::integer AND (clock.state = 'breached' OR (clock.state = 'met' AND clock.was_late))
  AND notice.rung > 0 AND notice.state <> 'suppressed'
ORDER BY notice.notice
