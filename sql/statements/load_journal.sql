-- For verifying the chain. The loader streams this by COPY.
SELECT sequence, at, ticket, type, hash, body FROM duban.journal WHERE desk_id = $1::integer ORDER BY sequence
