#!/usr/bin/env python3
"""Calendars as versions, against a real daemon and database: python3 tests/system/test_calendar.py BUILD_DIR [NAME...]

What a late fact changes is listed for open and for closed tickets and stands in the journal; an import through the
socket goes before the file, over a restart, until it is taken back; deadlines move at a start as by a reload; verdicts
name versions that the database has. The calendar of these tests is open around the clock but on its holidays, so that
every instant can be added up here: limits of 72 hours, and three whole days that turn out to have been closed.
"""
import datetime
import json
import pathlib
import zoneinfo

import duban as system
from duban import a_ticket, clock_of, instant, main, same, seconds_of, wait_until

SCENARIO = system.ROOT / "tests" / "scenario"
SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
HOUR, DAY = 3600, 86400


def date(days):
    """The civil date in Shanghai, so many days from now."""
    return (datetime.datetime.now(SHANGHAI) + datetime.timedelta(days=days)).date().isoformat()


def shift(holidays=(), until=None, name="shift"):
    """A calendar that is open always but on these days (numbers of days from now)."""
    known = f"until = {until}\n" if until else ""
    days = "".join(f"{date(day)} = 停电 | Power cut\n" for day in holidays)
    return (f"[calendar]\nname = {name}\nzone = Asia/Shanghai\n{known}[hours]\nmonday..sunday = 00:00-24:00\n"
            f"[holidays]\n{days}")


def regime(**budgets):
    """tests/scenario/regimes/hours.ini, whose two clocks count by `shift`: 72 business hours."""
    text = (SCENARIO / "regimes/hours.ini").read_text(encoding="utf-8").replace("= office", "= shift")
    text = text.replace("within   = 8bh", f"within   = {budgets.get('answer', '72bh')}")
    return text.replace("within   = 2wd", f"within   = {budgets.get('repair', '72bh')}")


def a_desk(world, calendar, **options):
    """A Duban with a calendar file of its own."""
    directory = pathlib.Path(world.directory) / f"calendars{world.count + 1}"
    directory.mkdir()
    (directory / "always.ini").write_text((system.ROOT / "etc/calendars/always.ini").read_text(encoding="utf-8"), encoding="utf-8")
    (directory / "shift.ini").write_text(calendar, encoding="utf-8")
    people = (SCENARIO / "people/workshop.ini").read_text(encoding="utf-8")
    duban = world.duban(regime=options.pop("regime", regime()), people=people,
                        settings={"daemon.calendars": directory}, **options)
    duban.shift = directory / "shift.ini"
    return duban


def file_ticket(client, days_ago, **changes):
    """A ticket of the workshop, received so many days ago; its id."""
    return client.call("ticket.create", **a_ticket(type="repair", received_at=instant(-days_ago * DAY), **changes))["ticket"]


def contact(client, ticket, days_ago=0.0):
    client.call("contact.record", ticket=ticket, channel="phone", direction="out", reached=True, at=instant(-days_ago * DAY))


def bodies(duban, kind):
    """The journal's rows of a type: (ticket, body)."""
    rows = duban.sql(f"SELECT coalesce(ticket::text, '-'), body FROM duban.journal WHERE type = '{kind}' ORDER BY sequence")
    return [(ticket, json.loads(body)) for ticket, body in rows]


def verdicts(answer):
    return sorted((verdict["ticket"], verdict["state"], verdict["clock"], verdict["was"], verdict["would_be"])
                  for verdict in answer["verdicts"])


def about(seconds, wanted, what):
    assert abs(seconds - wanted) < 60, f"{what}: {seconds} instead of {wanted}"


CLOSED = (-4, -3, -2)  # whole days behind an anchor five days ago


# --- late facts ---

def late_facts_of_open_and_closed_tickets(world):
    """We were closed three days last week: what was missed, met late and closed late is listed, and stays on record."""
    with a_desk(world, shift()) as duban, duban.client() as client:
        missed, late, in_time, closed, young = [file_ticket(client, days) for days in (5, 5, 5, 5, 1)]
        contact(client, late, 1.0)
        contact(client, in_time, 4.5)
        contact(client, closed, 0.5)
        client.call("ticket.solve", ticket=closed, result="it works")
        client.call("ticket.close", ticket=closed)
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.clock_closed WHERE state = 'met'") == 2, 10, "the closed clocks")
        before = {ticket: clock_of(client.call("clock.list", ticket=ticket), "answer") for ticket in (missed, late, in_time)}
        duban.shift.write_text(shift(CLOSED), encoding="utf-8")
        answer = client.call("system.reload")
        same(verdicts(answer), sorted([
            (missed, "open", "answer", "missed", "not_missed"), (missed, "open", "repair", "missed", "not_missed"),
            (late, "open", "answer", "late", "in_time"), (late, "open", "repair", "missed", "not_missed"),
            (in_time, "open", "repair", "missed", "not_missed"), (closed, "closed", "answer", "late", "in_time"),
            (closed, "closed", "repair", "late", "in_time")]), "verdicts that would be others")
        same((answer["changed"], answer["moved"], answer["closed_reviewed"], answer["closed_undecided"]), (7, 0, 2, 0))
        assert "closed_cut" not in answer and "cut" not in answer, answer
        for verdict in answer["verdicts"]:
            about(seconds_of(verdict["would_be_due_at"]) - seconds_of(verdict["due_at"]), 3 * DAY, "three closed days")
        after = {ticket: clock_of(client.call("clock.list", ticket=ticket), "answer") for ticket in before}
        same(after, before, "what was judged stays on record")
        wait_until(lambda: len(bodies(duban, "clock.reviewed")) == 7, 10, "the journal")
        same(sorted((ticket, body["clock"], body["was"], body["would_be"]) for ticket, body in bodies(duban, "clock.reviewed")),
             sorted((ticket, clock, was, would_be) for ticket, _, clock, was, would_be in verdicts(answer)))
        same(clock_of(client.call("clock.list", ticket=young), "answer")["state"], "running")
        again = client.call("system.reload")
        same((again["changed"], again["moved"], again["closed_reviewed"]), (0, 0, 0), "nothing is new the second time")
        system.verify_journal(duban)


def a_day_to_come_moves_deadlines(world):
    """Tomorrow will be closed: what runs moves by a day, listed and journaled ticket by ticket; nobody is told."""
    with a_desk(world, shift()) as duban, duban.client() as client:
        tickets = [file_ticket(client, 0.5), file_ticket(client, 1)]
        before = {ticket: client.call("clock.list", ticket=ticket)["clocks"] for ticket in tickets}
        duban.shift.write_text(shift([1]), encoding="utf-8")
        answer = client.call("system.reload")
        same((answer["moved"], answer["changed"]), (4, 0))
        for moved in answer["deadlines"]:
            about(seconds_of(moved["to"]) - seconds_of(moved["from"]), DAY, "a closed day")
            was = clock_of({"clocks": before[moved["ticket"]]}, moved["clock"])["due_at"]
            now = clock_of(client.call("clock.list", ticket=moved["ticket"]), moved["clock"])["due_at"]
            same((moved["from"], moved["to"]), (was, now))
        wait_until(lambda: len(bodies(duban, "clock.moved")) == 4, 10, "the journal")
        same(sorted((ticket, body["clock"], body["to"]) for ticket, body in bodies(duban, "clock.moved")),
             sorted((moved["ticket"], moved["clock"], moved["to"]) for moved in answer["deadlines"]))
        reload_row = bodies(duban, "system.reload")[-1][1]
        same((reload_row["cause"], reload_row["moved"], reload_row["changed"]), ("system.reload", 4, 0))
        same(duban.notices(), [], "a reload sends nothing")


# --- versions ---

def verdicts_name_versions_that_are_kept(world):
    """A breach names policy, people and calendar; the texts of all of them are in the database, by these digests."""
    with a_desk(world, shift()) as duban, duban.client() as client:
        file_ticket(client, 5)
        body = wait_until(lambda: bodies(duban, "clock.breached"), 10, "a breach")[0][1]
        calendar, digest = body["calendar"].split("@")
        kept = duban.sql("SELECT kind, name, digest, body FROM duban.version WHERE kind IN ('calendar', 'regime', 'people')"
                         " AND body NOT LIKE '%' || chr(10) || '%'")
        same(kept, [], "a text in one line")
        same(duban.sql(f"SELECT name FROM duban.version WHERE kind = 'calendar' AND digest LIKE '{digest}%'"), [[calendar]])
        same(duban.value(f"SELECT body = convert_from(decode('{shift().encode().hex()}', 'hex'), 'UTF8') FROM duban.version"
                         f" WHERE kind = 'calendar' AND digest LIKE '{digest}%'"), "t", "the text that was judged by")
        same(duban.number(f"SELECT count(*) FROM duban.version WHERE kind = 'people' AND digest LIKE '{body['people']}%'"), 1)
        same((calendar, body["provisional"]), ("shift", False))
        duban.shift.write_text(shift([-3]), encoding="utf-8")
        client.call("system.reload")
        same(duban.number("SELECT count(*) FROM duban.version WHERE kind = 'calendar' AND name = 'shift'"), 2, "both versions")


def calendars_change_while_nobody_leads(world):
    """A file that was changed while the daemon was down moves deadlines at the start, as a reload would have."""
    with a_desk(world, shift()) as duban:
        with duban.client() as client:
            ticket = file_ticket(client, 1)
            due = clock_of(client.call("clock.list", ticket=ticket), "answer")["due_at"]
        duban.restart()
        same(bodies(duban, "clock.moved"), [], "nothing moves when nothing has changed")
        duban.stop()
        duban.shift.write_text(shift([1]), encoding="utf-8")
        duban.start()
        with duban.client() as client:
            moved = clock_of(client.call("clock.list", ticket=ticket), "answer")["due_at"]
            about(seconds_of(moved) - seconds_of(due), DAY, "a closed day")
            wait_until(lambda: len(bodies(duban, "clock.moved")) == 2, 10, "the journal")
            same(bodies(duban, "system.reload")[-1][1]["cause"], "start")
            wait_until(lambda: duban.number("SELECT count(*) FROM duban.clock_open WHERE due_at - anchor_at = interval '4 days'") == 2,
                       10, "the moved deadlines in the database")
        system.verify_journal(duban)


# --- imports ---

def an_import_goes_before_the_file(world):
    """calendar.import: judged by at once, kept over a restart, listed as imported, and taken back by forget."""
    with a_desk(world, shift()) as duban:
        with duban.client() as client:
            ticket = file_ticket(client, 1)
            due = lambda one: seconds_of(clock_of(one.call("clock.list", ticket=ticket), "answer")["due_at"])  # noqa: E731
            at_first = due(client)
            answer = client.call("calendar.import", name="shift", text=shift([1]))
            same((answer["moved"], len(answer["deadlines"])), (2, 2))
            about(due(client) - at_first, DAY, "by the import")
            listed = {one["calendar"]: one for one in client.call("calendar.list")["calendars"]}
            same((listed["shift"]["imported"], listed["always"]["imported"]), (True, False))
            same(listed["shift"]["used"], ["clock answer", "clock repair"])
            client.call("system.reload")
            about(due(client) - at_first, DAY, "a reload of the file does not undo it")
            digest = client.digest()
        duban.restart()
        with duban.client() as client:
            same(client.digest(), digest, "digest after a restart")
            same(len(duban.log_lines("calendar_imported")), 1)
            about(due(client) - at_first, DAY, "after a restart")
            answer = client.call("calendar.import", name="shift", forget=True)
            same(answer["moved"], 2)
            about(due(client) - at_first, 0, "by its file again")
            same(client.refusal("calendar.import", name="shift", forget=True).name, "not_found")
            same([one["imported"] for one in client.call("calendar.list")["calendars"]], [False, False])
        duban.restart()
        with duban.client() as client:
            about(due(client) - at_first, 0, "the file holds after a restart")
        same([row[0] for row in duban.sql("SELECT (digest IS NULL)::text FROM duban.calendar ORDER BY import")], ["false", "true"])
        causes = [body["cause"] for _, body in bodies(duban, "system.reload")]
        same(causes, ["calendar.import shift", "system.reload", "calendar.import shift: its file again"])
        system.verify_journal(duban)


def bad_imports_change_nothing(world):
    """Every refusal names what is wrong, and leaves the digest, the calendar and the database as they were."""
    with a_desk(world, shift()) as duban, duban.client() as client:
        file_ticket(client, 1)
        before, listed = client.digest(), client.call("calendar.list")
        wrong = shift().replace("00:00-24:00", "00:00-25:00")
        for params, name, field, detail in (
                ({"name": "shift", "text": wrong}, "invalid_params", "text", "text:5: "),
                ({"name": "shift", "text": shift(name="other")}, "invalid_params", "text", "named other"),
                ({"name": "shift", "text": ""}, "invalid_params", "text", "no name"),
                ({"name": "beach", "text": shift(name="beach")}, "invalid_params", "name", "the regime names no calendar 'beach'"),
                ({"name": "shift"}, "invalid_params", "text", "either a text or forget"),
                ({"name": "shift", "text": shift(), "forget": True}, "invalid_params", "text", "either a text or forget"),
                ({"name": "shift", "forget": True}, "not_found", "name", "was not imported"),
                ({"text": shift()}, "invalid_params", "name", "")):
            error = client.refusal("calendar.import", **params)
            same((error.name, error.field), (name, field), params)
            assert detail in (error.detail or ""), (params, error)
        same(client.digest(), before)
        same(client.call("calendar.list"), listed)
        same(duban.number("SELECT count(*) FROM duban.calendar"), 0)
        good = client.call("calendar.import", name="shift", text=shift([1]))
        same(good["moved"], 2, "a good one after the bad ones")


def only_admins_import(world):
    """A calendar moves everybody's deadlines: who may not reload may not import either."""
    user = a_desk(world, shift(), roles={"service_head": (system.pwd.getpwuid(system.os.geteuid()).pw_name, "")})
    with user as duban, duban.client() as client:
        same(client.refusal("calendar.import", name="shift", text=shift([1])).code, 1005)
        same(len(client.call("calendar.list")["calendars"]), 2)


# --- whose hours ---

def a_customers_calendar_is_kept(world):
    """It is written, comes back after a restart, and is still there when the ticket is closed and reopened."""
    text = regime(answer="24h").replace("within   = 24h\ncalendar = shift", "within   = 24h\nhours    = customer.staffed")
    with a_desk(world, shift(), regime=text) as duban:
        with duban.client() as client:
            ticket = client.call("ticket.create", **a_ticket(type="repair", customer={"name": "港", "calendar": "shift"}))["ticket"]
            shown = client.call("ticket.get", ticket=ticket)
            same(shown["customer"], {"name": "港", "calendar": "shift"})
            digest = client.digest()
        duban.restart()
        with duban.client() as client:
            same(client.digest(), digest)
            same(client.call("ticket.get", ticket=ticket)["customer"]["calendar"], "shift")
            contact(client, ticket)
            client.call("ticket.solve", ticket=ticket, result="it works")
            client.call("ticket.close", ticket=ticket)
            wait_until(lambda: duban.number("SELECT count(*) FROM duban.ticket_closed") == 1, 10, "the closed ticket")
            closed = client.call("ticket.get", ticket=ticket)
            same((closed["state"], closed["customer"]["calendar"]), ("closed", "shift"))
            assert "staffed" not in closed["customer"], closed["customer"]
            client.call("ticket.reopen", ticket=ticket)
            same(client.call("ticket.get", ticket=ticket, view="hot")["customer"], {"name": "港", "calendar": "shift"})
            client.call("ticket.update", ticket=ticket, customer={"staffed": "08:00-20:00"})
            same(client.call("ticket.get", ticket=ticket, view="hot")["customer"], {"name": "港", "staffed": "08:00-20:00"})


# --- being asked ---

def explains_open_time(world):
    """calendar.explain adds up what lies between two instants, day by day; hours are explained, too."""
    with a_desk(world, shift([-3])) as duban, duban.client() as client:
        begin = datetime.datetime.fromisoformat(date(-4) + "T10:00:00+08:00")
        end = datetime.datetime.fromisoformat(date(-2) + "T09:30:00+08:00")
        span = {"from": begin.isoformat(), "to": end.isoformat()}
        told = client.call("calendar.explain", calendar="shift", **span)
        same((told["open_s"], told["working_days"], told["zone"]), (14 * HOUR + 9 * HOUR + 1800, 0, "Asia/Shanghai"))
        same([(day["date"], day["working"], day["open_s"], day["name"]) for day in told["days"]],
             [(date(-4), True, 14 * HOUR, None), (date(-3), False, 0, "停电 | Power cut"), (date(-2), True, 9 * HOUR + 1800, None)])
        same(told["days"][0]["segments"], [{"from": date(-4) + "T10:00:00+08:00", "to": date(-3) + "T00:00:00+08:00"}])
        same(told["days"][1]["segments"], [])
        hours = client.call("calendar.explain", calendar="08:30-12:00", **span)
        same(([day["open_s"] for day in hours["days"]], hours["working_days"]), ([2 * HOUR, 3 * HOUR + 1800, HOUR], 1))
        for params, name, field in (({"calendar": "beach", **span}, "not_found", "calendar"),
                                    ({"calendar": "shift", "from": span["to"], "to": span["from"]}, "invalid_params", "to"),
                                    ({"calendar": "shift", "from": instant(0), "to": instant(401 * DAY)}, "invalid_params", "to")):
            error = client.refusal("calendar.explain", **params)
            same((error.name, error.field), (name, field), params)


def says_what_is_provisional(world):
    """A deadline behind the horizon says so in answers, in the journal and in the words of the notice."""
    text = regime(answer="1bs")
    with a_desk(world, shift(until=date(-1)), regime=text) as duban, duban.client() as client:
        filed = client.call("ticket.create", **a_ticket(type="repair"))
        same([(clock["clock"], clock["provisional"]) for clock in filed["clocks"]], [("answer", True), ("repair", True)])
        same(client.call("ticket.list")["tickets"][0]["next_provisional"], True)
        notice = wait_until(lambda: duban.notices("rung = 1"), 10, "the notice of the breach")[0]
        assert "（暂定）" in notice["body"], notice["body"]
        same(client.call("escalation.list")["escalations"][0]["provisional"], True)
        same(wait_until(lambda: bodies(duban, "clock.breached"), 10, "the breach")[0][1]["provisional"], True)
        duban.shift.write_text(shift(), encoding="utf-8")
        client.call("system.reload")
        same([clock["provisional"] for clock in client.call("clock.list", ticket="1")["clocks"]], [False, False])


def dubanctl_shows_it(world):
    """reload, calendar list, explain, import --apply and forget, as people see them."""
    with a_desk(world, shift()) as duban, duban.client() as client:
        file_ticket(client, 5)
        file_ticket(client, 1)
        number = client.call("ticket.get", ticket="2", view="hot")["number"]
        duban.shift.write_text(shift([1]), encoding="utf-8")
        done = duban.ctl("reload")
        same(done.returncode, 0, done.stderr)
        assert "Deadlines that moved" in done.stdout and number in done.stdout, done.stdout
        ics = duban.directory / "late.ics"
        begin = date(-4).replace("-", "")
        end = date(-1).replace("-", "")
        ics.write_text(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                       f"DTSTART;VALUE=DATE:{begin}\r\nDTEND;VALUE=DATE:{end}\r\nSUMMARY:停电（休）\r\nEND:VEVENT\r\n"
                       "END:VCALENDAR\r\n", encoding="utf-8")
        done = duban.ctl("calendar", "import", "--base", duban.shift, "--apply", ics)
        same(done.returncode, 0, done.stderr)
        assert "not_missed" in done.stdout and "WOULD BE" in done.stdout, done.stdout
        listed = duban.ctl("calendar", "list").stdout
        assert [line.split()[:1] + [word for word in line.split() if word in ("true", "false", "yes", "no")]
                for line in listed.splitlines() if line.startswith("shift")], listed
        told = duban.ctl("calendar", "explain", "shift", f"{date(-5)} 00:00", f"{date(-1)} 00:00").stdout
        assert "24 h 00 min" in told and "停电" in told, told
        done = duban.ctl("calendar", "forget", "shift", "--json")
        same((done.returncode, json.loads(done.stdout)["changed"]), (0, 0), "as it was judged at first")
        done = duban.ctl("calendar", "import", "--base", duban.shift, "--name", "beach", "--apply", ics)
        same(done.returncode, 1, "refused")
        assert "names no calendar 'beach'" in done.stderr, done.stderr


if __name__ == "__main__":
    main([late_facts_of_open_and_closed_tickets, a_day_to_come_moves_deadlines, verdicts_name_versions_that_are_kept,
          calendars_change_while_nobody_leads, an_import_goes_before_the_file, bad_imports_change_nothing, only_admins_import,
          a_customers_calendar_is_kept, explains_open_time, says_what_is_provisional, dubanctl_shows_it])
