"""What a regulation makes of a life, counted by hand: the arithmetic that tallies of all regimes share.

A tally is a Counter of (clock, what): "opened" (tickets that had it), "breached", "shortfall", "reminded" (persons), "told"
(persons, by the ladder), "cleared" (persons who heard of the end). It is made from what happened alone, by the words of the
regulation.
"""
import collections
import json

from year.almanac import at, written

HORIZON = at("2027-01-01 00:00")
NEVER = float("inf")


class Tally(collections.Counter):
    """Counts by (clock, what)."""

    def owe(self, clock, start, due, met=NEVER, over=NEVER, reminders=(), rungs=(), again=False):
        """One limit; `again`: the ticket had this clock before. `met`: when what was owed was done; `over`: when nobody owed it any more. `reminders` and `rungs` are
        (instant, persons): whom it concerns is a set, because who is told twice hears of the end once."""
        if over <= start:
            return
        end = min(met, over)
        self[clock, "opened"] += not again
        for when, persons in reminders:
            self[clock, "reminded"] += len(persons) if when < min(due, end) and when <= HORIZON else 0
        if due >= end or due > HORIZON:
            return
        self[clock, "breached"] += 1
        told = set()
        for when, persons in rungs:
            if when < end and when <= HORIZON:
                self[clock, "told"] += len(persons)
                told |= set(persons)
        if end <= HORIZON:
            self[clock, "cleared"] += len(told)


def parts(start, due, *percents):
    """The instants at which so much of the time from `start` to `due` has passed; behind it for more than 100."""
    return [start + (due - start) * percent // 100 for percent in percents]


def people_file(people):
    """{person: (role, department or None)} as a people file."""
    sections = []
    for person, (role, department) in people.items():
        section = f"[person {person}]\nname = {person}\nmail = {person}@example.com\nroles = {role}\n"
        sections.append(section + (f"department = {department}\n" if department else ""))
    return "".join(sections)


class Story:
    """The events of a year, and what they must come to."""

    def __init__(self):
        self.events, self.tally, self.count = [], Tally(), 0

    def say(self, when, role, method, person=None, **params):
        self.events.append((when, len(self.events), {"at": written(when), "actor": person or role, "role": role,
                                                     "method": method, "params": params}))

    def advance(self, when):
        """Only time passes: the year's schedules are there from then on."""
        self.events.append((when, -1, {"at": written(when), "method": "clock.advance"}))

    def reference(self):
        self.count += 1
        return f"T{self.count}"

    def write(self, path):
        """In the order of time; what happens in one second keeps the order in which it was said."""
        with open(path, "w", encoding="utf-8") as file:
            for _, _, event in sorted(self.events, key=lambda row: row[:2]):
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
            file.write(json.dumps({"at": written(HORIZON), "method": "clock.advance"}) + "\n")


def counted(lines):
    """The same tally from what `dubanctl replay` printed. Lines of records that were refused are an error."""
    tally, seen = Tally(), set()
    for line in map(json.loads, lines):
        kind, clock = line["kind"], line.get("clock")
        assert kind != "refused", line
        if kind == "clock":
            key = (line["ticket"], clock)
            if line["state"] == "running" and key not in seen:
                seen.add(key)
                tally[clock, "opened"] += 1
            tally[clock, "breached"] += line["state"] == "breached"
            tally[clock, "shortfall"] += line.get("why") == "shortfall"
        elif kind == "notice":
            tally[clock.split("/")[0], what_of(line)] += len(line["to"])  # a schedule's is SCHEDULE/RECORD
        elif kind == "opened":
            tally[line["schedule"], "scheduled"] += 1
    return Tally({key: count for key, count in tally.items() if count})


def what_of(line):
    if line["template"] in ("all_clear", "ended"):
        return "cleared"
    if line["template"] in ("reminder", "promise_near"):
        return "reminded"
    return "told" if line["rung"] > 0 else "reported"
