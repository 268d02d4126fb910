-- Why: two roles, so that the daemon can never rewrite what it once wrote, and a schema of our own.
--
-- duban_owner owns everything and never logs in; migrations run as a superuser or as a member of it.
-- duban_daemon is what duband connects as. It gets table by table what it needs and nothing else.
-- Roles belong to the whole cluster, so they may be there already.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'duban_owner') THEN
        CREATE ROLE duban_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'duban_daemon') THEN
        CREATE ROLE duban_daemon LOGIN;
    END IF;
END
$$;

CREATE SCHEMA duban AUTHORIZATION duban_owner;
SET LOCAL ROLE duban_owner;
GRANT USAGE ON SCHEMA duban TO duban_daemon;

CREATE TABLE duban.schema_migration (
    number     integer     PRIMARY KEY CHECK (number > 0),
    name       text        NOT NULL,
    sha256     text        NOT NULL CHECK (length(sha256) = 64),
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE duban.schema_migration IS 'Which migrations were applied, and what they said then.';
GRANT SELECT ON duban.schema_migration TO duban_daemon;

-- Fails the transaction unless exactly the wanted number of rows was hit. The writer sends a whole batch without
-- waiting for answers between, so a statement that missed its rows must stop the COMMIT behind it by itself.
CREATE FUNCTION duban.insist(happened bigint, wanted bigint, code text, what text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF happened <> wanted THEN
        RAISE EXCEPTION '%: % rows instead of %', what, happened, wanted USING ERRCODE = code;
    END IF;
END
$$;
REVOKE ALL ON FUNCTION duban.insist(bigint, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION duban.insist(bigint, bigint, text, text) TO duban_daemon;
