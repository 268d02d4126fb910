#!/usr/bin/env python3
"""Pauses and stages on a real daemon and PostgreSQL: asked for over the socket, kept over crashes and closings, described.

Usage: test_pauses.py BUILD_DIR [NAME...]
"""
import datetime
import json
import os
import pathlib
import pwd

import duban as system
from duban import a_ticket, clock_of, instant, main, same, seconds_of, wait_until

SCENARIO = system.ROOT / "tests/scenario"
REGIME = (SCENARIO / "regimes/pauses.ini").read_text(encoding="utf-8")
PEOPLE = (SCENARIO / "people/workshop.ini").read_text(encoding="utf-8")
HOUR = 3600


def changed(**texts):
    """The regime with some of it replaced."""
    text = REGIME
    for old, new in texts.items():
        old = old.replace("__", " = ").replace("_", " ")
        assert old in text, old
        text = text.replace(old, new)
    return text


def file_ticket(client, hours_ago, **changes):
    """A repair received so many hours ago, in the hands of zhang.wei; its id."""
    changes.setdefault("type", "repair")
    changes.setdefault("received_at", instant(-hours_ago * HOUR))
    ticket = client.call("ticket.create", **a_ticket(**changes))["ticket"]
    client.call("ticket.assign", ticket=ticket, department="workshop", handler="zhang.wei")
    return ticket


def stored(duban):
    """The rows of the table: (ticket, reason, lasts, open)."""
    return [tuple(row) for row in duban.sql("SELECT ticket, reason, to_at IS NULL, open FROM duban.pause ORDER BY ticket, pause")]


def a_pause_is_kept(world):
    """What stands goes on standing after SIGKILL; what was resumed is due later by what it stood; a closed ticket brings its
    pauses back when it is reopened."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban:
        with duban.client() as client:
            now = datetime.datetime.now(datetime.timezone.utc)
            received, paused_at, resumed_at = ((now - datetime.timedelta(hours=hours)).isoformat(timespec="milliseconds")
                                               for hours in (3, 2, 1))
            ticket = file_ticket(client, 3, received_at=received)
            answer = client.call("ticket.pause", ticket=ticket, reason="awaiting_customer", at=paused_at)
            clock = clock_of(answer, "repair")
            same((clock["state"], clock["due_at"], clock["remaining"]), ("paused", None, "23h"), "a paused clock")
            same(clock["remaining_s"], 23 * HOUR, "what is left")
            paused = answer["paused"]
            same([one["reason"] for one in paused], ["awaiting_customer"], "reasons")
            digest = client.digest()
            before = client.call("system.stats")["desk"]
            same((before["paused_clocks"], before["running_clocks"]), (2, 0), "counted")
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.digest(), digest, "digest")
                same(client.call("ticket.get", ticket=ticket)["paused"], paused, "what is waited for")
        same(stored(duban), [(str(ticket), "awaiting_customer", "t", "t")], "the row")
        with duban.client() as client:
            before = clock_of(client.call("ticket.get", ticket=ticket), "repair")
            same((before["state"], before["due_at"], before["remaining"]), ("paused", None, "23h"), "after the restarts")
            answer = client.call("ticket.resume", ticket=ticket, at=resumed_at)
            clock = clock_of(answer, "repair")
            same((clock["state"], answer["paused"], "remaining" in clock), ("running", [], False), "resumed")
            same(seconds_of(clock["due_at"]), seconds_of(received) + 25 * HOUR, "the deadline an hour later")
            client.call("ticket.pause", ticket=ticket, reason="awaiting_customer")
            client.call("ticket.solve", ticket=ticket, result="换件")
            client.call("contact.record", ticket=ticket, channel="phone", direction="out", reached=True)
            client.call("ticket.close", ticket=ticket)
        lasts = [(str(ticket), "awaiting_customer", "f", "f")] * 2
        same(stored(duban), lasts, "rows of a closed ticket")
        duban.kill()
        duban.start()
        with duban.client() as client:
            client.call("ticket.reopen", ticket=ticket)
            same(stored(duban), [row[:3] + ("t",) for row in lasts], "rows of a reopened ticket")
            digest = client.digest()
        duban.restart()
        with duban.client() as client:
            same(client.digest(), digest, "digest after the reopening")
        system.verify_journal(duban)


def closed_is_not_paused(world):
    """Outside the hours a running clock says `closed` and keeps its deadline; a paused one says `paused` and has none."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    nearby = [today + datetime.timedelta(days=shift) for shift in (-1, 0, 1)]  # the test may run over midnight
    directory = pathlib.Path(world.directory) / "calendars-of-pauses"
    directory.mkdir()
    (directory / "always.ini").write_text((system.ROOT / "etc/calendars/always.ini").read_text(encoding="utf-8"), encoding="utf-8")
    (directory / "cn_office.ini").write_text(
        "[calendar]\nname = cn_office\nzone = Asia/Shanghai\n[hours]\nmonday..sunday = 00:00-24:00\n[holidays]\n" +
        "".join(f"{day} = 停电 | Power cut\n" for day in nearby), encoding="utf-8")
    with world.duban(regime=REGIME, people=PEOPLE, settings={"daemon.calendars": directory}) as duban, duban.client() as client:
        ticket = file_ticket(client, 0, type="service")
        clock = clock_of(client.call("ticket.get", ticket=ticket), "service")
        same((clock["state"], clock.get("closed"), clock["due_at"] is None), ("running", True, False), "outside the hours")
        answer = client.call("ticket.pause", ticket=ticket, reason="awaiting_customer")
        clock = clock_of(answer, "service")
        same((clock["state"], "closed" in clock, clock["due_at"], clock["remaining"]), ("paused", False, None, "8bh"), "paused then")
        clock = clock_of(client.call("ticket.resume", ticket=ticket), "service")
        same((clock["state"], clock.get("closed"), clock["due_at"] is None), ("running", True, False), "resumed")
        other = file_ticket(client, 0)
        same("closed" in clock_of(client.call("ticket.get", ticket=other), "repair"), False, "real time has no hours")


def it_ends_by_itself(world):
    """A pause with a longest time ends in its instant, without anybody's doing, also while nobody is there to see it."""
    with world.duban(regime=changed(longest__2wd="longest = 2s"), people=PEOPLE) as duban:
        with duban.client() as client:
            tickets = [file_ticket(client, 1) for _ in range(2)]
            same(clock_of(client.call("ticket.pause", ticket=tickets[0], reason="carrier"), "repair")["state"], "paused")
            wait_until(lambda: client.call("ticket.get", ticket=tickets[0])["paused"] == [], what="the pause to end")
            same(clock_of(client.call("ticket.get", ticket=tickets[0]), "repair")["state"], "running")
            client.call("ticket.pause", ticket=tickets[1], reason="carrier")
        duban.kill()
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.pause WHERE from_at < now() - interval '3 s'") == 2, what="its time")
        duban.start()
        with duban.client() as client:
            wait_until(lambda: client.call("ticket.get", ticket=tickets[1])["paused"] == [], what="the second to end")
        lengths = duban.sql("SELECT ticket, round(extract(epoch FROM to_at - from_at)) FROM duban.pause ORDER BY ticket")
        same(lengths, [[str(ticket), "2"] for ticket in tickets], "what they lasted")
        ended = [json.loads(row[0]) for row in duban.sql("SELECT body FROM duban.journal WHERE type = 'ticket.pause_ended'")]
        same([body["reason"] for body in ended], ["carrier", "carrier"], "the journal")
        system.verify_journal(duban)


def dubanctl_knows_the_way(world):
    """ticket pause, resume and move; a refusal names what would be possible."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban:
        with duban.client() as client:
            ticket = file_ticket(client, 1)
        done = duban.ctl("ticket", "pause", ticket, "awaiting_customer", "--note", "周五给日志")
        assert done.returncode == 0 and "paused" in done.stdout, done
        done = duban.ctl("ticket", "show", ticket)
        assert done.returncode == 0 and "awaiting_customer" in done.stdout, done
        done = duban.ctl("ticket", "pause", ticket, "awaiting_customer")
        assert done.returncode == 1 and "resume it first" in done.stderr, done
        done = duban.ctl("ticket", "resume", ticket, "--reason", "awaiting_customer")
        assert done.returncode == 0 and "running" in done.stdout, done
        done = duban.ctl("ticket", "resume", ticket)
        assert done.returncode == 1 and "paused for nothing" in done.stderr, done
        done = duban.ctl("ticket", "move", ticket, "follow_up")
        assert done.returncode == 1 and "solved" in done.stderr, done
        done = duban.ctl("ticket", "move", ticket, "waiting")
        assert done.returncode == 1 and "handler, department_head" in done.stderr, done
        duban.roles = {"department_head": (pwd.getpwuid(os.geteuid()).pw_name, "")}
        duban.write_config()
        duban.restart()
        done = duban.ctl("ticket", "move", ticket, "waiting", "--reason", "等日志", "--json")
        answer = json.loads(done.stdout)
        same((answer["stage"]["name"] if isinstance(answer["stage"], dict) else answer["stage"],
              [one["reason"] for one in answer["paused"]]), ("waiting", ["awaiting_customer"]), "moved")
        done = duban.ctl("ticket", "resume", ticket)
        assert done.returncode == 1 and "move it to another stage" in done.stderr, done


def the_way_is_described(world):
    """policy.get shows stages, machines and pauses as they were compiled, with their lines."""
    with world.duban(regime=REGIME, people=PEOPLE) as duban, duban.client() as client:
        got = client.call("policy.get")
        lines = REGIME.split("\n")
        stages = {stage["stage"]: stage for stage in got["stages"]}
        same(set(stages), {"waiting", "planned", "diagnosed", "follow_up"}, "stages with a section")
        waiting = stages["waiting"]
        same((waiting["from"], waiting["by"], waiting["pauses"]),
             (["assigned", "planned"], ["handler", "department_head"], ["awaiting_customer"]), "waiting")
        for name, stage in stages.items():
            start = lines.index(f"[stage {name}]")
            assert start < stage["line"] - 1 < start + 4, stage
        same(got["machines"], {"complaint": ["received", "assigned", "planned", "waiting", "solved", "closed"]}, "machines")
        pauses = {pause["pause"]: pause for pause in got["pauses"]}
        same((pauses["carrier"]["longest"], pauses["spare_parts"]["by"]), ("2wd", ["department_head"]), "pauses")
        same(set(pauses["awaiting_customer"]), {"pause", "title"}, "a pause about which nothing is said")
        same([word["name"] for word in got["words"]["pauses"]], list(pauses), "words")
        clocks = {clock["clock"]: clock for clock in got["clocks"]}
        same(clocks["repair"]["pauses"], ["awaiting_customer", "spare_parts", "carrier"], "a clock's")
        same(("pauses" in clocks["in_plan"], clocks["in_plan"]["when"]), (False, {"stages": ["planned"], "urgencies": ["urgent"]}),
             "a clock by the stage")


TESTS = [a_pause_is_kept, closed_is_not_paused, it_ends_by_itself, dubanctl_knows_the_way, the_way_is_described]

if __name__ == "__main__":
    main(TESTS)
