-- No ON CONFLICT: that an occurrence runs twice must never be.
INSERT INTO duban.schedule_run (desk_id, schedule, register, record, occurrence_at, fired_at, ticket, overtaken, outcome)
SELECT $1::integer, given.*
FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::bigint[], $8::integer[],
            $9::text[]) AS given
