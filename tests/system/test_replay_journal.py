#!/usr/bin/env python3
"""A daemon's own history, judged again: `dubanctl journal --events`, `dubanctl replay --journal`.

Usage: test_replay_journal.py BUILD_DIR [NAME...]

What was accepted and judged in real time must come out of a replay of the journal as it stands in the database: the
same fingerprint, the same breaches, the same notices to the same people. Then the same history under another regime.
"""
import collections
import json
import os
import pwd

import duban as system
from duban import a_ticket, instant, main, quick_regime, same, wait_until

CONTACT = {"channel": "phone", "direction": "out", "reached": True}
SECONDS = 4
LADDER = 2 * SECONDS  # the last rung is climbed after twice the limit


def live(client):
    """Twenty minutes' work: every kind of request, among them some that are refused. What stands open at the end stays."""
    filed = [client.call("ticket.create", **a_ticket(ref=f"old-{i}", idempotency_key=f"k{i}"))["ticket"] for i in range(3)]
    first, second, third = filed
    same(client.call("ticket.create", **a_ticket(ref="old-0", idempotency_key="k0"))["ticket"], first, "asked twice")
    client.call("ticket.assign", ticket=first, department="service_planning", handler="zhou.tao", if_revision=1)
    client.call("contact.record", ticket=first, on_behalf_of="zhou.tao", at=instant(-0.001), **CONTACT)
    client.call("ticket.plan", ticket=first, expected_at=instant(86400), measures="更换", idempotency_key="plan")
    client.call("progress.add", ticket=first, note="已订货")
    complaint = a_ticket(**{"class": "complaint"}, type="service_quality")
    number = client.call("ticket.create", **complaint)["number"]
    client.refusal("ticket.solve", ticket=number, result="x", on_behalf_of="zhao.min")
    client.call("contact.record", ticket=number, on_behalf_of="zhao.min", kind="apology", **CONTACT)
    client.refusal("ticket.assign", ticket="999999", department="training")
    client.call("ticket.create", **a_ticket(urgency="very_urgent", history=True, received_at=instant(-3 * 86400),
                                            on_behalf_of="chen.jie"))
    client.call("ticket.solve", ticket=second, result="好了")
    client.call("ticket.close", ticket=second)
    client.call("ticket.reopen", ticket=second, reason="又坏了")
    return filed


def wait_for_quiet(duban):
    """Until every ladder is climbed, nothing is due within the hour, and all is sent: then time changes nothing any more."""
    awaited = ("SELECT count(*) FROM duban.clock JOIN duban.ticket USING (desk_id, ticket) WHERE history_until_at IS NULL"
               " AND (clock.state = 'running' AND due_at < now() + interval '1 hour' OR clock.state = 'breached' AND rungs < 3)")
    wait_until(lambda: duban.number(awaited) == 0, LADDER + 30, "the last rung")
    duban.wait_drained()


def a_lived_day(duban):
    """A daemon whose every clock is quick, after its ladders were climbed and some breaches met. The newest sequence number."""
    with duban.client() as client:
        third = live(client)[2]
        wait_for_quiet(duban)
        client.call("escalation.ack", ticket=third, note="在办")
        client.call("contact.record", ticket=third, **CONTACT)
        wait_for_quiet(duban)
        return client.call("system.stats")["desk"]["journal_sequence"]


def a_duban(world):
    text = quick_regime(SECONDS)
    return world.duban(regime=text)


def replay(duban, *words, code=0):
    done = duban.ctl("replay", *words, "--people", duban.people_file, "--calendar", system.ROOT / "etc/calendars/cn_office.ini",
                     "--calendar", system.ROOT / "etc/calendars/always.ini")
    same(done.returncode, code, done.stderr)
    return done


def told_by_database(duban):
    query = "SELECT ticket::text, clock, cycle, rung, recipient, template_name, (state = 'suppressed') AS kept FROM duban.notice"
    return collections.Counter(tuple(row.values()) for row in duban.rows(query))


def told_by_replay(lines):
    return collections.Counter((line["ref"], line["clock"], line["cycle"], line["rung"], to["person"], line["template"],
                                line["kind"] == "suppressed")
                               for line in lines if line["kind"] in ("notice", "suppressed") for to in line["to"])


def the_journal_judged_again(world):
    """Events from the journal, replayed under the same regime: the daemon's fingerprint, breaches and notices."""
    with a_duban(world) as duban:
        last = a_lived_day(duban)
        with duban.client() as client:
            digest = client.digest()
        done = duban.ctl("journal", "--events")
        same((done.returncode, done.stderr), (0, ""))
        events = [json.loads(line) for line in done.stdout.splitlines()]
        rows = duban.rows("SELECT sequence, type, ticket, body FROM duban.journal ORDER BY sequence")
        asked = [row for row in rows if "params" in json.loads(row["body"]) and row["type"] != "access.denied"]
        same([event["method"] for event in events if event["method"] != "clock.advance"], [row["type"] for row in asked])
        for event, row in zip(events, asked):
            params, body = event["params"], json.loads(row["body"])
            same(params["ref" if row["type"] == "ticket.create" else "ticket"], str(row["ticket"]))
            same([name for name in ("idempotency_key", "if_revision", "desk") if name in params], [])
            is_gateways = body["params"].get("history") and "on_behalf_of" in body["params"]
            same((event["actor"], event["role"]), (body["actor"], "gateway" if is_gateways else body["role"]))
            same("on_behalf_of" in params, bool(is_gateways))

        path = duban.directory / "events.jsonl"
        path.write_text(done.stdout, encoding="utf-8")
        lines = [json.loads(line) for line in replay(duban, "--policy", duban.regime_file, "--digest", path).stdout.splitlines()]
        same([line for line in lines if line["kind"] == "refused"], [])
        same(lines[-1]["digest"], digest, "fingerprint")
        judged = collections.Counter((line["ref"], line["clock"]) for line in lines if line.get("state") == "breached")
        wanted = collections.Counter((str(row["ticket"]), json.loads(row["body"])["clock"])
                                     for row in rows if row["type"] == "clock.breached")
        same(judged, wanted, "breaches")
        assert sum(wanted.values()) >= 4, wanted
        same(told_by_replay(lines), told_by_database(duban), "notices")

        direct = replay(duban, "--journal", "--policy", duban.regime_file, "--digest").stdout
        same([json.loads(line) for line in direct.splitlines()], lines, "without the file between")
        print(f"# {last} journal rows, {len(events)} events, {sum(wanted.values())} breaches")


def another_regime_for_the_journal(world):
    """--journal --policy B --against A: equal regimes differ in nothing; a longer limit moves what was due."""
    with a_duban(world) as duban:
        a_lived_day(duban)
        same(replay(duban, "--journal", "--policy", duban.regime_file, "--against", duban.regime_file, "--exit-code").returncode, 0)
        text = duban.regime_file.read_text(encoding="utf-8")
        longer = duban.directory / "longer.ini"
        longer.write_text(text.replace(f"general {SECONDS}s", f"general {SECONDS + 1}s"), encoding="utf-8")
        words = ("--policy", longer, "--against", duban.regime_file, "--people-against", duban.people_file, "--details")
        done = replay(duban, "--journal", *words, "--json")
        report = json.loads(done.stdout)
        later = report["totals"]["breaches"]["later"]
        assert report["differs"] and later["count"] >= 2, report["totals"]
        same({row["moved_s"] for row in report["details"]["breaches"] if row["a"] and row["b"]}, {1}, "seconds later")
        same(replay(duban, "--journal", *words, "--exit-code", code=1).stderr, "")

        path = duban.directory / "events.jsonl"
        path.write_text(duban.ctl("journal", "--events").stdout, encoding="utf-8")
        same(json.loads(replay(duban, *words, "--json", path).stdout), report, "by way of a file")


def pages_and_parts(world):
    """More rows than a page; one ticket's rows; a beginning in the middle; a limit."""
    with world.duban() as duban:
        with duban.client() as client:
            tickets = [answer["ticket"] for answer in client.pipeline([("ticket.create", a_ticket())] * 230)]
            client.pipeline([("progress.add", {"ticket": ticket, "note": "x"}) for ticket in tickets])
        lines = [json.loads(line) for line in duban.ctl("journal", "--events").stdout.splitlines()]
        methods = collections.Counter(line["method"] for line in lines)
        same((methods["ticket.create"], methods["progress.add"]), (230, 230))
        lines = duban.ctl("journal", "--events", "--ticket", tickets[7]).stdout.splitlines()
        same([(json.loads(line)["method"]) for line in lines if "clock.advance" not in line], ["ticket.create", "progress.add"])
        same(len(duban.ctl("journal", "--events", "-n", 5).stdout.splitlines()), 5)

        middle = duban.number(f"SELECT sequence FROM duban.journal WHERE ticket = {tickets[200]} AND type = 'ticket.create'")
        done = replay(duban, "--journal", "--from-seq", middle, "--policy", duban.regime_file, "--digest", "--quiet")
        same(json.loads(done.stdout)["accepted"], 60, "30 creates and what is about them")
        assert f"200 rows left out, their tickets were filed before row {middle}" in done.stderr, done.stderr


def tickets_that_name_others(world):
    """A merge and a link name another ticket by id or number; in the events it is a ref, and the replay takes it."""
    with world.duban() as duban:
        with duban.client() as client:
            one, two, three = (client.call("ticket.create", **a_ticket()) for _ in range(3))
            client.call("ticket.link", ticket=one["ticket"], to=three["number"], relation="caused_by")
            client.call("ticket.link", ticket=one["number"], to=two["ticket"])
            client.call("ticket.merge", ticket=two["number"], into=one["number"])
        events = [json.loads(line) for line in duban.ctl("journal", "--events").stdout.splitlines()]
        named = [(event["method"], event["params"]["ticket"], event["params"].get("to"), event["params"].get("into"))
                 for event in events if event["method"] in ("ticket.link", "ticket.merge")]
        first, second, third = one["ticket"], two["ticket"], three["ticket"]
        same(named, [("ticket.link", first, third, None), ("ticket.link", first, second, None), ("ticket.merge", second, None, first)])
        figures = json.loads(replay(duban, "--journal", "--policy", duban.regime_file, "--digest", "--quiet").stdout)
        same((figures["accepted"], figures["refused"]), (6, 0))


def who_may_not(world):
    """The journal is not for everybody: the daemon's refusal is the answer."""
    with world.duban(roles={"handler": (pwd.getpwuid(os.geteuid()).pw_name, "")}) as duban:
        for words in (("journal", "--events"), ("replay", "--journal", "--policy", duban.regime_file)):
            done = duban.ctl(*words)
            same((done.returncode, done.stdout), (1, ""))
            assert "journal.read" in done.stderr and "permission_denied" in done.stderr, done.stderr
    done = duban.ctl("replay", "--journal", "--policy", duban.regime_file)
    same((done.returncode, done.stdout), (3, ""), "nobody there")


if __name__ == "__main__":
    main([the_journal_judged_again, another_regime_for_the_journal, pages_and_parts, tickets_that_name_others,
          who_may_not])
