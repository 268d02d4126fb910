#!/usr/bin/env python3
"""duband as a process: starting, stopping, reloading, losing its database, its senders and its life.

Usage: test_duband.py BUILD_DIR [NAME...]     runs the tests, or those whose names contain one of NAME
Each test has a private PostgreSQL cluster. Prints `ok NAME` or `not ok NAME`, ends with `N passed, N failed`.
Only processes that were started here are signalled, by their id.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cluster  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = None
TICKET = {"class": "request", "type": "training", "urgency": "general", "channel": "phone",
          "customer": {"name": "ACME"}, "contact": {"name": "Li", "phone": "1"}, "subject": "printer"}
SETTINGS = """[daemon]
socket = {run}/duban.sock
group =
state_directory = {run}
regime = {run}/regime.ini
people = {etc}/people.ini
calendars = {etc}/calendars
templates = {etc}/templates
[database]
conninfo = host={postgres} dbname=duban user=duban_daemon
leader_wait = {leader_wait}
[sender]
program = {build}/daemon/sender/duban-sender
maildir = {run}/maildir
[role admin]
users = {user}
"""


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self.file = self.socket.makefile("rw", encoding="utf-8")
        self.last = 0

    def ask(self, method, **params):
        self.last += 1
        self.file.write(json.dumps({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}) + "\n")
        self.file.flush()

    def hear(self):
        return json.loads(self.file.readline())

    def call(self, method, **params):
        """The result, or the error as (name, detail)."""
        self.ask(method, **params)
        answer = self.hear()
        if "error" in answer:
            return answer["error"]["data"]["name"], answer["error"]["data"].get("detail")
        return answer["result"]


class World:
    """A cluster with a schema, a configuration, and daemons on them."""

    def __init__(self, leader_wait="0s"):
        self.run = tempfile.mkdtemp(prefix="duban-test-")
        self.postgres = cluster.Cluster()
        self.postgres.start()
        self.postgres.create_database("duban")
        shutil.copy(ROOT / "etc/regimes/nq510201.ini", self.run + "/regime.ini")
        self.settings = self.write_settings("duban.ini", leader_wait)
        self.daemons = []
        subprocess.run([self.program(), "--migrate", "--conninfo", self.postgres.conninfo("duban")], check=True,
                       stdout=subprocess.DEVNULL)

    def write_settings(self, name, leader_wait):
        path = os.path.join(self.run, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(run=self.run, etc=ROOT / "etc", postgres=self.postgres.directory, build=BUILD,
                                       user=os.geteuid(), leader_wait=leader_wait))
        return path

    @staticmethod
    def program():
        return str(BUILD / "daemon/duband")

    def start(self, *arguments, **environment):
        """A daemon, and a client of it once it serves."""
        with open(self.run + "/log", "a", encoding="utf-8") as log:
            daemon = subprocess.Popen([self.program(), "--config", self.settings, *arguments], stderr=log,
                                      env={**os.environ, **environment})
        self.daemons.append(daemon)
        until = time.monotonic() + 20
        while daemon.poll() is None and time.monotonic() < until:
            try:
                return daemon, Client(self.run + "/duban.sock")
            except OSError:
                time.sleep(0.02)
        raise AssertionError("duband does not serve: " + self.log())

    def log(self):
        return pathlib.Path(self.run, "log").read_text(encoding="utf-8")

    def stop(self, daemon, how=signal.SIGTERM):
        daemon.send_signal(how)
        return daemon.wait(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for daemon in self.daemons:
            if daemon.poll() is None:
                self.stop(daemon, signal.SIGKILL)
        self.postgres.destroy()
        shutil.rmtree(self.run)


def until_true(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def digest(client):
    return client.call("system.info", digest=True)["desks"][0]["digest"]


def test_serves_and_stops():
    with World() as world:
        daemon, client = world.start()
        hello = client.call("system.hello", client="test")
        assert hello["desks"] == ["main"] and hello["peer"]["role"] == "admin", hello
        created = client.call("ticket.create", **TICKET)
        assert created["number"] == "NR510201A-000001" and created["created"], created
        assert client.call("ticket.get", ticket=created["ticket"])["subject"] == "printer"
        assert {"desk", "loop", "writer", "reader", "server", "sender", "load"} <= set(client.call("system.stats"))
        assert client.call("rpc.discover")["openrpc"]
        assert client.call("clock.advance")[0] in ("method_not_found", "permission_denied")
        assert world.stop(daemon) == 0
        assert "event=stopped outcome=drained" in world.log()


def test_same_key_same_answer():
    with World() as world:
        daemon, client = world.start()
        first = client.call("ticket.create", idempotency_key="k", **TICKET)
        again = client.call("ticket.create", idempotency_key="k", **TICKET)
        assert again == {**first, "created": False}, again
        world.stop(daemon, signal.SIGKILL)
        _, client = world.start()
        assert client.call("ticket.create", idempotency_key="k", **TICKET) == {**first, "created": False}
        assert len(client.call("ticket.list")["tickets"]) == 1


def test_kill_and_come_back():
    with World() as world:
        daemon, client = world.start()
        for _ in range(20):
            client.call("ticket.create", **TICKET)
        before = digest(client)
        world.stop(daemon, signal.SIGKILL)
        daemon, client = world.start()
        assert digest(client) == before
        assert client.call("ticket.create", **TICKET)["number"] == "NR510201A-000021"


def test_closed_tickets_come_back():
    with World() as world:
        _, client = world.start()
        ticket = client.call("ticket.create", **TICKET)["ticket"]
        for kind in ("result", "satisfaction"):
            client.call("contact.record", ticket=ticket, channel="phone", direction="out", reached=True, kind=kind)
            client.call("ticket.plan", ticket=ticket, expected_at="2099-01-01T00:00:00+08:00", measures="m")
            client.call("ticket.solve", ticket=ticket, result="done")
        assert client.call("ticket.close", ticket=ticket)["stage"] == "closed"
        assert client.call("ticket.get", ticket=ticket)["state"] == "closed"
        assert client.call("clock.explain", ticket="NR510201A-000001")["clocks"]
        other = Client(world.run + "/duban.sock")
        for one in (client, other):  # both find it gone from memory, one of them opens it again
            one.ask("ticket.reopen", ticket=ticket, reason="not yet")
        answers = [client.hear(), other.hear()]
        assert sorted("result" in answer for answer in answers) == [False, True], answers
        assert client.call("ticket.get", ticket=ticket)["state"] == "open"
        assert client.call("clock.list", ticket="4242")[0] == "not_found"


def test_reload():
    with World() as world:
        daemon, client = world.start()
        regime = pathlib.Path(world.run, "regime.ini")
        good = regime.read_text(encoding="utf-8")
        before = client.call("system.info")["desks"][0]["regime_digest"]
        regime.write_text(good + "\n[clock nonsense]\nstart = never\n", encoding="utf-8")
        name, detail = client.call("system.reload")
        assert name == "invalid_state" and "regime.ini:" in detail, (name, detail)
        daemon.send_signal(signal.SIGHUP)
        until_true(lambda: world.log().count("event=reload_refused") == 2)
        assert client.call("system.info")["desks"][0]["regime_digest"] == before
        regime.write_text(good + "\n; a word more\n", encoding="utf-8")
        assert client.call("system.reload")["digest"] != before
        assert client.call("ticket.create", **TICKET)["created"]


def test_bad_configuration():
    with World() as world:
        regime = pathlib.Path(world.run, "regime.ini")
        regime.write_text("[regime]\nname =\n", encoding="utf-8")
        done = subprocess.run([world.program(), "--config", world.settings], capture_output=True, text=True, timeout=20,
                              check=False)
        assert done.returncode == 78 and "regime.ini:" in done.stderr, done
        done = subprocess.run([world.program(), "--config", world.settings, "--check"], capture_output=True, text=True,
                              timeout=20, check=False)
        assert done.returncode == 78 and "regime.ini:" in done.stderr, done
        with open(world.settings, "a", encoding="utf-8") as file:
            file.write("gruop = x\n")
        done = subprocess.run([world.program(), "--config", world.settings], capture_output=True, text=True, timeout=20,
                              check=False)
        assert done.returncode == 78 and "do you mean `groups`?" in done.stderr, done
        done = subprocess.run([world.program(), "--nonsense"], capture_output=True, timeout=20, check=False)
        assert done.returncode == 64, done


def test_one_leader():
    with World() as world:
        _, client = world.start()
        second = subprocess.run([world.program(), "--config", world.settings, "--socket", world.run + "/second"],
                                capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 75 and "event=not_leading" in second.stderr, second
        assert client.call("ticket.create", **TICKET)["created"]


def test_database_pauses():
    with World() as world:
        _, client = world.start()
        client.call("ticket.create", **TICKET)
        world.postgres.pause()
        began = time.monotonic()
        try:
            name, detail = client.call("ticket.create", idempotency_key="p", **TICKET)
            took = time.monotonic() - began
            pinged = client.call("system.ping")
        finally:
            world.postgres.resume()
        assert name == "timeout" and "idempotency_key" in detail, (name, detail)
        assert 4.9 < took < 5.6, took
        assert "now" in pinged
        until_true(lambda: isinstance(client.call("ticket.create", idempotency_key="p", **TICKET), dict))
        assert len(client.call("ticket.list")["tickets"]) == 2


def test_database_goes_away():
    with World() as world:
        _, client = world.start()
        ticket = client.call("ticket.create", **TICKET)["ticket"]
        world.postgres.stop()
        time.sleep(2.5)
        began = time.monotonic()
        name, detail = client.call("ticket.create", **TICKET)
        assert name == "storage_unavailable" and "nothing was done" in detail, (name, detail)
        assert time.monotonic() - began < 0.5
        assert client.call("ticket.get", ticket=ticket, view="hot")["state"] == "open"
        world.postgres.start()
        until_true(lambda: isinstance(client.call("ticket.create", **TICKET), dict), 30)
        assert "event=database_back" in world.log()


def test_notices_leave():
    with World() as world:
        _, client = world.start()
        client.call("ticket.create", **{**TICKET, "urgency": "very_urgent"})
        accepted = lambda: client.call("system.stats")["sender"]["accepted"]  # noqa: E731
        until_true(lambda: accepted() > 0 and accepted() == client.call("system.stats")["sender"]["jobs"])
        mails = os.listdir(world.run + "/maildir/new")
        assert len(mails) == accepted(), mails
        assert {notice["state"] for notice in client.call("notice.list")["notices"]} == {"accepted"}


def test_service_manager():
    with World() as world:
        path = world.run + "/notify"
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(path)
        manager.settimeout(10)
        daemon, _ = world.start(NOTIFY_SOCKET=path, WATCHDOG_USEC="900000")
        heard = [manager.recv(512).decode() for _ in range(10)]
        assert any("READY=1" in one for one in heard), heard
        assert heard.count("WATCHDOG=1") >= 3, heard
        daemon.send_signal(signal.SIGTERM)
        while "STOPPING=1" not in manager.recv(512).decode():
            pass
        assert daemon.wait(20) == 0


def test_events():
    with World() as world:
        _, client = world.start()
        other = Client(world.run + "/duban.sock")
        assert other.call("event.subscribe", types=["ticket.create"])["sub"]
        client.call("ticket.create", **TICKET)
        event = other.hear()
        assert event["method"] == "event" and event["params"]["type"] == "ticket.create", event


def main():
    global BUILD
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BUILD = pathlib.Path(sys.argv[1]).resolve()
    tests = {name: test for name, test in globals().items() if name.startswith("test_")}
    passed = failed = 0
    for name, test in tests.items():
        if len(sys.argv) > 2 and not any(wanted in name for wanted in sys.argv[2:]):
            continue
        try:
            test()
            passed += 1
            print("ok", name, flush=True)
        except Exception:  # a broken test must not hide the others
            failed += 1
            print("not ok", name, flush=True)
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
