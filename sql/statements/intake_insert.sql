INSERT INTO duban.intake (
    desk_id, ticket, occurred_at, number, reference, customer_id, contact_name, phone, fax, email, subject, details,
    fields, attachments)
SELECT $1::integer, given.*
FROM unnest(
    $2::bigint[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::text[], $14::text[]) AS given
