-- Why: a calendar that came through the socket must hold on whatever machine leads the desk next, and the daemon may not
-- write its own configuration; so imports are kept here and go before the files. And whoever reloads calendars wants to
-- know which closed tickets a late fact is about, without reading all of them.

SET LOCAL ROLE duban_owner;

-- Which text holds for a calendar since an import: the newest row of a name. The text is a version, by its digest.
CREATE TABLE duban.calendar (
    desk_id     integer     NOT NULL REFERENCES duban.desk,
    import      bigint      GENERATED ALWAYS AS IDENTITY,
    name        text        NOT NULL CHECK (name <> ''),
    digest      text,
    actor       text        NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (desk_id, import)
);
COMMENT ON TABLE duban.calendar IS 'Calendars that were imported, newest row of a name last; without a digest its file holds again.';
GRANT SELECT, INSERT (desk_id, name, digest, actor) ON duban.calendar TO duban_daemon;

-- Tickets are closed more or less in the order of time, so a few bytes for each hundred pages find those of some days.
CREATE INDEX clock_closed_ended ON duban.clock_closed USING brin (ended_at);
