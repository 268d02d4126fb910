-- Open tickets that are closed now: their row moves to the other partition.
WITH given AS MATERIALIZED ( -- finds the rows by their key, whatever the planner believes of an empty table
    SELECT given.*, place.ctid AS place
    FROM unnest(
        $2::bigint[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
        $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::integer[], $12::integer[],
        $13::integer[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[],
        $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::boolean[], $27::timestamptz[],
        $28::text[], $29::text[], $30::text[], $31::text[])
        AS given (ticket, revision, received_at, handed_over_at, expected_at, solved_at, closed_at, history_until_at,
                  contacted_at, contacts, progress, plans, class_name, types, urgency, channel, stage, customer, staffed,
                  department, handler, recorder, facts, result, key_account, staged_at, reach, supporting, known, story)
    CROSS JOIN LATERAL (
        SELECT ticket.ctid FROM duban.ticket_open AS ticket
        WHERE ticket.desk_id = $1::integer AND ticket.ticket = given.ticket AND ticket.open
        OFFSET 0) AS place
), changed AS (
    UPDATE duban.ticket AS ticket
    SET open = false, revision = given.revision, received_at = given.received_at, handed_over_at = given.handed_over_at,
        expected_at = given.expected_at, solved_at = given.solved_at, closed_at = given.closed_at,
        history_until_at = given.history_until_at, contacted_at = given.contacted_at,
        contacts = coalesce(given.contacts, ticket.contacts), progress = coalesce(given.progress, ticket.progress),
        plans = coalesce(given.plans, ticket.plans),
        class_name = given.class_name, types = given.types, urgency = given.urgency, channel = given.channel,
        stage = given.stage, customer = given.customer, staffed = given.staffed, department = given.department,
        handler = given.handler, recorder = given.recorder, facts = given.facts,
        result = coalesce(given.result, ticket.result), key_account = given.key_account,
        staged_at = given.staged_at, reach = given.reach, supporting = given.supporting,
        known = given.known, story = given.story
    FROM given
    WHERE ticket.tableoid = 'duban.ticket_open'::regclass AND ticket.ctid = given.place
    RETURNING 1)
SELECT duban.insist(count(*), cardinality($2::bigint[]), 'DU002', 'open tickets to close') FROM changed
