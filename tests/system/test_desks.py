#!/usr/bin/env python3
"""Several desks in one daemon: each with its regime, people, numbers, journal and mails; sharing the socket and nothing else.

Usage: test_desks.py BUILD_DIR [NAME...]
"""
import os
import signal

import duban as system
from duban import REGIME, a_ticket, main, quick_regime, same, text_of, wait_until

NORTH = REGIME.read_text(encoding="utf-8")
SOUTH = quick_regime(1, **{"NR510201A-{seq:06}": "SOUTH-{seq:04}"})
ASK = "must name one of this daemon's desks: north, south"


def two_desks(world, **more):
    """A daemon with the desks north and south; south's regime owes a contact within a second."""
    duban = world.duban(desks={"north": {}, "south": {}}, **more)
    duban.south_file = duban.directory / "south.ini"
    duban.south_file.write_text(SOUTH, encoding="utf-8")
    duban.desks["south"]["regime"] = duban.south_file
    duban.write_config()
    return duban


def desks_of(client, **params):
    return {desk["desk"]: desk for desk in client.call("system.info", **params)["desks"]}


def a_call_goes_to_its_desk(world):
    """By name, by what the connection said in its hello, and never to one that nobody chose."""
    with two_desks(world) as duban, duban.client() as client, duban.client() as southern:
        same(client.call("system.hello", client="test", protocol=[1])["desks"], ["north", "south"], "desks")
        refusal = client.refusal("ticket.create", **a_ticket())
        same((refusal.name, refusal.field, refusal.detail), ("invalid_params", "desk", ASK), "no desk")
        same(client.refusal("ticket.list", desk="west").detail, ASK, "a desk that is not there")
        same(client.refusal("system.ping", desk="west").field, "desk", "also where none is needed")
        same(client.call("ticket.create", desk="north", **a_ticket())["number"], "NR510201A-000001", "north's number")
        southern.call("system.hello", desk="south")
        same(southern.call("ticket.create", **a_ticket())["number"], "SOUTH-0001", "south's number")
        same(southern.call("ticket.create", desk="north", **a_ticket())["number"], "NR510201A-000002", "named goes first")
        same(southern.call("ticket.create", **a_ticket())["number"], "SOUTH-0002", "and holds for one call")
        same({name: desk["open_tickets"] for name, desk in desks_of(client).items()}, {"north": 2, "south": 2}, "open")
        same([client.call("system.stats", desk=name)["desk"]["open_tickets"] for name in ("north", "south")], [2, 2], "stats")
        same(client.refusal("ticket.get", desk="south", ticket="NR510201A-000001").name, "not_found", "the other's number")


def an_only_desk_needs_no_name(world):
    with world.duban() as duban, duban.client() as client:
        same(client.call("ticket.create", **a_ticket())["number"], "NR510201A-000001", "unnamed")
        same(client.call("ticket.create", desk="main", **a_ticket())["number"], "NR510201A-000002", "named")
        same(client.refusal("ticket.create", desk="north", **a_ticket()).field, "desk", "another's name")


def desks_share_nothing(world):
    """A breach in the south tells the south's people; the north's journal, mails and subscribers know nothing of it."""
    with two_desks(world) as duban, duban.client() as north, duban.client() as south:
        north.call("event.subscribe", desk="north")
        south.call("system.hello", desk="south")
        south.call("event.subscribe", types=["clock.breached"])
        north.call("ticket.create", desk="north", **a_ticket(subject="北"))
        south.call("ticket.create", **a_ticket(subject="南"))
        same(south.receive_event()["type"], "clock.breached", "south's event")
        same(north.receive_event()["type"], "ticket.create", "north's event")
        wait_until(duban.mails, 20, "a mail of the south")
        duban.wait_drained()
        for mail in duban.mails():
            assert "SOUTH-0001" in text_of(mail) and ".south@" in mail["Message-ID"], mail.as_string()
        same({row["desk"] for row in duban.rows("SELECT DISTINCT d.name AS desk FROM duban.notice n JOIN duban.desk d USING (desk_id)")},
             {"south"}, "who told anybody")
        same({event["params"]["type"] for event in north.events}, set(), "north heard no more")
        for desk in ("north", "south"):
            same(north.call("journal.read", desk=desk, limit=1)["rows"][0]["seq"], 1, f"journal of {desk}")


def both_come_back(world):
    """After SIGKILL under load each desk is what it was, and goes on with its own numbers."""
    with two_desks(world) as duban:
        with duban.client() as client:
            for index in range(60):
                client.send("ticket.create", desk=("north", "south")[index % 2],
                            **a_ticket(subject=str(index), urgency="general"))
            for _ in range(60):
                client.hear()
            before = duban.rows("SELECT desk_id, count(*) AS tickets FROM duban.ticket GROUP BY 1 ORDER BY 1")
        duban.kill()
        duban.start()
        with duban.client() as client:
            same(duban.rows("SELECT desk_id, count(*) AS tickets FROM duban.ticket GROUP BY 1 ORDER BY 1"), before, "tickets")
            same({name: desk["open_tickets"] for name, desk in desks_of(client).items()}, {"north": 30, "south": 30}, "open")
            same(client.call("ticket.create", desk="north", **a_ticket())["number"], "NR510201A-000031", "north goes on")
            same(client.call("ticket.create", desk="south", **a_ticket())["number"], "SOUTH-0031", "south goes on")
            digest = desks_of(client, digest=True)["north"]["digest"]
        same(duban.stop(), 0, "a stop that was asked for")
        same(sorted(line.split("desk=")[1].split()[0] for line in duban.log_lines("loaded")), ["north", "north", "south", "south"],
             "loaded")
        duban.start()
        with duban.client() as client:
            same(desks_of(client, digest=True)["north"]["digest"], digest, "north's fingerprint")


def a_reload_is_one_desks(world):
    """Over the socket the named desk's files are read again; SIGHUP reads everybody's, and a bad one keeps nobody else's out."""
    with two_desks(world) as duban, duban.client() as client:
        same(client.refusal("calendar.explain", calendar="always", **{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
                            ).field, "desk", "a calendar is a desk's")
        digests = {name: desk["regime_digest"] for name, desk in desks_of(client).items()}
        duban.write_regime(NORTH.replace("late entry = 30d", "late entry = 29d"))
        duban.south_file.write_text(SOUTH + "\n[nonsense]\n", encoding="utf-8")
        client.call("system.reload", desk="north")
        after = {name: desk["regime_digest"] for name, desk in desks_of(client).items()}
        assert after["north"] != digests["north"] and after["south"] == digests["south"], after
        refusal = client.refusal("system.reload", desk="south")
        assert "nonsense" in refusal.detail, refusal.detail
        duban.write_regime(NORTH)
        os.kill(duban.process.pid, signal.SIGHUP)
        wait_until(lambda: desks_of(client)["north"]["regime_digest"] == digests["north"], 15, "north's reload")
        same(desks_of(client)["south"]["regime_digest"], digests["south"], "south as it was")


def all_or_none(world):
    """A second daemon that shares one of the desks waits for it, and leads neither."""
    with two_desks(world) as duban:
        other = world.duban(desks={"east": {}, "south": {}}, settings={"database.leader_wait": "0s"})
        other.database = duban.database
        other.write_config()
        done = other.run("--config", other.config)
        same(done.returncode, 75, done.stderr)
        assert "event=not_leading" in done.stderr and "south" in done.stderr, done.stderr
        with duban.client() as client:
            client.call("ticket.create", desk="south", **a_ticket())


def files_are_checked_by_desk(world):
    duban = two_desks(world)
    done = duban.check()
    same(done.returncode, 0, done.stderr)
    same([line.split(":")[0] for line in done.stdout.splitlines()], ["desk north", "desk south"], "a line for each")
    duban.south_file.write_text(SOUTH.replace("[stages]", "[stage]"), encoding="utf-8")
    done = duban.check()
    same(done.returncode, 78, done.stdout)
    assert "south.ini" in done.stderr, done.stderr


def dubanctl_names_its_desk(world):
    with two_desks(world) as duban:
        done = duban.ctl("ticket", "list")
        same((done.returncode != 0, ASK in done.stderr), (True, True), done.stderr)
        words = ["ticket", "new", "--class", "request", "--type", "training", "--urgency", "general", "--channel", "phone",
                 "--customer", "海港医院", "--contact", "李雷", "--phone", "13812345678", "--subject", "报名"]
        done = duban.ctl(*words, "--desk", "south")
        assert "SOUTH-0001" in done.stdout, done.stdout + done.stderr
        os.environ["DUBAN_DESK"] = "south"
        try:
            assert "SOUTH-0001" in duban.ctl("ticket", "list").stdout, "the desk of the environment"
            assert "SOUTH-0001" not in duban.ctl("ticket", "list", "--desk", "north").stdout, "the option goes first"
        finally:
            del os.environ["DUBAN_DESK"]
        status = duban.ctl("status")
        assert "north" in status.stdout and "south" in status.stdout, status.stdout + status.stderr


TESTS = [a_call_goes_to_its_desk, an_only_desk_needs_no_name, desks_share_nothing, both_come_back, a_reload_is_one_desks,
         all_or_none, files_are_checked_by_desk, dubanctl_names_its_desk]

if __name__ == "__main__":
    main(TESTS)
