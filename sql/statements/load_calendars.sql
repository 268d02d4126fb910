-- The calendars that an import put before their files.
SELECT newest.name, newest.digest, version.body
FROM (SELECT DISTINCT ON (calendar.name) calendar.name, calendar.digest
      FROM duban.calendar
      WHERE calendar.desk_id = $1::integer
      ORDER BY calendar.name, calendar.import DESC) AS newest
JOIN duban.version ON version.desk_id = $1::integer AND version.kind = 'calendar' AND version.name = newest.name
                  AND version.digest = newest.digest
ORDER BY newest.name
