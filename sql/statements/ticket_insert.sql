INSERT INTO duban.ticket (
    desk_id, ticket, revision, open, received_at, created_at, handed_over_at, expected_at, solved_at, closed_at,
    history_until_at, contacted_at, contacts, progress, plans, number, class_name, types, urgency, channel, stage, customer,
    staffed, department, handler, recorder, facts, result,
    key_account, occurred_at, staged_at, reach, supporting, known, story)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::integer[], $4::boolean[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
    $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
    $13::integer[], $14::integer[], $15::integer[], $16::text[], $17::text[], $18::text[], $19::text[],
    $20::text[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[], $26::text[], $27::text[],
    $28::text[], $29::boolean[], $30::timestamptz[], $31::timestamptz[],
    $32::text[], $33::text[], $34::text[], $35::text[]) AS given
