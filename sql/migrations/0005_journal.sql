-- Why: the audit trail. One row for each accepted event and each verdict, numbered by the desk without gaps.
--
-- hash = SHA-256(hash of the row before, desk, sequence, at, ticket, type, body), exactly as daemon/journal.h says.
-- body is kept as the text that was hashed: jsonb would cost twice as much to write and give back other bytes. The
-- view casts it for reports. The daemon may add rows and read them. It has no right to change or remove any.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.journal (
    desk_id  integer     NOT NULL,
    sequence bigint      NOT NULL CHECK (sequence > 0),
    at       timestamptz NOT NULL,
    ticket   bigint      CHECK (ticket > 0),
    type     text        NOT NULL,
    hash     bytea       NOT NULL CHECK (octet_length(hash) = 32),
    body     text        NOT NULL,
    PRIMARY KEY (desk_id, sequence)
);
CREATE INDEX journal_ticket ON duban.journal (desk_id, ticket, sequence) WHERE ticket IS NOT NULL;
COMMENT ON TABLE duban.journal IS 'What was accepted and judged, in order, hash-chained. Append only.';
GRANT SELECT, INSERT ON duban.journal TO duban_daemon;

CREATE VIEW duban.journal_json AS
SELECT desk_id, sequence, at, ticket, type, body::jsonb AS body, encode(hash, 'hex') AS hash
FROM duban.journal;
COMMENT ON VIEW duban.journal_json IS 'The journal for reports, its bodies as jsonb.';
