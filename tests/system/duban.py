"""A duband of one's own for system tests: its configuration, its life, its socket, its database and its log.

    with cluster.Cluster() as postgres, Duban(directory, postgres, build="build") as duban:
        client = duban.client()
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        duban.kill()
        duban.start()

Everything lies in `directory` and in one database of the cluster; sockets are Unix sockets; processes are signalled
by their id and only those that a Duban started. At the end of the file: the runner that the tests share, a reader
of the Maildir, and a verifier of the journal that shares no code with the daemon. Standard library only.
"""
import contextlib
import datetime
import email
import email.policy
import hashlib
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
REGIME = ROOT / "etc" / "regimes" / "nq510201.ini"
PEOPLE = ROOT / "etc" / "people.ini"
IN_FLIGHT = 64  # what the daemon reads ahead on one connection
TABLES = ("ticket", "intake", "clock", "contact", "progress", "plan", "notice", "journal", "request_key")


# --- small things ---

def wait_until(condition, timeout_s=15, what="it", interval_s=0.02):
    """What `condition()` gives, as soon as that is true; an AssertionError when it is not within the time."""
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {timeout_s} s for {what}"
        time.sleep(interval_s)


def shorten(value, most=700):
    """Its repr, cut where nobody reads on."""
    text = repr(value)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def same(got, wanted, about=""):
    """Fails unless the two are equal."""
    assert got == wanted, f"{about}: got {shorten(got)} instead of {shorten(wanted)}"


def instant(seconds_from_now=0.0):
    """RFC 3339 with milliseconds, so many seconds from now (negative: ago)."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return at.isoformat(timespec="milliseconds")


def seconds_of(text):
    """An instant of the protocol as seconds since 1970."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def a_ticket(**changes):
    """The params of a small ticket.create."""
    params = {"class": "request", "type": "technical_service", "urgency": "general", "channel": "phone",
              "customer": {"name": "海港医院"}, "contact": {"name": "李雷", "phone": "13812345678"},
              "subject": "挂号系统无法打印"}
    params.update(changes)
    return {name: value for name, value in params.items() if value is not None}


def clock_of(answer, name):
    """The clock of that name in an answer with `clocks`, or None."""
    return next((clock for clock in answer["clocks"] if clock["clock"] == name), None)


def quick_regime(seconds, **replacements):
    """The shipped regime with limits of `seconds` for every urgency; further texts replaced as given."""
    text = REGIME.read_text(encoding="utf-8")
    text = text.replace("general 24h, urgent 8h, very_urgent 4h",
                        f"general {seconds}s, urgent {seconds}s, very_urgent {seconds}s")
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def program(build, *places):
    """The program's path below the build directory."""
    for place in places:
        if (pathlib.Path(build) / place).exists():
            return str((pathlib.Path(build) / place).resolve())
    raise FileNotFoundError(f"none of {places} in {build}")


# --- the client ---

class RpcError(Exception):
    """A refusal: `code`, `name`, `field`, `detail`, `retryable`."""

    def __init__(self, error):
        data = error.get("data", {})
        self.code, self.name, self.field = error["code"], data.get("name"), data.get("field")
        self.detail, self.retryable = data.get("detail"), data.get("retryable")
        super().__init__(f"{self.code} {self.name} field={self.field} detail={self.detail}")


class Disconnected(Exception):
    """The daemon closed the connection, or is not there."""


class Client:
    """One connection. Answers come in the order of the requests; events are kept in `events`."""

    def __init__(self, path, timeout_s=30):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout_s)
        try:
            self.socket.connect(str(path))
        except (ConnectionError, FileNotFoundError) as error:
            self.socket.close()
            raise Disconnected(str(error)) from None
        self.waiting = b""
        self.events = []
        self.last_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def write(self, data):
        """Raw bytes."""
        try:
            self.socket.sendall(data)
        except ConnectionError as error:
            raise Disconnected(str(error)) from None

    def line(self):
        """The next line as bytes, without its end."""
        while b"\n" not in self.waiting:
            try:
                got = self.socket.recv(1 << 20)
            except ConnectionError as error:
                raise Disconnected(str(error)) from None
            if not got:
                raise Disconnected("closed by the daemon")
            self.waiting += got
        line, self.waiting = self.waiting.split(b"\n", 1)
        return line

    def receive(self):
        """The next answer (an object, or an array for a batch); events before it go to `events`."""
        while True:
            message = json.loads(self.line())
            if isinstance(message, list) or message.get("method") not in ("event", "event.lost"):
                return message
            self.events.append(message)

    def receive_event(self, timeout_s=15):
        """The params of the next event."""
        if not self.events:
            before = self.socket.gettimeout()
            self.socket.settimeout(timeout_s)
            try:
                message = json.loads(self.line())
            finally:
                self.socket.settimeout(before)
            assert message.get("method") in ("event", "event.lost"), message
            self.events.append(message)
        return self.events.pop(0)["params"]

    def request(self, method, params):
        self.last_id += 1
        return {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}

    def send(self, method, **params):
        """Asks and does not wait."""
        self.write(json.dumps(self.request(method, params), ensure_ascii=False).encode() + b"\n")

    def hear(self):
        """The next answer's result; RpcError when it is a refusal."""
        answer = self.receive()
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def call(self, method, **params):
        """Asks and waits for the result."""
        self.send(method, **params)
        return self.hear()

    def refusal(self, method, **params):
        """The RpcError that this call must end with."""
        try:
            answer = self.call(method, **params)
        except RpcError as error:
            return error
        raise AssertionError(f"{method} {params} was not refused: {answer}")

    def batch(self, calls):
        """The answers to (method, params) pairs sent as one JSON array, in their order."""
        requests = [self.request(method, params) for method, params in calls]
        self.write(json.dumps(requests, ensure_ascii=False).encode() + b"\n")
        answers = {answer["id"]: answer for answer in self.receive()}
        return [answers[request["id"]] for request in requests]

    def pipeline(self, calls):
        """Results of (method, params) pairs, many on their way at a time. The first refusal is raised."""
        results, sent = [], 0
        calls = list(calls)
        while len(results) < len(calls):
            room = min(len(calls), len(results) + IN_FLIGHT)
            if room - sent >= IN_FLIGHT // 2 or room == len(calls):
                for method, params in calls[sent:room]:
                    self.send(method, **params)
                sent = max(sent, room)
            results.append(self.hear())
        return results

    def digest(self):
        """The fingerprint of everything open."""
        return self.call("system.info", digest=True)["desks"][0]["digest"]


# --- the daemon ---

class Duban:
    """One duband with its directory and its database."""

    def __init__(self, directory, postgres, build, database="duban", transport="maildir", people=None, regime=None,
                 roles=None, settings=None, desks=None):
        """`transport` is "maildir" or the port of an SMTP server on loopback. `people` and `regime` are texts (the
        shipped files when None). `roles` is {role: (users, groups)}; default: whoever runs the tests is admin.
        `settings` is {"section.key": value}; `desks` is {name: {key: value}}, the desk main when None."""
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o755)
        self.postgres, self.database, self.transport = postgres, database, transport
        self.program = program(build, "daemon/duband", "duband")
        self.sender = program(build, "daemon/sender/duban-sender", "duban-sender")
        self.dubanctl = program(build, "client/dubanctl", "dubanctl")
        self.socket, self.log_file = self.directory / "duban.sock", self.directory / "log"
        self.maildir, self.config = self.directory / "maildir", self.directory / "duban.ini"
        self.regime_file, self.people_file = self.directory / "nq510201.ini", self.directory / "people.ini"
        self.roles = roles or {"admin": (pwd.getpwuid(os.geteuid()).pw_name, "")}
        self.settings, self.desks = dict(settings or {}), dict(desks or {"main": {}})
        self.process = None
        self.write_regime(regime or REGIME.read_text(encoding="utf-8"))
        self.write_people(people or PEOPLE.read_text(encoding="utf-8"))
        self.write_config()
        self.create_database()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.end()

    # configuration

    def write_regime(self, text):
        self.regime_file.write_text(text, encoding="utf-8")

    def write_people(self, text):
        self.people_file.write_text(text, encoding="utf-8")

    def _sections(self):
        sections = {f"desk {name}": keys for name, keys in self.desks.items()}
        sections |= {
            "daemon": {"socket": self.socket, "group": "", "state_directory": self.directory,
                       "regime": self.regime_file, "people": self.people_file, "calendars": ROOT / "etc/calendars",
                       "templates": ROOT / "etc/templates"},
            "database": {"conninfo": self.postgres.conninfo(self.database, "duban_daemon"), "leader_wait": "10s"},
            "sender": {"program": self.sender, "transport": "maildir", "maildir": self.maildir,
                       "from_name": "督办", "from_address": "duban@example.com", "domain": "duban.example.com"},
        }
        if self.transport != "maildir":
            sections["sender"]["transport"] = "smtp"
            sections["smtp"] = {"host": "127.0.0.1", "port": self.transport, "tls": "no"}
        for role, (users, groups) in self.roles.items():
            sections["role " + role] = {"users": users, "groups": groups}
        for name, value in self.settings.items():
            section, key = name.rsplit(".", 1)
            sections.setdefault(section, {})[key] = value
        return sections

    def write_config(self):
        """duban.ini from what is set here; the role sections in the order of `roles`."""
        text = ""
        for section, keys in self._sections().items():
            text += f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
        self.config.write_text(text, encoding="utf-8")

    # the database

    def create_database(self):
        """Creates and migrates it, unless it is there."""
        known = self.postgres.psql(f"SELECT 1 FROM pg_database WHERE datname = '{self.database}'")
        if not known:
            self.postgres.create_database(self.database)
            self.migrate()

    def migrate(self):
        done = self.run("--migrate", "--conninfo", self.postgres.conninfo(self.database))
        assert done.returncode == 0, done.stderr

    def sql(self, text):
        """The rows as a list of lists of texts (columns may not contain U+001F or line feeds)."""
        done = self.postgres.psql("\\pset fieldsep '\\x1f'\n" + text, self.database)
        return [line.split("\x1f") for line in done.split("\n")] if done else []

    def rows(self, query):
        """The rows of a query as dicts, whatever their texts contain."""
        lines = self.postgres.psql(f"SELECT row_to_json(one) FROM ({query}) AS one", self.database)
        return [json.loads(line) for line in lines.split("\n")] if lines else []

    def snapshot(self, *queries):
        """The rows of several queries, one after the other, as they were at one moment."""
        parts = "".join(f"SELECT row_to_json(one) FROM ({query}) AS one;\n" for query in queries)
        lines = self.postgres.psql(f"BEGIN ISOLATION LEVEL REPEATABLE READ;\n{parts}COMMIT;", self.database)
        return [json.loads(line) for line in lines.split("\n")]

    def value(self, query):
        """The single value of a query, as text."""
        return self.postgres.psql(query, self.database)

    def number(self, query):
        return int(self.value(query))

    def counts(self):
        """How many rows each table has: equal before and after means that nothing was written."""
        parts = ", ".join(f"(SELECT count(*) FROM duban.{table}) AS {table}" for table in TABLES)
        return self.rows("SELECT " + parts)[0]

    def missed(self):
        """What the auditor's view complains of; must stay empty while a daemon leads."""
        return self.rows("SELECT missed, ticket, name, since, late::text FROM duban.missed_escalations")

    # the process

    def run(self, *words, timeout_s=60):
        """Runs duband to its end: an object with returncode, stdout, stderr."""
        return subprocess.run([self.program, *map(str, words)], capture_output=True, text=True, timeout=timeout_s)

    def check(self):
        return self.run("--check", "--config", self.config)

    def spawn(self):
        """Starts the process and does not wait. One that still runs would be lost, and go on for ever."""
        assert not self.process or self.process.poll() is not None, "duband runs already"
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([self.program, "--config", str(self.config)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)
        return self

    def start(self, timeout_s=30):
        """Starts it and waits until its socket answers a ping."""
        self.spawn()
        self.wait_ready(timeout_s)
        return self

    def wait_ready(self, timeout_s=30):
        deadline = time.monotonic() + timeout_s
        while not self.is_answering():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("duband did not start:\n" + self.log()[-3000:])
            time.sleep(0.005)

    def is_answering(self):
        try:
            with Client(self.socket, timeout_s=5) as client:
                return "now" in client.call("system.ping")
        except (Disconnected, OSError):
            return False

    def client(self, timeout_s=30):
        return Client(self.socket, timeout_s)

    def stop(self, timeout_s=30):
        """SIGTERM, which lets it finish what was begun; the exit status."""
        if not self.process:
            return None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout_s)
        self.process = None
        return status

    def kill(self):
        """SIGKILL: as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self):
        self.stop()
        return self.start()

    def end(self):
        """However it stands: the process ends. A sanitizer's report in the log is a failure."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        reports = [line for line in self.log().split("\n") if "runtime error" in line or "Sanitizer" in line]
        assert not reports, "\n".join(reports[:20])

    def ctl(self, *words, timeout_s=600, **more):
        """Runs dubanctl against this daemon."""
        return subprocess.run([self.dubanctl, *map(str, words)], capture_output=True, text=True, timeout=timeout_s,
                              env={**os.environ, "DUBAN_SOCKET": str(self.socket), "TZ": "Asia/Shanghai"}, **more)

    # what it left

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""

    def log_lines(self, event):
        """The lines of the log about this event."""
        return [line for line in self.log().split("\n") if re.search(rf"\bevent={re.escape(event)}\b", line)]

    def mails(self):
        """The messages of the Maildir, parsed, in the order of their notices."""
        files = [path for folder in ("new", "cur") for path in (self.maildir / folder).glob("*")]
        return sorted(map(read_mail, files), key=lambda mail: int(mail["X-Duban-Notice"]))

    def notices(self, where="true"):
        """The outbox as dicts, oldest first."""
        return self.rows(f"SELECT * FROM duban.notice WHERE {where} ORDER BY notice")

    def wait_drained(self, timeout_s=60):
        """Until no notice waits to be sent."""
        wait_until(lambda: self.value("SELECT count(*) FROM duban.notice WHERE state IN"
                                      " ('queued', 'attempting', 'deferred')") == "0",
                   timeout_s, "the outbox to drain", 0.1)


def read_mail(path):
    """A message with its bytes as `raw` and its file as `path`."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    message.raw, message.path = path.read_bytes(), path
    return message


def text_of(mail, kind="plain"):
    """The text of a mail's part, with LF at line ends."""
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


# --- what must hold of every database ---

def verify_journal(duban):
    """Walks the hash chain from the first row to the head named in the desk's row; returns how many rows there are.

    Promise 8. The bytes are those that daemon/journal.h documents; no code of the daemon takes part.
    """
    query = ("SELECT sequence, (extract(epoch FROM at) * 1000)::bigint AS at, coalesce(ticket, 0) AS ticket, type, body,"
             " encode(hash, 'hex') AS hash FROM duban.journal ORDER BY sequence")
    desk = "SELECT desk_id, journal_sequence, encode(journal_head, 'hex') AS head FROM duban.desk"
    desk, *rows = duban.snapshot(desk, query)  # together: a dead daemon's last COMMIT may just be arriving
    head, sequence = bytes(32), 0
    for row in rows:
        sequence += 1
        assert row["sequence"] == sequence, f"journal: row {sequence} is missing, {row['sequence']} follows"
        kind, body = row["type"].encode(), row["body"].encode()
        canonical = head + struct.pack(">IQqQ", desk["desk_id"], sequence, row["at"], row["ticket"])
        canonical += struct.pack(">I", len(kind)) + kind + struct.pack(">I", len(body)) + body
        head = hashlib.sha256(canonical).digest()
        assert head.hex() == row["hash"], f"journal: row {sequence} was altered"
    same((sequence, head.hex()), (desk["journal_sequence"], desk["head"]), "the journal's head")
    return sequence


def verify_numbers(duban):
    """INT-34: numbers are unique and gap-free, as are ticket ids; the sequence names the last."""
    numbers = [int(row[0]) for row in duban.sql("SELECT right(number, 6)::int FROM duban.intake ORDER BY 1")]
    same(numbers, list(range(1, len(numbers) + 1)), "numbers")
    ids = [int(row[0]) for row in duban.sql("SELECT ticket FROM duban.intake ORDER BY 1")]
    same(ids, list(range(1, len(ids) + 1)), "ticket ids")
    same(duban.number("SELECT count(*) FROM duban.ticket"), len(ids), "tickets")
    return len(ids)


def verify_notices(duban):
    """Promise 3: no fire key twice, one Message-ID each, at most one file in the Maildir, and none unasked."""
    twice = duban.rows("SELECT ticket, clock, cycle, rung, recipient, channel, count(*) FROM duban.notice"
                       " GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1")
    same(twice, [], "fire keys used twice")
    by_name = lambda: {str(notice["notice"]): notice for notice in duban.notices()}  # noqa: E731
    earlier, mails, notices = by_name(), duban.mails(), by_name()  # the daemon may go on meanwhile
    same(len({notice["message_id"] for notice in notices.values()}), len(notices), "Message-IDs")
    seen = {}
    for mail in mails:
        name = mail["X-Duban-Notice"]
        assert name not in seen, f"notice {name} has two files"
        seen[name] = mail
        assert name in notices, f"notice {name} was sent and is not in the database"
        same(mail["Message-ID"], notices[name]["message_id"], f"Message-ID of notice {name}")
        same(mail["To"].addresses[0].addr_spec, notices[name]["address"], f"recipient of notice {name}")
    for name, notice in earlier.items():
        if notice["state"] == "accepted" and duban.transport == "maildir":
            assert name in seen, f"notice {name} is accepted and has no file"
        if notice["state"] == "suppressed":
            assert name not in seen, f"notice {name} is suppressed and was sent"
    return len(notices)


# --- the runner ---

class Skip(Exception):
    """Raised by a test that can't run here; the reason is printed."""


def need_data(name):
    """A file of the test data, or the test is skipped."""
    path = DATA / name
    if not path.exists():
        raise Skip(f"{name} is not in the data directory beside the project")
    return path


@contextlib.contextmanager
def scratch():
    """A private directory that others may enter, because senders and clients may be others."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="duban-system-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


class World:
    """What tests share: the build directory, a cluster, and a fresh Duban whenever one asks."""

    def __init__(self, build, postgres, directory):
        self.build, self.postgres, self.directory = build, postgres, directory
        self.count = 0

    def own_cluster(self):
        """A cluster for a test that stops it; start it with `with`, and give it to duban() within."""
        import cluster

        return cluster.Cluster()

    def duban(self, postgres=None, **options):
        """A Duban with a directory and a database of its own; not started."""
        self.count += 1
        return Duban(self.directory / f"d{self.count}", postgres or self.postgres, self.build,
                     database=f"duban{self.count}", **options)


def run_test(function, world):
    """Runs one; "passed", "failed" or "skipped"."""
    began = time.monotonic()
    try:
        function(world)
    except Skip as reason:
        print(f"skip {function.__name__}: {reason}", flush=True)
        return "skipped"
    except Exception as error:  # one that breaks must not hide those behind it
        print("# " + traceback.format_exc().strip().replace("\n", "\n# "), flush=True)
        words = (str(error) or type(error).__name__).split("\n")[0]
        print(f"not ok {function.__name__}: {words[:300]}", flush=True)
        return "failed"
    print(f"ok {function.__name__}", flush=True)
    print(f"# {time.monotonic() - began:.1f} s", flush=True)
    return "passed"


def run_tests(tests, build, wanted=(), settings=None):
    """Runs the tests, or those whose name contains one of `wanted`; prints the sum; the exit status."""
    import cluster  # only here: it looks for PostgreSQL

    chosen = [test for test in tests if not wanted or any(word in test.__name__ for word in wanted)]
    with scratch() as directory, cluster.Cluster(settings) as postgres:
        world = World(build, postgres, directory)
        outcomes = [run_test(test, world) for test in chosen]
    count = outcomes.count
    skipped = f", {count('skipped')} skipped" if "skipped" in outcomes else ""
    print(f"{count('passed')} passed, {count('failed')} failed{skipped}")
    return 1 if "failed" in outcomes or not outcomes else 0


def main(tests):
    """For `python3 test_X.py BUILD_DIR [NAME...]`."""
    sys.exit(run_tests(tests, sys.argv[1], sys.argv[2:]))
