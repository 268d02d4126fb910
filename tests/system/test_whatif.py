#!/usr/bin/env python3
"""What would have been different: `dubanctl replay --policy B --against A`.

Run as `python3 tests/system/test_whatif.py BUILD_DIR [NAME...]`. Every kind of difference has a small story with the regime
changed in one place, and what must come of it is written out by hand. For a year of a real log, found beside the
project as ../shared/data/incidents.csv.gz (without it that test is skipped in sight), the report is held against a
tally that is made here from the lines of two plain replays and shares no code with the program.
"""
import collections
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime

TOP = pathlib.Path(__file__).resolve().parents[2]
REGIME = TOP / "etc/regimes/nq510201.ini"
PEOPLE = TOP / "etc/people.ini"
LOG = TOP.parent / "shared/data/incidents.csv.gz"
FIGURES = ("breaches", "notices", "shortfalls", "withdrawals", "suppressed", "incidents")
CONTACT = {"channel": "phone", "direction": "out", "reached": True}
TESTS = []


def test(function):
    TESTS.append(function)
    return function


def equal(got, wanted, about=""):
    assert got == wanted, f"{about}: got {got!r} instead of {wanted!r}"


class Room:
    """A directory with the events of a story and regimes changed from the shipped one."""

    def __init__(self, build, directory):
        self.program, self.directory = build / "client/dubanctl", pathlib.Path(directory)
        for name in ("calendars", "templates"):
            (self.directory / name).symlink_to(TOP / "etc" / name)
        (self.directory / "regimes").mkdir()

    def regime(self, *changes, name="b"):
        """The shipped regime with each (old, new) replaced; its path."""
        text = REGIME.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = self.directory / "regimes" / f"{name}.ini"
        path.write_text(text, encoding="utf-8")
        return path

    def people(self, *changes):
        text = PEOPLE.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        path = self.directory / "people.ini"
        path.write_text(text, encoding="utf-8")
        return path

    def events(self, *rows):
        """(at, role, method, params): at is the time of a day in March 2026."""
        path = self.directory / "events.jsonl"
        with open(path, "w", encoding="utf-8") as file:
            for at, role, method, params in rows:
                file.write(json.dumps({"at": f"2026-03-{at}:00+08:00", "actor": role, "role": role, "method": method,
                                       "params": params}, ensure_ascii=False) + "\n")
        return path

    def run(self, *words, environment=None):
        return subprocess.run([self.program, "replay", *map(str, words)], capture_output=True, timeout=600,
                              env={"PATH": "/usr/bin:/bin", "TZ": "Asia/Shanghai", **(environment or {})})

    def lines(self, *words):
        """What a plain replay prints."""
        done = self.run(*words)
        equal((done.returncode, done.stderr), (0, b""))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def report(self, *words):
        """The report as an object."""
        done = self.run(*words, "--json")
        equal((done.returncode, done.stderr.decode()), (0, ""))
        return json.loads(done.stdout)

    def whatif(self, policy, events, *words):
        """With details, against the shipped regime, with the shipped people."""
        return self.report("--policy", policy, "--against", REGIME, "--people", PEOPLE, "--details", *words, events)


def created(ref, urgency="general", **more):
    return {"ref": ref, "class": "request", "type": "technical_service", "urgency": urgency, "channel": "phone",
            "customer": {"name": "海港医院"}, "contact": {"name": "李雷", "phone": "0755-5550101"}, "subject": "系统宕机", **more}


def only(rows, **wanted):
    """The rows that have these members."""
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def a_march_instant(text):
    return f"2026-03-{text}:00+08:00"


# ---- one difference each ----

@test
def nothing_differs(room):
    """B is A: it is said, in both languages, and the exit code is 0 even when asked for."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1", "urgent")),
                         ("05T09:00", "handler", "contact.record", {"ticket": "T1", **CONTACT}))
    report = room.whatif(room.regime(), events)
    equal(report["differs"], False)
    equal(report["details"], {"breaches": [], "notices": [], "requests": []})
    for figure in FIGURES:
        equal(report["totals"][figure]["a"], report["totals"][figure]["b"], figure)
    assert report["totals"]["breaches"]["a"] > 0 and report["totals"]["notices"]["a"] > 0, "a story without anything"
    words = ("--policy", room.regime(), "--against", REGIME, "--exit-code", events)
    for language, sentence in (("zh_CN.UTF-8", "没有差别"), ("en_GB.UTF-8", "No difference:"), ("C.UTF-8", "没有差别")):
        done = room.run(*words, environment={"LANG": language})
        equal(done.returncode, 0)
        assert sentence in done.stdout.decode(), done.stdout.decode()
    done = room.run(*words, "--lang", "en", environment={"LANG": "zh_CN.UTF-8"})
    assert "No difference:" in done.stdout.decode(), done.stdout.decode()
    english = room.regime(("language = zh", "language = en"), name="english")
    done = room.run("--policy", english, "--against", REGIME, events, environment={"LC_ALL": "C"})
    assert "No difference:" in done.stdout.decode(), done.stdout.decode()


@test
def a_breach_only_in_b_and_one_only_in_a(room):
    """A contact after seven hours: late where 6 h are given, in time where 8 are; and the other way round."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1", "urgent")),
                         ("02T16:00", "handler", "contact.record", {"ticket": "T1", **CONTACT}),
                         ("02T16:30", "handler", "ticket.plan", {"ticket": "T1", "expected_at": a_march_instant("02T18:00"),
                                                                  "measures": "更换"}))
    stricter = room.regime(("within = general 24h, urgent 8h, very_urgent 4h ; INT-22",
                            "within = general 24h, urgent 6h, very_urgent 4h ; INT-22"))
    report = room.whatif(stricter, events)
    equal(report["details"]["breaches"], [{"ref": "T1", "number": "NR510201A-000001", "clock": "first_contact", "cycle": 1,
                                           "a": None, "b": a_march_instant("02T15:00")}])
    breaches = report["totals"]["breaches"]
    equal((breaches["a"], breaches["b"], breaches["only_a"], breaches["only_b"]), (0, 1, 0, 1))
    row, = only(report["by_clock"], clock="first_contact")
    equal((row["title"], row["breaches"]["a"], row["breaches"]["b"], row["breaches"]["only_b"]), ("首次联系", 0, 1, 1))
    row, = only(report["by_urgency"], urgency="urgent")
    equal((row["breaches"]["a"], row["breaches"]["b"]), (0, 1))
    row, = only(report["by_class"], **{"class": "request"})
    equal((row["breaches"]["a"], row["breaches"]["b"]), (0, 1))
    told = [(row["template"], row["rung"], row["person"], row["a"], row["b"]) for row in report["details"]["notices"]]
    assert ("contact_breach", 1, "sun.li", None, a_march_instant("02T15:00")) in told, told
    assert ("all_clear", 0, "sun.li", None, a_march_instant("02T16:00")) in told, told

    other_way = room.report("--policy", REGIME, "--against", stricter, "--people", PEOPLE, "--details", events)
    equal(other_way["details"]["breaches"], [{"ref": "T1", "number": "NR510201A-000001", "clock": "first_contact", "cycle": 1,
                                              "a": a_march_instant("02T15:00"), "b": None}])
    equal(other_way["totals"]["breaches"]["only_a"], 1)


@test
def a_breach_and_its_notices_earlier_and_later(room):
    """Nobody ever calls: what was due after 24 h is due after 20, or after 30; everything moves with it."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")),
                         ("06T09:00", "admin", "clock.advance", {}))
    for hours, moved in ((20, -4), (30, 6)):
        changed = room.regime(("within = general 24h", f"within = general {hours}h"))
        report = room.whatif(changed, events)
        row, = only(report["details"]["breaches"], clock="first_contact")
        equal((row["moved_s"], row["a"]), (moved * 3600, a_march_instant("03T09:00")))
        direction, other = ("earlier", "later") if moved < 0 else ("later", "earlier")
        breaches = report["totals"]["breaches"]
        equal(breaches[direction], {"count": 2, "median_s": abs(moved) * 3600, "max_s": abs(moved) * 3600})  # and the plan
        equal((breaches[other]["count"], breaches["only_a"], breaches["only_b"]), (0, 0, 0))
        # 50 % and 80 %, +0, +50 %, +100 % of the limit, for the contact and for the plan
        by = sorted(round(abs(moved) * part * 3600) for part in (0.5, 0.8, 1, 1.5, 2))
        moves = sorted(abs(row["moved_s"]) for row in only(report["details"]["notices"], clock="first_contact"))
        equal(moves, by)
        row, = only(report["by_person"], person="zhao.min", role="service_head")
        equal(row[direction], {"count": 2, "median_s": by[3], "max_s": by[3]}, "+50 %")
        row, = only(report["by_person"], person="sun.li")
        equal(row[direction], {"count": 6, "median_s": by[1], "max_s": by[2]}, "50 %, 80 % and +0, twice")


@test
def somebody_else_on_the_ladder(room):
    """A rung that tells leadership too: notices for one person more, and no breach differs."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")), ("03T10:00", "admin", "clock.advance", {}))
    changed = room.regime(("rung = +0    department_head by mail\n", "rung = +0    department_head leadership by mail\n"))
    report = room.whatif(changed, events)
    equal(report["details"]["breaches"], [])
    told = [(row["ref"], row["clock"], row["person"], row["role"], row["a"], row["b"]) for row in report["details"]["notices"]]
    equal(told, [("T1", clock, "liu.yang", "leadership", None, a_march_instant("03T09:00")) for clock in ("first_contact", "plan")])
    row, = only(report["by_person"], person="liu.yang")
    equal((row["name"], row["a"], row["b"], row["only_a"], row["only_b"]), ("刘洋", 0, 2, 0, 2))
    row, = only(report["by_person"], person="sun.li")
    equal((row["a"], row["only_a"], row["only_b"]), (row["b"], 0, 0))


@test
def other_people(room):
    """--people-against: the same regime, somebody else in a role."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")), ("03T10:00", "admin", "clock.advance", {}))
    people = room.people(("[person sun.li]", "[person he.bin]"), ("孙丽 | Sun Li", "何斌 | He Bin"))
    report = room.report("--policy", REGIME, "--against", REGIME, "--people", people, "--people-against", PEOPLE, "--details", events)
    moved = {row["person"]: (row["a"], row["b"], row["only_a"], row["only_b"]) for row in report["by_person"]}
    equal(moved, {"he.bin": (0, 6, 0, 6), "sun.li": (6, 0, 6, 0)})
    equal({row["name"] for row in report["by_person"]}, {"何斌", "孙丽"}, "names of both files")
    equal(report["details"]["breaches"], [])


@test
def a_ladder_that_reaches_nobody(room):
    """Everybody of the ladder is away: no notice, and an incident for each ladder, which is a difference of its own."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")), ("03T10:00", "admin", "clock.advance", {}))
    people = room.people(*((f"{who}@example.com\n", f"{who}@example.com\nabsent     = 2026-03-01..2026-03-31\n")
                           for who in ("sun.li", "zhao.min", "liu.yang")))
    report = room.report("--policy", REGIME, "--against", REGIME, "--people", people, "--people-against", PEOPLE, "--details", events)
    equal(report["totals"]["incidents"], {"a": 0, "b": 2}, "the contact's ladder and the plan's")
    row, = only(report["by_clock"], clock="plan")
    equal(row["incidents"], {"a": 0, "b": 1})
    equal({(row["person"], row["b"]) for row in report["details"]["notices"]}, {("sun.li", None)})


@test
def a_request_that_only_one_refuses(room):
    """A type that B does not know: the create is refused there, and all that follows of that ticket with it.

    The next ticket has the id under B that the refused one has under A; it is compared with itself, also when its ref is a
    number that is somebody else's id."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("2", type="training")),
                         ("02T09:10", "intake", "ticket.create", created("1")),
                         ("02T10:00", "handler", "contact.record", {"ticket": "2", **CONTACT}),
                         ("02T11:00", "handler", "contact.record", {"ticket": "1", **CONTACT}),
                         ("02T12:00", "handler", "ticket.solve", {"ticket": "1", "result": "好"}))
    changed = room.regime(("types = product_enquiry training software", "types = product_enquiry software"))
    report = room.whatif(changed, events)
    refused = [(row["event"], row["ref"], row["method"], row["refused_by"], row["error"]) for row in report["details"]["requests"]]
    equal(refused, [(1, "2", "ticket.create", "b", "invalid_params"), (3, "2", "contact.record", "b", "not_found")])
    equal((report["totals"]["accepted"], report["totals"]["refused"]), ({"a": 5, "b": 3}, {"a": 0, "b": 2}))
    equal([(row["method"], row["refused_by"], row["count"]) for row in report["requests"]],
          [("ticket.create", "b", 1), ("contact.record", "b", 1)])
    equal({row["ref"] for row in report["details"]["notices"] + report["details"]["breaches"]} <= {"2"}, True)
    other_way = room.report("--policy", REGIME, "--against", changed, "--people", PEOPLE, events)
    equal([row["refused_by"] for row in other_way["requests"]], ["a", "a"])


@test
def tickets_that_cannot_be_compared(room):
    """Named by an id that is another ticket's under B: an error with the line, not a comparison of two tickets."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1", type="training")),
                         ("02T09:10", "intake", "ticket.create", created("T2")),
                         ("02T09:20", "intake", "ticket.create", created("T3")),
                         ("02T10:00", "handler", "contact.record", {"ticket": "2", **CONTACT}))
    changed = room.regime(("types = product_enquiry training software", "types = product_enquiry software"))
    done = room.run("--policy", changed, "--against", REGIME, events)
    equal((done.returncode, done.stdout), (1, b""))
    assert b"events.jsonl:4: ticket: it is another one under A than under B" in done.stderr, done.stderr


@test
def recorded_late_and_short(room):
    """A withdrawal and a shortfall that only one of them has are counted, and are a difference."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1", "urgent")),
                         ("02T09:30", "handler", "ticket.plan", {"ticket": "T1", "expected_at": a_march_instant("06T18:00"),
                                                                  "measures": "更换"}),
                         ("02T20:00", "handler", "contact.record", {"ticket": "T1", "at": a_march_instant("02T10:00"), **CONTACT}),
                         ("03T10:00", "handler", "contact.record", {"ticket": "T1", **CONTACT}),
                         ("04T01:00", "handler", "contact.record", {"ticket": "T1", **CONTACT}),
                         ("04T01:30", "handler", "ticket.solve", {"ticket": "T1", "result": "好"}))
    looser = room.regime(("within = general 24h, urgent 8h, very_urgent 4h ; INT-22",
                          "within = general 24h, urgent 14h, very_urgent 4h ; INT-22"),
                         ("quota  = 1..2 contacts per day", "quota  = 1..1 contacts per day"))
    totals = room.whatif(looser, events)["totals"]
    equal((totals["withdrawals"], totals["shortfalls"]), ({"a": 1, "b": 0}, {"a": 1, "b": 0}))


@test
def an_until_behind_the_events(room):
    """--until judges both as far as it says."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")))
    changed = room.regime(("within = general 24h", "within = general 20h"))
    equal(room.whatif(changed, events)["differs"], False)
    report = room.whatif(changed, events, "--until", a_march_instant("03T06:00"))
    equal(report["end_at"], a_march_instant("03T06:00"))
    equal((report["totals"]["breaches"]["a"], report["totals"]["breaches"]["b"]), (0, 2))


@test
def reloads_on_both_sides(room):
    """A reload in the events brings other people to both sides, and no side's regime to the other."""
    people = room.people(("[person sun.li]", "[person he.bin]"))
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")),
                         ("02T09:30", "admin", "system.reload", {"people": people.name, "regime": str(REGIME)}),
                         ("03T10:00", "admin", "clock.advance", {}))
    changed = room.regime(("within = general 24h", "within = general 20h"))
    equal(room.run("--policy", REGIME, "--against", REGIME, "--people", PEOPLE, "--exit-code", events).returncode, 0)
    # sun.li has gone, and a reload that would take away who was told is refused: by both alike
    report = room.whatif(changed, events)
    equal((report["totals"]["refused"]["a"], report["requests"]), (report["totals"]["refused"]["b"], []))
    equal(report["totals"]["breaches"]["earlier"]["count"], 2, "B judged by its own regime to the end")


# ---- as text ----

@test
def tables_for_people(room):
    """Both languages, the details, and the exit code."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")),
                         ("02T09:10", "intake", "ticket.create", created("T2", type="training")),
                         ("06T09:00", "admin", "clock.advance", {}))
    changed = room.regime(("within = general 24h", "within = general 20h"),
                          ("types = product_enquiry training software", "types = product_enquiry software"))
    words = ("--policy", changed, "--against", REGIME, "--people", PEOPLE, "--details", events)
    done = room.run(*words, environment={"LANG": "en_US.UTF-8"})
    equal((done.returncode, done.stderr), (0, b""))
    text = done.stdout.decode()
    for line in ("If B had been in effect instead of A:", "Breaches and notices by clock", "Notices by person",
                 "Requests that only one of them refused", "Breaches that differ", "Notices that differ",
                 "T1 NR510201A-000001  first_contact  2026-03-03 09:00  2026-03-03 05:00  -4h00m"):
        assert line in text, f"{line!r} is not in\n{text}"
    again = room.regime(("rung = +0    department_head by mail\n", "rung = +0    department_head by mail again every 4h at most 2 times\n"),
                        name="again")
    told = room.run("--policy", again, *words[2:], environment={"LANG": "en"}).stdout.decode()
    assert "rung 1, time 2" in told, told
    assert "First contact" in text and "B refuses" in text and "rung 2" in text and "80%" in text, text
    text = room.run(*words, environment={"LANG": "zh_CN.UTF-8"}).stdout.decode()
    for line in ("假如实行的是 B 而不是 A：", "按人员（通知份数）", "有差别的超时", "B 拒绝", "第 2 级", "首次联系"):
        assert line in text, f"{line!r} is not in\n{text}"
    equal(room.run(*words, "--exit-code").returncode, 1, "the exit code")
    equal(room.run(*words, "--exit-code", "--json").returncode, 1, "the exit code")


# ---- bad input ----

@test
def wrong_options(room):
    """Combinations that mean nothing are named; nothing is judged."""
    events, policy = room.events(), ("--policy", REGIME)
    for words, sentence in (
            ((events,), "--regime is missing"),
            (policy, "EVENTS is missing (or --journal)"),
            ((*policy, "--regime", REGIME, events), "--policy is --regime by another name"),
            ((*policy, "--journal", events), "EVENTS and --journal"),
            ((*policy, "--from-seq", "5", events), "--from-seq goes with --journal"),
            ((*policy, "--people-against", PEOPLE, events), "--people-against goes with --against"),
            ((*policy, "--lang", "zh", events), "--lang goes with --against"),
            ((*policy, "--against", REGIME, "--lang", "fr", events), "--lang is zh or en"),
            ((*policy, "--details", events), "--details goes with --against"),
            ((*policy, "--exit-code", events), "--exit-code goes with --against"),
            ((*policy, "--against", REGIME, "--digest", events), "--digest and --against"),
            ((*policy, "--against", REGIME, "--quiet", events), "--quiet and --against"),
            ((*policy, "--against", REGIME, "--until", "tomorrow", events), "--until: "),
    ):
        done = room.run(*words)
        equal((done.returncode, done.stdout), (2, b""), words)
        assert sentence in done.stderr.decode(), done.stderr.decode()
        equal(len(done.stderr.decode().splitlines()), 1, "lines of complaint")


@test
def files_that_cannot_be_read(room):
    """A regime, people, events: each is named with its line; with --exit-code that is not what a difference is."""
    events = room.events(("02T09:00", "intake", "ticket.create", created("T1")))
    wrong = room.regime(("breach = ladder up", "breach = ladder down"), name="wrong")
    missing = room.directory / "missing.ini"
    for words, code, sentence in (
            (("--policy", wrong, "--against", REGIME, events), 4, "wrong.ini:"),
            (("--policy", REGIME, "--against", wrong, events), 4, "wrong.ini:"),
            (("--policy", REGIME, "--against", missing, events), 4, "missing.ini"),
            (("--policy", REGIME, "--against", REGIME, "--people-against", missing, events), 4, "missing.ini"),
            (("--policy", REGIME, "--against", REGIME, missing), 4, "missing.ini"),
    ):
        done = room.run(*words)
        equal((done.returncode, done.stdout), (code, b""), words)
        assert sentence in done.stderr.decode(), done.stderr.decode()
    for line in ('{"at":"2026-03-01T10:00:00+08:00","method":"clock.advance"}', "[]", '{"at":1}',
                 '{"at":"2026-03-05T10:00:00+08:00","method":"ticket.burn"}'):
        events.write_text(events.read_text(encoding="utf-8").split("\n")[0] + "\n\n" + line + "\n", encoding="utf-8")
        for words, code in (((), 1), (("--exit-code",), 4)):
            done = room.run("--policy", REGIME, "--against", REGIME, *words, events)
            equal((done.returncode, done.stdout), (code, b""), line)
            assert b"events.jsonl:3: " in done.stderr, done.stderr


# ---- a year of a real log ----

def at_of(text):
    return datetime.fromisoformat(text).timestamp()


class Tally:
    """What a plain replay printed, as a judge's decisions keyed by what makes them the same."""

    def __init__(self, lines):
        self.breaches, self.notices = collections.defaultdict(list), collections.defaultdict(list)
        self.per_clock, self.per_person = collections.Counter(), collections.Counter()
        self.counts = collections.Counter()
        for line in lines:
            self.counts[line["kind"]] += 1
            if line["kind"] == "clock":
                self.take_clock(line)
            elif line["kind"] == "notice":
                self.take_notice(line)
        self.counts["incidents"] = self.counts["ladder"]

    def take_clock(self, line):
        if line["state"] == "breached":
            self.breaches[line["ref"], line["clock"]].append((at_of(line["due_at"]), line["cycle"]))
            self.per_clock[line["clock"]] += 1
        self.counts["shortfalls"] += line.get("why") == "shortfall"
        self.counts["withdrawals"] += line.get("why") == "withdrawn"

    def take_notice(self, line):
        for to in line["to"]:
            key = line["ref"], line["clock"], line["template"], line["rung"], to["person"], to["channel"]
            self.notices[key].append((at_of(line["at"]), line["cycle"], to["role"]))
            self.per_person[to["person"], to["role"]] += 1


def match(a, b):
    """(only in A, only in B, [(A, B)] moved) of two judges' lists: by instant first, then by cycle."""
    a, b = sorted(a), sorted(b)
    instants = collections.Counter(one[0] for one in a) & collections.Counter(one[0] for one in b)

    def take_away(rows):
        left = collections.Counter(instants)
        kept = []
        for row in rows:
            if left[row[0]]:
                left[row[0]] -= 1
            else:
                kept.append(row)
        return kept

    a, b, moved = take_away(a), take_away(b), []
    for one in list(a):
        other = next((row for row in b if row[1] == one[1]), None)
        if other:
            a.remove(one)
            b.remove(other)
            moved.append((one, other))
    return a, b, moved


def match_all(a, b):
    """{key: (only in A, only in B, moved)} for every key that has any."""
    matched = {key: match(a.get(key, []), b.get(key, [])) for key in {*a, *b}}
    return {key: parts for key, parts in matched.items() if any(parts)}


def moves(parts, direction):
    spans = sorted(abs(int(other[0] - one[0])) for one, other in parts if (other[0] < one[0]) == (direction == "earlier"))
    return {"count": len(spans), "median_s": statistics.median_low(spans) if spans else 0, "max_s": max(spans, default=0)}


def figures(a, b, groups):
    """The report's object for a figure, from its counts and the matched groups."""
    groups = list(groups)
    moved = [pair for group in groups for pair in group[2]]
    return {"a": a, "b": b, "only_a": sum(len(group[0]) for group in groups), "only_b": sum(len(group[1]) for group in groups),
            "earlier": moves(moved, "earlier"), "later": moves(moved, "later")}


def check_breaches(report, a, b):
    matched = match_all(a.breaches, b.breaches)
    equal(report["totals"]["breaches"], figures(sum(a.per_clock.values()), sum(b.per_clock.values()), matched.values()), "breaches")
    shown = {row["clock"]: row["breaches"] for row in report["by_clock"]}
    for clock in {*a.per_clock, *b.per_clock}:
        groups = [group for key, group in matched.items() if key[1] == clock]
        equal(shown[clock], figures(a.per_clock[clock], b.per_clock[clock], groups), clock)
    equal(len(report["details"]["breaches"]), sum(len(part) for group in matched.values() for part in group), "breaches listed")
    return matched


def check_notices(report, a, b):
    matched = match_all(a.notices, b.notices)
    equal(report["totals"]["notices"], figures(sum(a.per_person.values()), sum(b.per_person.values()), matched.values()), "notices")
    equal({(row["person"], row["role"]) for row in report["by_person"]}, {*a.per_person, *b.per_person}, "people")
    for row in report["by_person"]:
        key = row["person"], row["role"]
        groups = [tuple([one for one in part if (one[-1][2] if isinstance(one[-1], tuple) else one[2]) == row["role"]]
                        for part in group) for name, group in matched.items() if name[4] == row["person"]]
        wanted = figures(a.per_person[key], b.per_person[key], groups)
        equal({name: row[name] for name in wanted}, wanted, key)
    listed = collections.Counter((row["ref"], row["clock"], row["template"], row["rung"], row["person"], row["channel"])
                                 for row in report["details"]["notices"])
    equal(listed, collections.Counter({key: sum(map(len, parts)) for key, parts in matched.items()}), "notices listed")


@test
def the_real_log_under_two_regimes(room):
    """A shorter limit, an earlier rung, a shorter silence, somebody else on the ladder: the report is the tally."""
    if not LOG.exists():
        return f"no {LOG.name} beside the project"
    events = room.directory / "log.jsonl"
    with open(events, "wb") as out:
        subprocess.run([room.program, "import", "--map", "incidents", "--replay", "--live", LOG], stdout=out, check=True, timeout=300)
    changed = room.regime(("within = general 24h, urgent 8h", "within = general 24h, urgent 6h"),
                          ("silence = 2h", "silence = 1h"),
                          ("rung = +50%  service_head    by mail", "rung = +25%  service_head    by mail"),
                          ("rung = +100% leadership      by mail", "rung = +100% leadership intake by mail"))
    words = ("--policy", changed, "--against", REGIME, "--people", PEOPLE, events)
    began = time.monotonic()
    first = room.run(*words)
    took = time.monotonic() - began
    equal((first.returncode, first.stderr), (0, b""))
    details = room.run(*words, "--details", "--json").stdout
    equal(room.run(*words, "--details", "--json").stdout, details, "two runs")
    report = json.loads(details)
    a, b = (Tally(room.lines("--regime", regime, "--people", PEOPLE, events)) for regime in (REGIME, changed))
    check_breaches(report, a, b)
    check_notices(report, a, b)
    for figure in ("accepted", "refused", "shortfalls", "withdrawals", "suppressed", "incidents"):
        equal((report["totals"][figure]["a"], report["totals"][figure]["b"]), (a.counts[figure], b.counts[figure]), figure)
    totals = report["totals"]
    assert totals["breaches"]["only_b"] and totals["breaches"]["earlier"]["count"], "nothing differs"
    assert totals["notices"]["only_a"] and totals["notices"]["only_b"] and totals["notices"]["earlier"]["count"], "nothing differs"
    same = room.report("--policy", REGIME, "--against", REGIME, "--people", PEOPLE, events)
    equal((same["differs"], same["totals"]["breaches"]["a"]), (False, sum(a.per_clock.values())))
    print(f"# {report['events']} events under two regimes in {took:.1f} s: {totals['breaches']['only_b']} breaches only in B, "
          f"{totals['breaches']['earlier']['count']} earlier; {totals['notices']['only_a']} notices only in A, "
          f"{totals['notices']['only_b']} only in B, {totals['notices']['earlier']['count']} earlier")
    return None


def main():
    build, wanted = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    passed = failed = skipped = 0
    for function in TESTS:
        if wanted and not any(word in function.__name__ for word in wanted):
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                reason = function(Room(build, directory))
            except (AssertionError, KeyError, ValueError, subprocess.SubprocessError) as error:
                print(f"not ok {function.__name__}: {error!r:.600}")
                failed += 1
                continue
        print(f"skip {function.__name__}: SKIP, {reason}" if reason else f"ok {function.__name__}")
        skipped += bool(reason)
        passed += not reason
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
