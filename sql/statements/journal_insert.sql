INSERT INTO duban.journal (desk_id, sequence, at, ticket, type, hash, body)
SELECT $1::integer, given.*
FROM unnest($2::bigint[], $3::timestamptz[], $4::bigint[], $5::text[], $6::bytea[], $7::text[]) AS given
