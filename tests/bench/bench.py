"""What the benchmarks share: a private cluster, a daemon on it, the load generator, /proc, medians.

Servers are private, on Unix sockets only, and are ended by their process id. Programs that no test needs (load,
copy_out) are compiled into BUILD_DIR/tests/bench when a source is newer. A benchmark prints one JSON object on its
standard output, whatever the figures are: a slow machine fails nothing. Progress goes to standard error.
"""
import argparse
import datetime
import getpass
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "tests", "system"))

import cluster  # noqa: E402  (found only by the line above)

TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 5
DISTANT = "2099-01-01 00:00:00+00"


def arguments(description, positional=None, **more):
    """BUILD_DIR, an optional second word, --quick, --rounds and whatever `more` names with its default."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", metavar="BUILD_DIR")
    if positional:
        parser.add_argument(positional, nargs="?", metavar=positional.upper())
    parser.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    parser.add_argument("--rounds", type=int, default=None, help="figures are medians of so many (%d)" % ROUNDS)
    for name, default in more.items():
        parser.add_argument("--" + name, type=type(default), default=default)
    options = parser.parse_args()
    options.rounds = options.rounds or (1 if options.quick else ROUNDS)
    return options


def say(text):
    print(time.strftime("%H:%M:%S"), text, file=sys.stderr, flush=True)


def report(name, figures):
    """The one JSON object, with where and when it was measured."""
    head = {"benchmark": name, "at": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "cores": os.cpu_count(), "load_average": [round(value, 2) for value in os.getloadavg()]}
    print(json.dumps({**head, **figures}), flush=True)


def medians(rounds):
    """Of a list of dicts with the same numbers: their medians."""
    return {key: round(statistics.median(each[key] for each in rounds), 4) for key in rounds[0]}


def compile_program(build, name, *libraries):
    """The path of a C program of this directory, compiled when needed."""
    source, target = os.path.join(HERE, name + ".c"), os.path.join(build, "tests", "bench", name)
    if not os.path.exists(target) or os.path.getmtime(target) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", "-I/usr/include/postgresql", "-o", target,
                        source, *libraries], check=True)
    return target


def program(build, *names):
    """One of several places below BUILD_DIR, whichever is there."""
    for name in names:
        if os.path.exists(os.path.join(build, name)):
            return os.path.abspath(os.path.join(build, name))
    raise FileNotFoundError("none of %s under %s" % (", ".join(names), build))


def cpu_seconds(pid):
    """User and system time of a process and of its children that were waited for."""
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as file:
        words = file.read().rsplit(")", 1)[1].split()
    return sum(int(words[i]) for i in range(11, 15)) / TICK


def memory_kib(pid, name="VmRSS"):
    with open("/proc/%d/status" % pid, encoding="ascii", errors="replace") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def fdatasync_us(directory, count=400):
    """The floor of every commit: 8 KiB written into a preallocated file and flushed, as PostgreSQL does with WAL."""
    path, block, spans = os.path.join(directory, "probe"), b"x" * 8192, []
    with open(path, "wb", buffering=0) as file:
        file.write(b"\0" * (8192 * count))
        os.fsync(file.fileno())
        file.seek(0)
        for _ in range(count):
            began = time.perf_counter()
            file.write(block)
            os.fdatasync(file.fileno())
            spans.append((time.perf_counter() - began) * 1e6)
    os.unlink(path)
    spans.sort()
    return {"p50_us": round(spans[count // 2], 1), "p99_us": round(spans[count * 99 // 100], 1)}


class Postgres(cluster.Cluster):
    """A private cluster with default durability that can tell what it spent."""

    def cpu(self):
        """Of all server processes, those that ended included (their parent, the postmaster, waited for them)."""
        total = 0.0
        for pid in self.pids():
            try:
                total += cpu_seconds(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        return total

    def wal(self):
        """Bytes of WAL and how often it was flushed to disk, since the start."""
        row = self.psql("SELECT pg_current_wal_insert_lsn() - '0/0', wal_sync FROM pg_stat_wal").split("|")
        return int(row[0]), int(row[1])


class Daemon:
    """duband on a database of its own, with the regime that is shipped and a Maildir."""

    def __init__(self, build, postgres, database="duban"):
        self.program = program(build, "daemon/duband", "duband")
        self.sender = program(build, "daemon/sender/duban-sender", "duban-sender")
        self.postgres, self.database, self.process = postgres, database, None
        self.directory = tempfile.mkdtemp(prefix="duban-bench-")
        self.socket_path = os.path.join(self.directory, "duban.sock")
        self.config = os.path.join(self.directory, "duban.ini")
        subprocess.run([self.program, "--migrate", "--conninfo", postgres.create_database(database)], check=True,
                       stdout=subprocess.DEVNULL)
        with open(self.config, "w", encoding="utf-8") as file:
            file.write("\n".join([
                "[desk main]", "[daemon]", "group =", "socket = " + self.socket_path,
                "state_directory = " + self.directory,
                "regime = %s/etc/regimes/nq510201.ini" % TOP, "people = %s/etc/people.ini" % TOP,
                "calendars = %s/etc/calendars" % TOP, "templates = %s/etc/templates" % TOP, "log_level = warning",
                "[database]", "conninfo = " + postgres.conninfo(database, "duban_daemon"), "[sender]",
                "program = " + self.sender, "maildir = %s/maildir" % self.directory, "[role admin]",
                "users = " + getpass.getuser(), ""]))

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def psql(self, sql):
        return self.postgres.psql(sql, self.database)

    def start(self, timeout=300):
        """Starts it; seconds from exec until the first request was answered."""
        with open(os.path.join(self.directory, "log"), "ab") as log:
            began = time.perf_counter()
            self.process = subprocess.Popen([self.program, "--config", self.config], stdout=log, stderr=log)
        while time.perf_counter() < began + timeout:
            try:
                self.call("system.ping")
                return time.perf_counter() - began
            except (FileNotFoundError, ConnectionRefusedError):
                if self.process.poll() is not None:
                    with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as file:
                        raise RuntimeError("duband did not start:\n" + file.read()[-2000:]) from None
                time.sleep(0.002)
        raise RuntimeError("duband did not answer")

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)
        self.process = None

    def call(self, method, **params):
        """One request over a connection of its own."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(self.socket_path)
            client.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
            with client.makefile("rb") as file:
                answer = json.loads(file.readline())
        if "error" in answer:
            raise RuntimeError("%s: %s" % (method, answer["error"]))
        return answer["result"]

    def digest(self):
        return self.call("system.info", digest=True)["desks"][0]["digest"]

    def cpu(self):
        return cpu_seconds(self.process.pid)


def load(build, daemon, *words):
    """Runs the load generator; its figures."""
    done = subprocess.run([compile_program(build, "load"), "--socket", daemon.socket_path, *map(str, words)],
                          stdout=subprocess.PIPE, text=True, check=False)
    if not done.stdout:
        raise RuntimeError("the load generator failed")
    return json.loads(done.stdout)


def fill(daemon, tickets, urgency="very_urgent", due_in="30 days", clocks=("contact_silence", "plan")):
    """Open tickets by SQL with two running clocks each, as the daemon would have left them. It must be down."""
    daemon.psql("""
        INSERT INTO duban.desk (name) VALUES ('main') ON CONFLICT (name) DO NOTHING;
        CREATE TEMPORARY TABLE filled AS
            SELECT desk_id, number, now() - interval '1 minute' AS at,
                   'NR510201A-' || lpad(number::text, greatest(6, length(number::text)), '0') AS label
            FROM duban.desk, generate_series(1, %(tickets)d) AS number WHERE name = 'main';
        INSERT INTO duban.intake (desk_id, ticket, number, contact_name, phone, subject)
            SELECT desk_id, number, label, 'Li Lei', '+86 10 5550 0101',
                   'The report of stock movements is empty since this morning' FROM filled;
        INSERT INTO duban.ticket (desk_id, revision, ticket, received_at, created_at, contacted_at, contacts, open,
                number, class_name, types, urgency, channel, stage, customer, staffed, department,
                handler, recorder, facts)
            SELECT desk_id, 2, number, at, at, at, 1, true, label, 'request', 'training', '%(urgency)s', 'phone',
                   'received', 'Customer ' || lpad((number %% 1000)::text, 4, '0'),
                   '24h', 'training', '', '', '' FROM filled;
        INSERT INTO duban.clock (desk_id, cycle, ticket, anchor_at, due_at, reminders, rungs, credited, ladder,
                ladder_running, was_late, withdrawn, acknowledged, open, clock, state)
            SELECT desk_id, 1, number, at, at + interval '%(due_in)s', '0%%', 0, 0, 0, false, false, false, false, true,
                   clock, 'running'
            FROM filled, (VALUES ('%(first)s'), ('%(second)s')) AS clocks (clock) ORDER BY number, clock;
        INSERT INTO duban.sequence (desk_id, name, last)
            SELECT desk_id, names.name, %(tickets)d
            FROM duban.desk, (VALUES ('ticket'), ('number.default')) AS names (name) WHERE desk.name = 'main';
        """ % {"tickets": tickets, "urgency": urgency, "due_in": due_in, "first": clocks[0], "second": clocks[1]})
    daemon.psql("VACUUM ANALYZE")
    daemon.postgres.psql("CHECKPOINT")
