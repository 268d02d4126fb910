#!/usr/bin/env python3
"""Explanations by a real daemon: that they add up, that every reason of why-not is found, and what people read.

Usage: test_explain.py BUILD_DIR [NAME...]

Facts are asserted, never whole texts. Tickets were received hours ago, so that limits are missed already; nobody waits.
"""
import datetime
import json

import duban as system
from duban import a_ticket, instant, main, same, seconds_of, wait_until

HOUR = 3600
CONTACT = {"channel": "phone", "direction": "out", "reached": True}


def today(days=0):
    return (datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))) + datetime.timedelta(days=days)).date().isoformat()


def clock_named(answer, name):
    return next(clock for clock in answer["clocks"] if clock.get("clock", clock.get("report")) == name)


def step_of(clock, number, kind="rung"):
    """The explanation's step: a rung by its number, a reminder by its percentage."""
    member = "rung" if kind == "rung" else "percent"
    return next(step for step in clock["steps"] if step.get(member) == number)


def people_of(step):
    return [person["person"] for person in step["to"]]


def check_sum(clock, budget_ms):
    """The stretches are added up with a pencil: they begin at the anchor, and end at the deadline."""
    total, cursor = 0, seconds_of(clock["anchor_at"])
    for segment in clock["segments"]:
        assert seconds_of(segment["from"]) >= cursor, segment
        total += segment["counted_ms"]
        same(segment["sum_ms"], total, "running sum")
        cursor = seconds_of(segment["to"])
    same((total, cursor), (budget_ms, seconds_of(clock["due_at"])), "sum and end")


# --- clock.explain ---

def an_explanation_names_who_when_and_by_what_line(world):
    """Anchor, stretches, steps with their people, verdict and versions of a limit that was missed."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        clock = clock_named(client.call("clock.explain", ticket=ticket), "first_contact")
        check_sum(clock, 24 * HOUR * 1000)
        same((clock["state"], clock["anchor"]["what"], clock["anchor"]["method"]), ("breached", "received", "ticket.create"))
        assert clock["anchor"]["actor"] and clock["anchor"]["entered_at"], clock["anchor"]
        rung = step_of(clock, 1)
        same((people_of(rung), rung["status"], rung["to"][0]["state"]), (["sun.li"], "done", "accepted"))
        text = duban.regime_file.read_text(encoding="utf-8").split("\n")
        assert text[rung["line"] - 1].startswith("rung = +0 "), rung
        assert text[clock["line"] - 1].startswith("[clock first_contact]"), clock["line"]
        same((people_of(step_of(clock, 2)), step_of(clock, 2)["status"]), (["zhao.min"], "to_come"))
        same([verdict["type"] for verdict in clock["verdicts"]][:2], ["clock.breached", "ladder.rung"])
        digest = client.call("system.info")["desks"][0]["regime_digest"]
        assert all(digest.startswith(verdict["policy"]) for verdict in clock["verdicts"]), clock["verdicts"]
        assert digest.startswith(clock["versions"]["policy"]) and clock["versions"]["file"] == "nq510201.ini"


def contacts_show_the_slots_they_filled(world):
    """A contact's slot, who recorded it, and what it met."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(urgency="very_urgent"))["ticket"]
        for _ in range(2):
            client.call("contact.record", ticket=ticket, **CONTACT)
        answer = client.call("clock.explain", ticket=ticket)
        first, silence = clock_named(answer, "first_contact"), clock_named(answer, "contact_silence")
        same([(slot["contact"], slot["slot"]) for slot in first["slots"]], [(1, 1)])
        same(first["ended"]["method"], "contact.record")
        same([slot["contact"] for slot in silence["slots"]], [2])
        check_sum(silence, 2 * HOUR * 1000)


def the_future_is_judged_and_nothing_changes(world):
    """What will have fired by then, with its people; the desk and the database stay as they were."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        duban.wait_drained()
        before, rows = client.digest(), duban.counts()
        clock = clock_named(client.call("clock.explain", ticket=ticket, at=instant(37 * HOUR)), "first_contact")
        same([(people_of(step_of(clock, n)), step_of(clock, n)["status"]) for n in (1, 2, 3)],
             [(["sun.li"], "by_then"), (["zhao.min"], "by_then"), (["liu.yang"], "to_come")])
        same((clock["state"], step_of(clock, 50, "reminder")["status"]), ("breached", "by_then"))
        same((client.digest(), duban.counts()), (before, rows))
        refused = client.refusal("clock.explain", ticket=ticket, at=instant(-60))
        same((refused.name, refused.field), ("invalid_params", "at"))


def absent_people_appear_with_their_deputies(world):
    """Who is away on the day of a rung is shown with who will be told instead."""
    people = system.PEOPLE.read_text(encoding="utf-8").replace(
        "[person sun.li]\n", f"[person sun.li]\ndeputy = zhou.tao\nabsent = {today(1)}..{today(9)}\n")
    with world.duban(people=people) as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(urgency="general"))["ticket"]
        rung = step_of(clock_named(client.call("clock.explain", ticket=ticket), "plan"), 1)
        same((people_of(rung), rung["to"][0]["stands_for"], rung["status"]), (["zhou.tao"], "sun.li", "to_come"))


def closed_tickets_are_explained_too(world):
    """A ticket that left memory is brought back to be explained, with what the database knows of it."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        client.call("contact.record", ticket=ticket, **CONTACT)
        client.call("ticket.solve", ticket=ticket, result="好了")
        client.call("ticket.close", ticket=ticket)
        duban.wait_drained()
        for name in (ticket, "NR510201A-000001"):
            answer = client.call("clock.explain", ticket=name)
            clock = clock_named(answer, "first_contact")
            same((answer["number"], clock["state"], people_of(step_of(clock, 1))), ("NR510201A-000001", "met", ["sun.li"]))
            same([step["status"] for step in clock["steps"] if step["step"] == "rung 2"], ["not_needed"])
        same(client.refusal("clock.explain", ticket="77").name, "not_found")


def memory_alone_answers_when_asked_to(world):
    """view = hot: no database is read, and the answer says so."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        answer = client.call("clock.explain", ticket=ticket, view="hot", language="en")
        assert any("memory" in line for line in answer["lines"]), answer["lines"]
        clock = clock_named(answer, "first_contact")
        check_sum(clock, 24 * HOUR * 1000)
        same((step_of(clock, 1)["done"], people_of(step_of(clock, 1)), clock["slots"]), (True, ["sun.li"], []))


def working_days_are_named(world):
    """A limit in working days names the days; the due time is the closing of the last."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(**{"class": "complaint", "type": "service_quality"}))["ticket"]
        for kind in ("apology", "result"):
            client.call("contact.record", ticket=ticket, kind=kind, on_behalf_of="zhao.min", **CONTACT)
        client.call("ticket.solve", ticket=ticket, result="好了")
        clock = clock_named(client.call("clock.explain", ticket=ticket), "satisfaction")
        kinds = [segment["kind"] for segment in clock["segments"]]
        same((kinds[0], sum(segment["counted"] for segment in clock["segments"])), ("start_day", 3))
        same(clock["segments"][-1].get("last_day", clock["segments"][-1]["day"]), clock["due_at"][:10])
        same((clock["budget"]["calendar"], clock["anchor"]["what"]), ("cn_office", "solved"))


# --- notice.why_not ---

def why(client, ticket, person, clock, number=None, step="rung", **more):
    """The reason of that step for that person."""
    answer = client.call("notice.why_not", ticket=ticket, person=person, **more)
    found = [row for row in clock_named(answer, clock)["steps"]
             if row["step"] == step and (number is None or row.get("number") == number)]
    assert found, f"no {step} {number} of {clock} for {person}"
    assert all(row["file"] == "nq510201.ini" and row["line"] > 0 for row in found), found
    return found[0]


def reasons(client, ticket, rows):
    """Each row (person, clock, step, number, reason) as it is answered."""
    for person, clock, step, number, reason in rows:
        same(why(client, ticket, person, clock, number, step)["reason"], reason, f"{person}, {clock}, {step} {number}")


def who_is_meant_and_who_is_not(world):
    """Told, not yet, not of the role, of another department, not the handler, behind an `or`, of other tickets."""
    with world.duban() as duban, duban.client() as client:
        late = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        reasons(client, late, [
            ("sun.li", "first_contact", "rung", 1, "told"),
            ("zhao.min", "first_contact", "rung", 2, "not_yet"),
            ("liu.yang", "first_contact", "rung", 1, "not_meant"),
            ("wang.fang", "first_contact", "rung", 1, "other_department"),
            ("sun.li", "first_contact", "reminder", 50, "overtaken"),
            ("zhao.min", "daily_contact", "reminder", 75, "other_tickets"),
            ("zhao.min", "solution", "rung", 2, "waiting"),
            ("sun.li", "at_intake", "report", None, "other_urgency")])
        at = why(client, late, "zhao.min", "first_contact", 2)["at"]
        assert abs(seconds_of(at) - seconds_of(instant(12 * HOUR))) < 120, at
        handled = client.call("ticket.create", **a_ticket(handler="zhou.tao"))["ticket"]
        reasons(client, handled, [
            ("zhou.tao", "first_contact", "reminder", 50, "not_yet"),
            ("zhang.wei", "first_contact", "reminder", 50, "other_handler"),
            ("sun.li", "first_contact", "reminder", 50, "later_choice")])
        same(client.refusal("notice.why_not", ticket=late, person="nobody.there").field, "person")


def what_happened_before_it_was_due(world):
    """Met, cancelled, withheld, imported history."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        client.call("contact.record", ticket=ticket, **CONTACT)
        reasons(client, ticket, [("zhao.min", "first_contact", "rung", 2, "met"), ("zhao.min", "plan", "rung", 2, "not_yet")])
        client.call("ticket.solve", ticket=ticket, result="好了")
        client.call("ticket.close", ticket=ticket)
        reasons(client, ticket, [("zhao.min", "plan", "rung", 2, "cancelled")])
        past = client.call("ticket.create", **a_ticket(received_at=instant(-50 * HOUR), history=True))["ticket"]
        client.call("ticket.plan", ticket=past, at=instant(-2 * HOUR), expected_at=instant(HOUR), measures="换",
                    history=True)
        reasons(client, past, [("sun.li", "first_contact", "rung", 1, "suppressed"),
                               ("zhao.min", "solution", "rung", 2, "history")])
        same(why(client, past, "sun.li", "first_contact", 1)["detail"], "imported history")


def absence_and_deputies(world):
    """Away with a deputy, away alone, the deputy who stands in and the one who need not, who has left."""
    people = system.PEOPLE.read_text(encoding="utf-8")
    people = people.replace("[person sun.li]\n", f"[person sun.li]\ndeputy = zhou.tao\nabsent = {today(-1)}..{today(9)}\n")
    people = people.replace("[person wu.qiang]\n", f"[person wu.qiang]\nabsent = {today(-1)}..{today(9)}\n")
    people = people.replace("[person wang.fang]\n", "[person wang.fang]\ndeputy = zhang.wei\n")
    people += "\n[person old.hand]\nname = 老王\nmail = old.hand@example.com\nroles = leadership\nleft company = yes\n"
    with world.duban(people=people) as duban, duban.client() as client:
        late = {"received_at": instant(-30 * HOUR)}
        service, training, software = (client.call("ticket.create", **a_ticket(type=kind, **late))["ticket"]
                                       for kind in ("technical_service", "training", "software_product"))
        duban.wait_drained()
        reasons(client, service, [("sun.li", "first_contact", "rung", 1, "absent"),
                                  ("zhou.tao", "first_contact", "rung", 1, "told"),
                                  ])
        same(why(client, service, "sun.li", "first_contact", 1)["deputy"], "周涛")
        same(why(client, service, "zhou.tao", "first_contact", 1)["stands_for"], "sun.li")
        reasons(client, training, [("wu.qiang", "first_contact", "rung", 1, "absent_alone"),
                                   ("zhao.min", "first_contact", "rung", 2, "told")])
        reasons(client, software, [("zhang.wei", "first_contact", "rung", 1, "only_deputy")])
        answer = client.call("notice.why_not", ticket=service, person="old.hand")
        same({row["reason"] for clock in answer["clocks"] for row in clock["steps"]}, {"left"})


def conditions_lists_and_reports_of_a_regime(world):
    """Waived by an acknowledgement, another list's rung, a report that waits for something, people who came later."""
    regime = system.REGIME.read_text(encoding="utf-8")
    regime = regime.replace("rung = +50%  service_head    by mail", "rung = +50%  service_head by mail if not acknowledged")
    regime = regime.replace("rung very_urgent = +0 department_head leadership by mail",
                            "rung very_urgent = +0 department_head leadership intake by mail", 1)
    regime += "\n[report when_solved]\ntemplate = report_at_intake\non = solved\nwhen general = service_head\n"
    with world.duban(regime=regime) as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        reasons(client, ticket, [("zhao.min", "first_contact", "rung", 2, "not_yet"),
                                 ("chen.jie", "first_contact", "rung", 1, "not_meant"),
                                 ("zhao.min", "when_solved", "report", None, "not_happened")])
        lists = [row for row in clock_named(client.call("notice.why_not", ticket=ticket, person="chen.jie"), "first_contact")["steps"]
                 if row["reason"] == "other_list"]
        same([row["list"] for row in lists], [["非常紧迫"]])
        client.call("escalation.ack", ticket=ticket)
        reasons(client, ticket, [("zhao.min", "first_contact", "rung", 2, "waived")])
        duban.write_people(duban.people_file.read_text(encoding="utf-8") +
                           "\n[person new.head]\nname = 新任\nmail = new.head@example.com\nroles = department_head\n"
                           "department = service_planning\n")
        client.call("system.reload")
        row = why(client, ticket, "new.head", "first_contact", 1)
        same((row["reason"], [person["person"] for person in row["to"]]), ("for_others", ["sun.li"]))


def tomorrow_somebody_will_be_told(world):
    """why-not of a time to come says what will have reached the person by then."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        same(why(client, ticket, "zhao.min", "first_contact", 2, at=instant(40 * HOUR))["reason"], "by_then")
        same(why(client, ticket, "zhao.min", "first_contact", 2, at=instant(30 * HOUR))["reason"], "not_yet")


# --- notice.explain ---

def a_notice_knows_its_line_and_its_course(world):
    """The rule in the regime's own words, as whom its recipient was told, and each state in order."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        notice = client.call("notice.list", ticket=ticket, recipient="sun.li")["notices"][0]["notice"]
        told = client.call("notice.explain", notice=notice)
        same((told["kind"], told["ticket"], told["state"]), ("rung", ticket, "accepted"))
        assert told["rule"]["text"].startswith("rung = +0 "), told["rule"]
        same((told["told"]["person"], told["told"]["role"]), ("sun.li", "department_head"))
        same([step["state"] for step in told["course"]], ["queued", "attempting", "accepted"])
        assert told["about"]["due_at"] and told["about"]["judged_at"], told["about"]
        same(client.refusal("notice.explain", notice="9999").name, "not_found")
        client.call("contact.record", ticket=ticket, **CONTACT)
        duban.wait_drained()
        clear = client.call("notice.list", ticket=ticket, recipient="sun.li")["notices"][0]["notice"]
        same(client.call("notice.explain", notice=clear)["kind"], "all_clear")


def another_regime_is_owned_up_to(world):
    """After a reload the verdict's version is not the one in force, and that is said."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        notice = client.call("notice.list", ticket=ticket)["notices"][-1]["notice"]
        before = client.call("notice.explain", notice=notice)["versions"]
        same(before["fact"], "notice_judged")
        duban.write_regime("; another line\n" + duban.regime_file.read_text(encoding="utf-8"))
        client.call("system.reload")
        same(client.call("notice.explain", notice=notice)["versions"], dict(before, fact="notice_judged_otherwise"))
        facts = {verdict["fact"] for verdict in clock_named(client.call("clock.explain", ticket=ticket), "first_contact")["verdicts"]}
        same(facts, {"judged_otherwise"})


# --- policy.* ---

def lint(client, **params):
    """What lint finds, but for the holidays that end with the year in which this is run."""
    return [row for row in client.call("policy.lint", **params)["findings"] if row["check"] != "calendar_ends"]


def the_regime_is_listed_given_and_looked_at(world):
    """policy.list, policy.get with its lines and older versions, policy.lint of the file and of another text."""
    with world.duban() as duban, duban.client() as client:
        text = duban.regime_file.read_text(encoding="utf-8")
        listed = client.call("policy.list")
        policy = listed["policies"][0]
        same((policy["regime"], policy["in_force"], policy["file"]), ("nq510201", True, "nq510201.ini"))
        same({version["kind"] for version in listed["versions"]}, {"regime", "people", "calendar", "template"})
        got = client.call("policy.get")
        same((got["text"], got["digest"], got["path"]), (text, policy["digest"], str(duban.regime_file)))
        for clock in got["clocks"]:
            assert text.split("\n")[clock["line"] - 1].startswith(f"[clock {clock['clock']}]"), clock
        first = next(clock for clock in got["clocks"] if clock["clock"] == "first_contact")
        same((first["within"], first["ladder"]), ({"general": "24h", "urgent": "8h", "very_urgent": "4h"}, "up"))
        rungs = [rung for ladder in got["ladders"] for rungs in ladder["lists"] for rung in rungs["rungs"]]
        assert len(rungs) > 8 and all(text.split("\n")[rung["line"] - 1].startswith("rung") for rung in rungs), rungs
        same(lint(client), [])
        bad = text.replace("[report at_intake]", "[ladder spare]\nrung = +0 leadership by mail\n\n[report at_intake]")
        for language, word in (("en", "ladder spare"), ("zh", "阶梯 spare")):
            found = lint(client, text=bad, language=language)
            same([(row["check"], row["file"]) for row in found], [("ladder_unused", "nq510201.ini")])
            assert word in found[0]["text"] and bad.split("\n")[found[0]["line"] - 1] == "[ladder spare]", found
        refused = client.refusal("policy.lint", text=text.replace("stop   = plan", "stop   = plam"))
        same((refused.name, refused.field), ("invalid_params", "text"))
        assert ":152" not in refused.detail and "plam" in refused.detail and "nq510201.ini:" in refused.detail, refused.detail
        same(client.call("policy.get")["digest"], policy["digest"])
        regime = next(version for version in listed["versions"] if version["kind"] == "regime")
        duban.write_regime("; changed\n" + text)
        client.call("system.reload")
        same(client.call("policy.get", digest=regime["digest"][:12])["text"], text)
        same(client.call("policy.get")["text"], "; changed\n" + text)
        same(client.refusal("policy.get", digest="0" * 64).name, "not_found")
        people = next(version for version in listed["versions"] if version["kind"] == "people")
        same(client.refusal("policy.get", digest=people["digest"]).name, "not_found")


# --- the past ---

def the_past_is_rebuilt_from_the_journal(world):
    """As it was before the call, under the daemon's own files; and before there was anything."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket())
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-23 * HOUR)))["ticket"]
        filed_at = client.call("journal.read", ticket=ticket)["rows"][0]["at"]
        client.call("contact.record", ticket=ticket, **CONTACT)
        wait_until(lambda: seconds_of(instant()) > seconds_of(filed_at) + 1.2, what="the filing to be past")
        now = json.loads(duban.ctl("explain", ticket, "--json").stdout)
        then = json.loads(duban.ctl("explain", ticket, "--at", filed_at, "--json").stdout)
        same([clock_named(answer, "first_contact")["state"] for answer in (now, then)], ["met", "running"])
        same((then["number"], then["ticket"], then["rebuilt"]["others"]), (now["number"], ticket, []))
        same(then["rebuilt"]["policy"], client.call("system.info")["desks"][0]["regime_digest"])
        same(clock_named(then, "first_contact")["due_at"], clock_named(now, "first_contact")["due_at"])
        told = [people_of(step_of(clock_named(then, "first_contact"), 80, "reminder")),
                step_of(clock_named(then, "first_contact"), 80, "reminder")["status"]]
        same(told, [["sun.li"], "done"])
        row = json.loads(duban.ctl("why-not", now["number"], "zhao.min", "--at", filed_at, "--json").stdout)
        same(clock_named(row, "first_contact")["steps"][-2]["reason"], "not_yet")
        early = duban.ctl("explain", ticket, "--at", "2020-01-01T00:00:00+08:00")
        assert early.returncode == 1 and "had not been filed then" in early.stderr, early


def a_version_that_is_not_at_hand_is_named(world):
    """Rows that were judged by another regime than the files say are owned up to, in words and in data."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        before = client.call("system.info")["desks"][0]["regime_digest"]
        duban.write_regime("; another line\n" + duban.regime_file.read_text(encoding="utf-8"))
        client.call("system.reload")
        client.call("contact.record", ticket=ticket, **CONTACT)
        last = client.call("journal.read", ticket=ticket)["rows"][-1]["at"]
        wait_until(lambda: seconds_of(instant()) > seconds_of(last) + 1.2, what="the contact to be past")
        then = json.loads(duban.ctl("explain", ticket, "--at", last, "--json").stdout)
        same(then["rebuilt"]["others"], [before[:12]])
        said = duban.ctl("explain", ticket, "--at", last, "--lang", "en").stdout
        assert "not at hand" in said and before[:12] in said, said
        missing = duban.ctl("explain", ticket, "--at", last, "--regime", duban.directory / "none.ini")
        assert missing.returncode == 4 and "none.ini" in missing.stderr, missing


# --- without a daemon ---

def events(directory, *rows):
    """A file of events: (instant, actor, role, method, params)."""
    path = directory / "events.jsonl"
    path.write_text("".join(json.dumps({"at": at, "actor": actor, "role": role, "method": method, "params": params}) + "\n"
                            for at, actor, role, method, params in rows), encoding="utf-8")
    return path


def monday(hour, day=2):
    return f"2026-03-{day:02}T{hour:02}:00:00+08:00"


def a_story():
    """An urgent ticket, called on each of two days; nobody plans."""
    call = ("zhou.tao", "handler", "contact.record", dict(CONTACT, ticket="T1"))
    return [(monday(9), "chen.jie", "intake", "ticket.create", a_ticket(ref="T1", urgency="urgent")),
            (monday(10), *call), (monday(10, 3), *call)]


def offline(duban, command, *words, regime=None, people=system.PEOPLE):
    done = duban.ctl(command, "--regime", regime or system.REGIME, "--people", people, "--ticket", "T1", "--json", *words)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def events_are_explained_without_a_daemon(world):
    """Acts, slots, notices and verdicts come from the run's own memory; --at ends the reading."""
    duban = world.duban()
    path = events(duban.directory, *a_story())
    answer = offline(duban, "explain", path, "--at", monday(19, 3))
    first, daily, plan = (clock_named(answer, name) for name in ("first_contact", "daily_contact", "plan"))
    check_sum(plan, 8 * HOUR * 1000)
    same((first["state"], first["anchor"]["actor"], first["ended"]["actor"]), ("met", "chen.jie", "zhou.tao"))
    same(([slot["contact"] for slot in daily["slots"]], daily["quota"]["credited"]), ([2], 1))
    same([(people_of(step), step["status"]) for step in plan["steps"]],
         [(["sun.li"], "done"), (["sun.li"], "done"), (["sun.li"], "done"), (["zhao.min"], "done"), (["liu.yang"], "done")])
    same([verdict["type"] for verdict in plan["verdicts"]],
         ["clock.reminded", "clock.reminded", "clock.breached", "ladder.rung", "ladder.rung", "ladder.rung"])
    early = offline(duban, "explain", path, "--at", monday(9))
    same((clock_named(early, "first_contact")["state"], clock_named(early, "first_contact")["slots"]), ("running", []))
    refused = duban.ctl("explain", "--ticket", "T1", path)
    assert refused.returncode == 2 and "--regime" in refused.stderr, refused
    refused = duban.ctl("explain", "--regime", system.REGIME, "--ticket", "T9", path)
    assert refused.returncode == 1 and "no such ticket" in refused.stderr, refused
    path.write_text(path.read_text(encoding="utf-8") + "nonsense\n", encoding="utf-8")
    assert duban.ctl("explain", "--regime", system.REGIME, "--ticket", "T1", path).stderr.startswith(f"dubanctl: {path}:4:")


def reasons_that_take_days(world):
    """Enough contacts in the window; mail that did not arrive; told in an earlier cycle and not in this one."""
    duban = world.duban()
    path = events(duban.directory, *a_story())

    def reason(person, clock, step, number, *words):
        answer = offline(duban, "why-not", path, "--person", person, *words)
        return next(row["reason"] for row in clock_named(answer, clock)["steps"] if (row["step"], row.get("number")) == (step, number))

    same(reason("sun.li", "daily_contact", "reminder", 75, "--at", monday(12, 3)), "enough")
    same(reason("sun.li", "daily_contact", "reminder", 75, "--at", monday(12, 4)), "not_yet")
    same(reason("sun.li", "daily_contact", "reminder", 75, "--at", monday(19, 4)), "told")
    same(reason("zhao.min", "plan", "rung", 2, "--at", monday(20)), "not_yet")
    same(reason("zhao.min", "plan", "rung", 2, "--at", monday(22)), "told")
    relay = ("2026-03-02T08:00:00+08:00", "test", "admin", "relay.answers", {"person": "sun.li", "answer": "refused"})
    events(duban.directory, relay, *a_story())
    same(reason("sun.li", "plan", "rung", 1, "--at", monday(18)), "not_delivered")
    missing = duban.ctl("why-not", "--regime", system.REGIME, "--ticket", "T1", path)
    assert missing.returncode == 2 and "PERSON" in missing.stderr, missing


STORIES = system.ROOT / "tests/scenario"


def small(kind, reference="T1", cls="request"):
    """A ticket of the scenarios' small regimes."""
    return {"ref": reference, "class": cls, "type": kind, "urgency": "general", "channel": "phone",
            "customer": {"name": "C"}, "contact": {"name": "D", "phone": "1"}, "subject": "x"}


def pauses_are_stretches_that_do_not_count(world):
    """Real time goes on with what was left, a paused closing costs a day, civil days move; while it stands it says so."""
    duban = world.duban()
    regime, people = STORIES / "regimes/pauses.ini", STORIES / "people/workshop.ini"
    wait = {"ticket": "T1", "reason": "awaiting_customer"}
    story = [(monday(9), "a", "intake", "ticket.create", small("repair")),
             (monday(10), "a", "handler", "ticket.pause", wait)]
    path = events(duban.directory, *story)
    answer = clock_named(offline(duban, "explain", path, "--at", monday(11), regime=regime, people=people), "answer")
    same((answer["state"], answer["due_at"], answer["paused"]["cause"], answer["paused"]["left_ms"]),
         ("paused", None, "等待客户", 3 * HOUR * 1000))
    same({step["status"] for step in answer["steps"]}, {"when_resumed"})
    blocked = offline(duban, "why-not", path, "--person", "wang.fang", "--at", monday(11), regime=regime, people=people)
    same({row["reason"] for row in clock_named(blocked, "answer")["steps"] if row["step"] == "reminder"}, {"paused"})
    events(duban.directory, *story, (monday(12), "a", "handler", "ticket.resume", {"ticket": "T1"}))
    answer = clock_named(offline(duban, "explain", path, "--at", monday(13), regime=regime, people=people), "answer")
    same([(row["kind"], row["counted_ms"] // 1000 // HOUR) for row in answer["segments"]], [("open", 1), ("pause", 0), ("open", 3)])
    check_sum(answer, 4 * HOUR * 1000)
    same(seconds_of(answer["due_at"]), seconds_of(monday(15)))
    parts = {"ticket": "T1", "reason": "spare_parts"}
    events(duban.directory, (monday(9), "a", "intake", "ticket.create", small("spares")),
           (monday(17, 3), "wang.fang", "department_head", "ticket.pause", parts),
           (monday(10, 4), "a", "handler", "ticket.resume", {"ticket": "T1"}))
    spares = clock_named(offline(duban, "explain", path, "--at", monday(11, 4), regime=regime, people=people), "spares")
    same([(row["kind"], row["day"][-2:], row["counted"]) for row in spares["segments"]],
         [("start_day", "02", 0), ("paused_day", "03", 0), ("working", "04", 2)])
    same(spares["segments"][1]["cause"], "等待备件")


def what_waits_says_for_what(world):
    """Quiet hours, a budget that is used up, the digest that told of it in the end."""
    duban = world.duban()
    regime, people = STORIES / "regimes/waiting.ini", STORIES / "people/waiting.ini"

    def reason(path, person, at, ticket="T1"):
        done = duban.ctl("why-not", "--regime", regime, "--people", people, "--ticket", ticket, "--person", person, "--at", at,
                         "--json", path)
        assert done.returncode == 0, done
        rungs = [row for row in clock_named(json.loads(done.stdout), "answer")["steps"] if row["step"] == "rung"]
        return next(row for row in rungs if row["reason"] not in ("not_meant", "not_yet", "other_list"))

    path = events(duban.directory, (monday(18), "a", "intake", "ticket.create", small("repair", cls="claim")))
    held = reason(path, "liu.yang", monday(23))
    same((held["reason"], seconds_of(held["ready_at"])), ("quiet_hours", seconds_of(monday(8, 3))))
    same(reason(path, "liu.yang", monday(9, 3))["reason"], "told")
    path = events(duban.directory, *((f"2026-03-02T09:0{n}:00+08:00", "a", "intake", "ticket.create", small("repair", f"T{n}"))
                                     for n in range(1, 6)))
    same([reason(path, "sun.li", "2026-03-02T13:10:00+08:00", ticket)["reason"] for ticket in ("T1", "T5")], ["told", "budget"])
    same(reason(path, "sun.li", "2026-03-02T13:50:00+08:00", "T5")["reason"], "digest")
    done = duban.ctl("why-not", "--regime", regime, "--people", people, "--ticket", "T5", "--person", "sun.li", "--at",
                     "2026-03-02T13:50:00+08:00", "--lang", "en", path)
    assert "was told in digest" in done.stdout, done.stdout


# --- what people read ---

def people_read_it_in_their_language(world):
    """dubanctl explain, why-not and notice why, in both languages, and the facts with --json."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-30 * HOUR)))["ticket"]
        duban.wait_drained()
        said = {"zh": ("首次联系（first_contact）：已逾期", "上报第 1 级", "还没到时候", "孙丽", "待送"),
                "en": ("First contact (first_contact): breached", "Rung 1", "not yet", "Sun Li", "queued")}
        for language, words in said.items():
            commands = (("explain", ticket), ("why-not", ticket, "zhao.min"), ("notice", "why", "1"))
            text = "".join(duban.ctl(*command, "--lang", language).stdout for command in commands)
            assert all(word in text for word in words), (language, text)
            assert "nq510201.ini:" in text
        done = duban.ctl("why-not", ticket, "zhao.min", "--json")
        same(json.loads(done.stdout)["person"], "zhao.min")
        duban.write_regime(duban.regime_file.read_text(encoding="utf-8") + "\n[ladder spare]\nrung = +0 leadership by mail\n")
        for language, word in (("en", "no clock climbs ladder spare"), ("zh", "没有时限用阶梯 spare")):
            assert word in duban.ctl("policy", "lint", "--lang", language).stdout
        assert "ladder_unused" in duban.ctl("policy", "lint", duban.regime_file).stdout
        assert duban.regime_file.read_text(encoding="utf-8").startswith(duban.ctl("policy", "get").stdout)
        same(duban.ctl("explain", ticket, "--lang", "fr").returncode, 1)


TESTS = [an_explanation_names_who_when_and_by_what_line, contacts_show_the_slots_they_filled,
         the_future_is_judged_and_nothing_changes, absent_people_appear_with_their_deputies, closed_tickets_are_explained_too,
         memory_alone_answers_when_asked_to, working_days_are_named, who_is_meant_and_who_is_not,
         what_happened_before_it_was_due, absence_and_deputies, conditions_lists_and_reports_of_a_regime,
         tomorrow_somebody_will_be_told, a_notice_knows_its_line_and_its_course, another_regime_is_owned_up_to,
         the_regime_is_listed_given_and_looked_at, the_past_is_rebuilt_from_the_journal,
         a_version_that_is_not_at_hand_is_named, events_are_explained_without_a_daemon, reasons_that_take_days,
         pauses_are_stretches_that_do_not_count, what_waits_says_for_what, people_read_it_in_their_language]

if __name__ == "__main__":
    main(TESTS)
