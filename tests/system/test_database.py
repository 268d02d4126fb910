"""The database side against a real server: python3 tests/system/test_database.py BUILD_DIR

Prints `ok NAME` or `not ok NAME` and closes with `N passed, N failed`. Needs PostgreSQL's server programs; starts a
private cluster and ends it. database_probe (from BUILD_DIR) runs the daemon's own writer, loader and reader.
"""
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import cluster

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))

# What the daemon's role must not be able to do. Each is tried for itself; everything must be denied.
FORBIDDEN = [
    "UPDATE duban.journal SET body = '{}'",
    "UPDATE duban.journal SET hash = hash WHERE sequence = 1",
    "DELETE FROM duban.journal",
    "TRUNCATE duban.journal",
    "ALTER TABLE duban.journal DISABLE TRIGGER ALL",
    "DROP TABLE duban.journal",
    "CREATE INDEX ON duban.journal (type)",
    "DELETE FROM duban.ticket",
    "DELETE FROM duban.ticket_open",
    "TRUNCATE duban.ticket",
    "UPDATE duban.intake SET subject = 'other'",
    "DELETE FROM duban.contact",
    "UPDATE duban.contact SET note = 'other'",
    "UPDATE duban.notice SET body = 'other'",
    "UPDATE duban.notice SET recipient = 'other'",
    "DELETE FROM duban.notice",
    "UPDATE duban.request_key SET reply = '{}'",
    "DELETE FROM duban.request_key",
    "DELETE FROM duban.desk",
    "UPDATE duban.desk SET name = 'other'",
    "UPDATE duban.version SET body = 'other'",
    "INSERT INTO duban.schema_migration VALUES (99, 'x', repeat('0', 64))",
    "CREATE TABLE duban.mine (i int)",
    "CREATE TABLE public.mine (i int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION duban.mine() RETURNS int LANGUAGE sql RETURN 1",
    "ALTER TABLE duban.journal OWNER TO duban_daemon",
    "SET ROLE duban_owner",
    "CREATE ROLE mine",
    "ALTER ROLE duban_daemon SUPERUSER",
    "ALTER SYSTEM SET fsync = off",
    "COPY duban.journal TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT * FROM elsewhere.secret",
]

TESTS = []


def test(function):
    """Adds a test; it gets the World and fails by an exception."""
    TESTS.append(function)
    return function


class World:
    """The cluster, the probe, and a fresh migrated database for each test that asks."""

    def __init__(self, build, postgres):
        self.postgres = postgres
        found = [os.path.join(where, "database_probe") for where, _, files in os.walk(build)
                 if "database_probe" in files]
        if not found:
            raise FileNotFoundError("no database_probe under " + build)
        self.probe = found[0]
        self.count = 0

    def database(self):
        """The name of a new migrated database."""
        self.count += 1
        name = "t%d" % self.count
        self.run("migrate", self.postgres.create_database(name))
        return name

    def daemon(self, name):
        """Its conninfo for the daemon's role."""
        return self.postgres.conninfo(name, "duban_daemon")

    def run(self, *words, status=0):
        """Runs the probe to its end; what it printed."""
        done = subprocess.run([self.probe, *words], capture_output=True, text=True, timeout=120)
        assert done.returncode == status, "%s: %d\n%s%s" % (words[0], done.returncode, done.stdout, done.stderr)
        return done.stdout

    def write(self, name, batches, creates):
        """Begins writing in the background."""
        return Writing([self.probe, "write", self.daemon(name), str(batches), str(creates)])

    def read(self, name, statement, *parameters):
        """What the reader gives for a statement of sql/statements."""
        return self.run("read", self.daemon(name), statement, *parameters).strip()

    def number(self, name, sql):
        """The one number that a query gives."""
        return int(self.postgres.psql(sql, name))

    def check_exactly_once(self, name, tickets):
        """Every ticket is there once, and the journal's chain is whole."""
        assert self.number(name, "SELECT count(*) FROM duban.ticket") == tickets
        assert self.number(name, "SELECT count(DISTINCT ticket) FROM duban.intake") == tickets
        assert self.number(name, "SELECT count(*) FROM duban.clock") == 2 * tickets
        assert self.number(name, "SELECT count(*) FROM duban.journal") == tickets
        assert self.run("verify", self.daemon(name)).startswith("good after %d rows" % tickets)


class Writing:
    """A probe that writes in the background; its lines are taken as they come."""

    def __init__(self, command):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.queue = queue.Queue()
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self):
        for line in self.process.stdout:
            self.queue.put(line)
        self.queue.put("")

    def wait_for(self, count):
        """Takes so many acknowledgements."""
        for _ in range(count):
            line = self.queue.get(timeout=60)
            assert line.startswith("committed"), line

    def acknowledged_within(self, seconds):
        """Whether another acknowledgement comes within that time; takes it."""
        try:
            assert self.queue.get(timeout=seconds).startswith("committed")
            return True
        except queue.Empty:
            return False

    def is_running(self):
        """Whether it has not ended by itself."""
        return self.process.poll() is None

    def finish(self, status=0):
        """Waits for the end; what it printed and was not taken yet."""
        lines = []
        while not lines or lines[-1]:
            lines.append(self.queue.get(timeout=120))
        ended = self.process.wait(60)
        self.errors.seek(0)
        assert ended == status, "status %d\n%s%s" % (ended, "".join(lines)[-500:], self.errors.read()[-1500:])
        return "".join(lines)

    def kill(self):
        """Ends it without a goodbye."""
        self.process.kill()
        self.process.wait()


@test
def migrations_from_empty_equal_schema(world):
    name = world.database()
    world.postgres.create_database("expected")
    with open(os.path.join(TOP, "sql", "schema.sql"), encoding="utf-8") as file:
        world.postgres.psql(file.read(), "expected")
    clean = lambda text: [line for line in text.splitlines() if not re.match(r"\\(un)?restrict ", line)]
    migrated, expected = clean(world.postgres.dump_schema(name)), clean(world.postgres.dump_schema("expected"))
    different = [pair for pair in zip(migrated, expected) if pair[0] != pair[1]]
    assert migrated == expected, "first difference: %s" % (different[:1],)


@test
def migrating_again_changes_nothing(world):
    name = world.database()
    out = world.run("migrate", world.postgres.conninfo(name))
    assert "applied" not in out and "schema is at" in out, out


@test
def every_migration_says_why(world):
    folder = os.path.join(TOP, "sql", "migrations")
    names = sorted(os.listdir(folder))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), names
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            assert file.readline().startswith("-- Why: "), name


@test
def every_statement_prepares(world):
    name = world.database()
    out = world.run("prepare", world.daemon(name))
    files = len(os.listdir(os.path.join(TOP, "sql", "statements")))
    assert "%d statements, 0 failed" % files in out, out


@test
def newer_schema_is_refused(world):
    name = world.database()
    world.postgres.psql("INSERT INTO duban.schema_migration VALUES (9999, '9999_later', repeat('0', 64))", name)
    assert "use a newer duband" in world.run("migrate", world.postgres.conninfo(name), status=1)
    assert "use a newer duband" in world.run("load", world.daemon(name), status=1)


@test
def changed_migration_is_refused(world):
    name = world.database()
    world.postgres.psql("UPDATE duban.schema_migration SET sha256 = repeat('0', 64) WHERE number = 2", name)
    assert "another text" in world.run("load", world.daemon(name), status=1)


@test
def older_schema_is_refused_by_the_daemon(world):
    name = world.database()
    world.postgres.psql("DELETE FROM duban.schema_migration WHERE number > 3", name)
    assert "run duband --migrate" in world.run("load", world.daemon(name), status=1)


@test
def daemon_is_denied_what_it_does_not_need(world):
    name = world.database()
    world.run("roundtrip", world.daemon(name))
    world.postgres.psql("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.secret (i int)", name)
    allowed = []
    for sql in FORBIDDEN:
        status, _, errors = world.postgres.psql(sql, name, "duban_daemon", check=False)
        if status == 0 or "42501" not in errors:
            allowed.append("%s: %s" % (sql, errors[:200]))
    assert not allowed, "\n".join(allowed)


@test
def what_is_written_comes_back(world):
    world.run("roundtrip", world.daemon(world.database()))


@test
def closed_tickets_lie_apart(world):
    name = world.database()
    world.run("roundtrip", world.daemon(name))
    assert world.postgres.psql("SELECT ticket FROM duban.ticket_closed", name) == "5"
    assert world.postgres.psql("SELECT ticket || state FROM duban.clock_closed", name) == "5cancelled"
    assert world.postgres.psql("SELECT result FROM duban.ticket WHERE ticket = 3", name) == "exchanged"


@test
def reads_answer_as_the_protocol_says(world):
    """RSP-16: among them the archive, searched by number, customer, class, type, time and text, open or closed."""
    name = world.database()
    world.run("roundtrip", world.daemon(name))

    def read(*words):
        outcome, _, text = world.read(name, *words).partition(" ")
        assert outcome == "found", (words, outcome)
        return json.loads(text)

    full = read("ticket_full", "1", "1", "no")
    assert full["contact"] == {"name": "张三", "phone": "13812340000", "fax": None, "email": "zhang@example.cn"}
    assert full["fields"] == {"order": "A-17", "pieces": 2} and full["attachments"] == ["photo.jpg"]
    assert full["occurred_at"] == "2026-03-02T02:59:55.123Z" and full["ref"] == "R-1"
    assert [contact["contact"] for contact in full["contacts"]] == [1, 2]
    assert full["contacts"][0]["credited"][0]["clock"] == "first_contact" and full["contacts"][0]["minutes"] == 3
    masked = read("ticket_full", "1", "1", "yes")["contact"]
    assert masked == {"name": "张*", "phone": "138****0000", "fax": None, "email": "z***@example.cn"}, masked
    closed = read("ticket_closed", "1", "NR-000005", "no")
    assert closed["ticket"] == "5" and closed["state"] == "closed" and closed["revision"] == 4
    assert closed["customer"] == {"name": "北京客户公司", "id": "C-9", "staffed": "08:00-20:00"}
    assert closed["clocks"][0]["state"] == "cancelled" and closed["types"] == ["delivery", "billing"]
    assert read("ticket_closed", "1", "5", "no") == closed
    assert read("ticket_subjects", "1", "1,2,99")["subjects"] == {"1": '货物"破损"', "2": '货物"破损"'}
    page = read("ticket_list", "1", "all", "complaint", "-", "-", "li", "-", "0,2")
    assert [ticket["ticket"] for ticket in page["tickets"]] == ["1", "2"] and page["next"] == "2"
    rest = read("ticket_list", "1", "all", "-", "-", "-", "-", "-", "4,100")
    assert [ticket["ticket"] for ticket in rest["tickets"]] == ["5", "13"] and "next" not in rest
    assert [ticket["ticket"] for ticket in read("ticket_list", "1", "closed", *"-----", ",")["tickets"]] == ["5"]
    assert read("ticket_list", "1", "closed", "request", *"----", ",")["tickets"] == []
    searched = lambda **asked: [ticket["ticket"] for ticket in read(
        "ticket_search", "1", json.dumps({"limit": 100, **asked}, ensure_ascii=False))["tickets"]]
    everything = searched()
    assert everything == sorted(everything, key=int, reverse=True) and {"1", "2", "5", "13"} <= set(everything)
    assert searched(text="%破损%") and set(searched(text="%破损%")) <= set(everything)
    assert searched(text="%没有这样的话%") == [] and searched(number="%NR-000005%") == ["5"]
    assert searched(number="%nr-000005%") == ["5"] and searched(customer="%北京%", state="closed") == ["5"]
    assert searched(state="closed") == ["5"] and "5" not in searched(state="open")
    assert searched(type="billing", state="closed") == ["5"] and searched(type="bill", state="closed") == []
    assert searched(**{"class": "nothing"}) == [] and searched(to="2000-01-01T00:00:00Z") == []
    assert searched(**{"from": "2000-01-01T00:00:00+08:00"}) == everything
    first = read("ticket_search", "1", json.dumps({"limit": 2}))
    assert [ticket["ticket"] for ticket in first["tickets"]] == everything[:2] and first["next"] == everything[1]
    assert searched(after=first["next"]) == everything[2:]
    notices = read("notice_list", "1", "2", "-", "zhao", "4", "2")["notices"]
    assert [notice["notice"] for notice in notices] == ["3", "2"] and notices[0]["number"] == "NR-000002"
    assert read("notice_get", "1", "1")["body"] == "正文\n"
    rows = read("journal_read", "1", "6", "-", "10")["rows"]
    assert [row["seq"] for row in rows] == [6, 7, 8, 9] and rows[1]["ticket"] is None and len(rows[0]["hash"]) == 64
    assert isinstance(rows[0]["body"], str) and json.loads(rows[0]["body"])["actor"] == "li"
    assert [row["seq"] for row in read("journal_read", "1", "1", "5", "10")["rows"]] == [5, 9]
    assert read("request_key", "1", "key-1") == {"created": True, "ticket": "1"}
    for words in (("ticket_full", "1", "99", "no"), ("ticket_full", "1", "no number", "no"),
                  ("ticket_closed", "1", "no number", "no"), ("notice_get", "1", "99"), ("request_key", "1", "none"),
                  ("ticket_full", "2", "1", "no")):
        assert world.read(name, *words) == "nothing", words
    assert world.read(name, "migration_list") == "unavailable" # not a read of the reader's


@test
def recalls(world):
    name = world.database()
    world.run("roundtrip", world.daemon(name))
    assert world.read(name, "recall", "5") == "recalled NR-000005 open 0 contacts 1 clocks 1 pauses 0 first_contact"
    assert world.read(name, "recall", "NR-000002") == "recalled NR-000002 open 1 contacts 0 clocks 2 pauses 2 first_contact"
    assert world.read(name, "recall", "NR-9") == "recalled nothing 1"
    assert world.read(name, "notice", "4") == "notice <4@duban>"
    assert world.read(name, "notice", "99") == "notice none"


@test
def reads_are_unavailable_without_a_server(world):
    conninfo = "host=%s port=1" % world.postgres.directory
    assert world.run("read", conninfo, "request_key", "1", "key").strip() == "unavailable"


@test
def crash_in_the_middle_is_written_once(world):
    for round_number in range(4):
        name = world.database()
        process = world.write(name, 150, 40)
        process.wait_for(20 + 17 * round_number)
        world.postgres.crash()
        world.postgres.start()
        out = process.finish()
        assert out.count("committed") == 150 - 20 - 17 * round_number, out[-300:]
        world.check_exactly_once(name, 150 * 40)


@test
def broken_connections_are_written_once(world):
    name = world.database()
    process = world.write(name, 400, 40)
    broken = 0
    while process.is_running() and broken < 15:
        process.wait_for(10)
        world.postgres.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name = 'duban-writer'")
        broken += 1
    process.finish()
    world.check_exactly_once(name, 400 * 40)


@test
def cancelled_batches_are_written_once(world):
    name = world.database()
    process = world.write(name, 300, 40)
    for _ in range(20):
        process.wait_for(5)
        world.postgres.psql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                            " WHERE application_name = 'duban-writer'")
    process.finish()
    world.check_exactly_once(name, 300 * 40)


@test
def deposed_leader_writes_nothing(world):
    name = world.database()
    process = world.write(name, 500, 20)
    process.wait_for(5)
    before = world.number(name, "UPDATE duban.desk SET epoch = epoch + 1 RETURNING journal_sequence")
    out = process.finish(status=3)
    assert "fatal SQLSTATE DU001: another daemon leads" in out, out
    assert world.number(name, "SELECT count(*) FROM duban.journal") == before
    assert world.number(name, "SELECT count(*) FROM duban.ticket") == before


@test
def second_leader_waits_and_takes_over(world):
    name = world.database()
    process = world.write(name, 10000000, 5) # until it is killed: on a fast machine ten thousand are over too soon
    began = time.monotonic()
    while world.number(name, "SELECT count(*) FROM duban.journal") < 5:
        assert time.monotonic() < began + 20
    assert "another daemon leads" in world.run("load", world.daemon(name), status=1)
    process.kill()
    assert "loaded" in world.run("load", world.daemon(name))


@test
def refused_row_stops_the_writer(world):
    name = world.database()
    process = world.write(name, 5000, 5)
    while world.number(name, "SELECT count(*) FROM duban.journal") < 5:
        pass
    world.postgres.psql("INSERT INTO duban.journal SELECT desk_id, sequence + 500, at, NULL, 'forged', hash, '{}'"
                        " FROM duban.journal ORDER BY sequence DESC LIMIT 1", name)
    out = process.finish(status=3)
    assert "fatal SQLSTATE 23505" in out, out


@test
def cancelled_synchronous_commit_is_no_acknowledgement(world):
    postgres, name = world.postgres, world.database()
    cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    process = world.write(name, 500, 5)
    process.wait_for(5)
    postgres.psql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    postgres.psql("SELECT pg_reload_conf()")
    try:
        acknowledged, cancelled = 5, 0
        while process.acknowledged_within(1):
            acknowledged += 1
        for _ in range(60):
            cancelled += int(postgres.psql(cancel))
            time.sleep(0.03)
        assert cancelled >= 5 and not process.acknowledged_within(0.1), "acknowledged without its standby"
        there = world.number(name, "SELECT count(*) FROM duban.journal")
        assert there == 5 * acknowledged + 5, (there, acknowledged) # one more batch than was promised
    finally:
        postgres.psql("SET synchronous_commit = off; ALTER SYSTEM RESET synchronous_standby_names")
        postgres.psql("SELECT pg_reload_conf()")
    assert process.finish().count("committed") == 500 - acknowledged
    world.check_exactly_once(name, 2500)


@test
def unconfirmed_leadership_is_none(world):
    postgres, name = world.postgres, world.database()
    world.write(name, 1, 1).finish()
    postgres.psql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    postgres.psql("SELECT pg_reload_conf()")
    try:
        process = world.write(name, 1, 1)
        until = time.monotonic() + 20
        while process.is_running() and time.monotonic() < until:
            postgres.psql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        assert "no standby confirmed" in process.finish(status=1)
    finally:
        postgres.psql("SET synchronous_commit = off; ALTER SYSTEM RESET synchronous_standby_names")
        postgres.psql("SELECT pg_reload_conf()")


@test
def contacts_are_written_once_too(world):
    name = world.database()
    world.write(name, 10, 50).finish()
    world.run("reach", world.daemon(name), "20", "100", "500")
    assert world.number(name, "SELECT count(*) FROM duban.contact") == 2000
    assert world.number(name, "SELECT sum(contacts) FROM duban.ticket") == 2000
    assert world.number(name, "SELECT count(*) FROM duban.clock") == 1000
    assert world.run("verify", world.daemon(name)).startswith("good after 2500 rows")


@test
def tampering_shows(world):
    postgres, name = world.postgres, world.database()
    world.write(name, 4, 50).finish()
    verify = lambda: world.run("verify", world.daemon(name))
    assert verify().startswith("good after 200 rows")
    for change, verdict in (
            ("UPDATE duban.journal SET body = body || ' ' WHERE sequence = 100", "altered after 99 rows"),
            ("UPDATE duban.journal SET at = at + interval '1 ms' WHERE sequence = 1", "altered after 0 rows"),
            ("UPDATE duban.journal SET ticket = 1 WHERE sequence = 7", "altered after 6 rows"),
            ("UPDATE duban.journal SET type = 'ticket.reate' WHERE sequence = 8", "altered after 7 rows"),
            ("UPDATE duban.journal SET hash = sha256(hash) WHERE sequence = 200", "altered after 199 rows"),
            ("DELETE FROM duban.journal WHERE sequence = 50", "gap after 49 rows"),
            ("DELETE FROM duban.journal WHERE sequence > 190", "cut after 190 rows"),
            ("DELETE FROM duban.journal", "cut after 0 rows")):
        postgres.psql("CREATE TABLE public.kept AS SELECT * FROM duban.journal;" + change, name)
        assert verify().startswith(verdict), (change, verify())
        postgres.psql("TRUNCATE duban.journal; INSERT INTO duban.journal SELECT * FROM public.kept;"
                      "DROP TABLE public.kept", name)
    assert verify().startswith("good after 200 rows")


@test
def missed_escalations_sees_what_was_missed(world):
    postgres, name = world.postgres, world.database()
    world.run("roundtrip", world.daemon(name))
    missed = "SELECT missed, ticket, name FROM duban.missed_escalations ORDER BY 1, 2, 3"
    assert postgres.psql(missed, name).splitlines() == [
        "deadline not judged|2|solution", "deadline not judged|3|first_contact", "deadline not judged|4|first_contact",
        "notice not sent|2|2", "notice not sent|2|4"]
    postgres.psql("UPDATE duban.clock_open SET due_at = now() - interval '4 s' WHERE state = 'running';"
                  "UPDATE duban.notice SET state = 'accepted' WHERE notice = 2;"
                  "UPDATE duban.notice SET ready_at = now() - interval '9 min' WHERE notice = 4", name)
    assert postgres.psql(missed, name) == ""


@test
def open_rows_are_updated_in_place(world):
    """No index covers a column that changes, so that a contact costs no index entry (HOT)."""
    name = world.database()
    indexed = world.postgres.psql(
        "SELECT DISTINCT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)"
        " WHERE indrelid IN ('duban.ticket_open'::regclass, 'duban.clock_open'::regclass) ORDER BY 1", name)
    assert indexed.split() == ["clock", "desk_id", "open", "ticket"], indexed


@test
def private_cluster_starts_and_stops(world):
    script = os.path.join(TOP, "etc", "private-cluster")
    directory = tempfile.mkdtemp(prefix="duban-private-")
    os.chmod(directory, 0o755)
    run = lambda *words: subprocess.run([script, *words, directory], capture_output=True, text=True)
    try:
        assert run("status").returncode == 3
        for _ in range(2):
            done = run("start")
            assert done.returncode == 0 and "running" in done.stdout, done.stderr
        assert run("status").returncode == 0
        world.run("migrate", "host=%s dbname=duban user=postgres" % directory)
        for _ in range(2):
            assert run("stop").returncode == 0
        assert run("status").returncode == 3
    finally:
        run("stop")
        shutil.rmtree(directory)


def main():
    """Runs every test, or those whose name contains a further argument."""
    build, wanted = sys.argv[1], sys.argv[2:]
    passed = failed = 0
    with cluster.Cluster() as postgres:
        world = World(build, postgres)
        for each in TESTS:
            if wanted and not any(word in each.__name__ for word in wanted):
                continue
            try:
                each(world)
                passed += 1
                print("ok " + each.__name__, flush=True)
            except Exception: # a failing test must not hide the ones behind it
                failed += 1
                print("not ok " + each.__name__, flush=True)
                print("".join("# " + line for line in traceback.format_exc().splitlines(True)), flush=True)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
