-- What was let go to whom in the last day: what budgets count. Oldest first.
SELECT recipient, let_go_at
FROM duban.notice
WHERE desk_id = $1::integer AND let_go_at > now() - interval '1 day'
ORDER BY let_go_at, notice
