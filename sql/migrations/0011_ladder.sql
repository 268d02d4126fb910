-- Why: a breach climbs the list of rungs that held when it began, whatever a reload brings. A clock therefore names the
-- list by number, and here is what the list says, once: "rung = +0 department_head by mail" and so on. Lists are kept for
-- good; there are as many as the regimes had. Also new: how often the last rung was repeated, and which told nobody.

SET LOCAL ROLE duban_owner;

CREATE TABLE duban.ladder (
    desk_id integer NOT NULL,
    ladder  integer NOT NULL CHECK (ladder BETWEEN 1 AND 65535),
    digest  text    NOT NULL,
    body    text    NOT NULL,
    PRIMARY KEY (desk_id, ladder)
);
COMMENT ON TABLE duban.ladder IS 'The lists of rungs that breaches began to climb, each text once.';
GRANT SELECT, INSERT ON duban.ladder TO duban_daemon;

-- ladder_set was a place in the regime of the day. A ladder that is being climbed now is given the list of today's regime
-- when the daemon starts. untold has a bit for each rung.
ALTER TABLE duban.clock
    DROP COLUMN ladder_set,
    ADD COLUMN ladder  integer  NOT NULL DEFAULT 0,
    ADD COLUMN repeats smallint NOT NULL DEFAULT 0,
    ADD COLUMN untold  integer  NOT NULL DEFAULT 0;

-- A rung that is told again has 100 more for each time before.
CREATE OR REPLACE FUNCTION duban.step_name(rung smallint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN rung >= 100 THEN 'rung ' || rung % 100 || ', time ' || rung / 100 + 1
                WHEN rung > 0 THEN 'rung ' || rung WHEN rung = 0 THEN 'all-clear' WHEN rung = -150 THEN 'withdrawal'
                WHEN rung = -160 THEN 'replaced'
                WHEN rung <= -1000 THEN 'reminder' || CASE WHEN (-1000 - rung) / 16 <= 100
                                                           THEN ' ' || (-1000 - rung) / 16 || '%' ELSE ' before' END
                                                   || CASE WHEN (-1000 - rung) % 16 > 0 THEN ', again' ELSE '' END
                WHEN rung <= -200 THEN 'report' ELSE 'reminder ' || (-1 - rung) || '%' END;
