#!/usr/bin/env python3
"""Reports on a real daemon and PostgreSQL, against an independent tally.

Years of tickets are told through the socket; what the reports say of them is counted again here, from what was told and
with this file's own calendar, months, medians and windows. Usage: test_report.py BUILD_DIR [NAME...]
"""
import collections
import csv
import datetime
import io
import json
import os
import pwd
import random
import re

import duban as system
from duban import main, same

REGIME = (system.ROOT / "tests/scenario/regimes/reports.ini").read_text(encoding="utf-8")
ZONE = datetime.timezone(datetime.timedelta(hours=8))
TICKETS = int(os.environ.get("DUBAN_REPORT_TICKETS", "2400"))
HANDLERS = {"zhang.wei": "张伟", "sun.li": "孙丽"}
CUSTOMERS = ["海港医院", "华信物流", "东方纺织", "明德学校", "北辰电力", "=HYPERLINK(1)", "长城,汽车\"集团\""]
ROUTE = {"question": "service_planning", "attitude": "service_planning", "quality": "project_management"}
FIRST = {"general": 8, "urgent": 2}
SOLUTION = {"general": 120, "urgent": 48}
LEVELS = ["satisfied", "fair", "unhappy"]
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


# --- the tally: what was told, and what it comes to ---

def month_of(at):
    return at.astimezone(ZONE).strftime("%Y-%m")


def shift(month, count):
    year, number = map(int, month.split("-"))
    number += count
    return f"{year + (number - 1) // 12:04}-{(number - 1) % 12 + 1:02}"


def start_of(month):
    return datetime.datetime.fromisoformat(month + "-01").replace(tzinfo=ZONE)


def percentile(values, percent):
    """The nearest rank."""
    values = sorted(values)
    return values[max(1, -(-len(values) * percent // 100)) - 1] if values else None


def holidays():
    """The rest days and the make-up days of the shipped calendar, read here a second time."""
    rest, made_up, section = set(), set(), None
    for line in (system.ROOT / "etc/calendars/cn_office.ini").read_text(encoding="utf-8").split("\n"):
        line = line.split(";")[0].strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and section in ("holidays", "working_days"):
            first, _, last = line.split("=")[0].strip().partition("..")
            day = datetime.date.fromisoformat(first)
            while day <= datetime.date.fromisoformat(last or first):
                (rest if section == "holidays" else made_up).add(day)
                day += DAY
    assert len(rest) > 60 and len(made_up) > 10, (len(rest), len(made_up))
    return rest, made_up


REST, MADE_UP = holidays()


def business_seconds(start, end):
    """Time of the office's hours between two instants, day by day."""
    total, day = 0.0, start.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        if day in MADE_UP or (day.weekday() < 5 and day not in REST):
            for opens, closes in ((9, 12), (13, 18)):
                midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)
                total += max(0.0, (min(end, midnight + closes * HOUR) - max(start, midnight + opens * HOUR))
                             .total_seconds())
        day += DAY
    return int(total)


class Story:
    """One ticket as it is told: fields, and acts in the order of time."""

    def __init__(self, random_, number, now):
        self.number = number
        self.received = now - 30 * DAY * 14 * random_.random() - 10 * DAY
        self.received = self.received.replace(microsecond=random_.randrange(1000) * 1000)
        self.class_name = random_.choice(["request", "request", "complaint"])
        self.type = random_.choice({"request": ["question", "quality"], "complaint": ["quality", "attitude"]}[self.class_name])
        self.urgency = random_.choice(["general", "general", "general", "urgent"])
        self.customer = random_.choice(CUSTOMERS)
        self.channel = random_.choice(["phone", "email"])
        self.department = ROUTE[self.type]
        self.handler = random_.choice(list(HANDLERS))
        self.contact = self.received + HOUR * random_.choice([0.3, 1.7, 5, 7.9, 8, 8.1, 20, 31]) * (0.9 + random_.random() / 5)
        self.solved = self.contact + HOUR * random_.expovariate(1 / 60)
        self.contacts = [self.contact]
        at = self.contact
        while self.urgency == "urgent" and at < self.solved:
            at += HOUR * random_.choice([5, 9, 14, 30])
            if at < self.solved:
                self.contacts.append(at)
        self.late = None  # a contact made in time and recorded only after the deadline
        if random_.random() < 0.08:
            self.late = self.received + HOUR * FIRST[self.urgency] * random_.uniform(0.2, 0.9)
        self.is_closed = random_.random() < 0.85
        self.level = random_.choice(LEVELS + [None])
        self.reopened = self.solved + 20 * HOUR if self.is_closed and random_.random() < 0.1 else None
        self.again = self.reopened + HOUR * random_.expovariate(1 / 30) if self.reopened else None

    def calls(self):
        """(method, params) in the order in which they are told. The last is told with the tickets of the batch."""
        def at(moment):
            return moment.isoformat(timespec="milliseconds")

        name = f"T{self.number}"
        yield at(self.received), "ticket.create", dict(
            ref=name, type=self.type, urgency=self.urgency, channel=self.channel, received_at=at(self.received),
            customer={"name": self.customer}, contact={"name": "李雷", "phone": "13812345678"},
            subject=f"问题 {self.number}", history=True, **{"class": self.class_name})
        yield at(self.received + HOUR / 60), "ticket.assign", dict(handler=self.handler)
        for moment in self.contacts:
            yield at(moment), "contact.record", dict(channel="phone", direction="out", reached=True)
        yield at(self.solved), "ticket.solve", dict(result="已处理")
        if self.late:
            yield at(self.late), "contact.record", dict(channel="phone", direction="out", reached=True)
        if self.level:
            yield at(self.solved + HOUR), "satisfaction.record", dict(level=self.level)
        if self.is_closed:
            yield at(self.solved + 2 * HOUR), "ticket.close", {}
        if self.reopened:
            yield at(self.reopened), "ticket.reopen", dict(reason="又坏了")
            yield at(self.again), "ticket.solve", dict(result="再次处理")
            yield at(self.again + HOUR), "ticket.close", {}

    # what it comes to

    def verdicts(self):
        """(kind, clock, due) of every deadline."""
        due = self.received + HOUR * FIRST[self.urgency]
        if self.contact > due:
            yield "breached", "first_contact", due
            if self.late:
                yield "withdrawn", "first_contact", due
        due = self.received + HOUR * SOLUTION[self.urgency]
        if self.solved > due or (self.again and self.again > due):
            yield "breached", "solution", due
        if self.urgency == "urgent":
            contacts = collections.Counter(moment.astimezone(ZONE).date() for moment in self.contacts)
            if self.late:
                contacts[self.late.astimezone(ZONE).date()] += 1
            day = self.received.astimezone(ZONE).date() + DAY
            while day < self.solved.astimezone(ZONE).date():
                midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE) + DAY
                if contacts[day] == 0:
                    yield "breached", "daily", midnight
                elif contacts[day] == 1:
                    yield "shortfall", "daily", midnight
                day += DAY

    def word(self, by, clock=None, at=None):
        return {"person": self.handler, "department": self.department, "customer": self.customer,
                "class": self.class_name, "type": self.type, "urgency": self.urgency, "channel": self.channel,
                "clock": clock, "month": month_of(at) if at else None}[by]


TITLES = {**HANDLERS, "service_planning": "服务策划管理部门", "project_management": "项目管理部门", "request": "请求",
          "complaint": "投诉", "question": "咨询", "quality": "质量", "attitude": "服务态度", "general": "一般",
          "urgent": "紧急", "phone": "电话", "email": "电子邮件", "first_contact": "首次联系", "solution": "解决",
          "daily": "每日联系"}


def tell(client, stories):
    """All of it, many tickets at a time; each ticket's acts in their order."""
    for begin in range(0, len(stories), 400):
        batch = stories[begin:begin + 400]
        queues = [list(story.calls()) for story in batch]
        answers = client.pipeline((method, params) for _, method, params in (queue[0] for queue in queues))
        tickets = [answer["ticket"] for answer in answers]
        rest = [(method, dict(params, ticket=ticket, at=at, history=True))
                for ticket, queue in zip(tickets, queues) for at, method, params in queue[1:]]
        client.pipeline(rest)


def rows_of(document, table=0):
    """The rows of a table as dicts by column name."""
    table = document["tables"][table]
    names = [column["name"] for column in table["columns"]]
    return [dict(zip(names, row)) for row in table["rows"]]


def by_words(rows, words):
    keys = [tuple(row[word] for word in words) for row in rows]
    same(len(set(keys)), len(keys), "groups occur once")
    return {key: {name: value for name, value in row.items() if name not in words} for key, row in zip(keys, rows)}


# --- the desk that all tests of numbers share ---

class Told:
    """A daemon that was told everything, once."""

    def __init__(self, world):
        random_ = random.Random(20261122)
        self.now = datetime.datetime.now(datetime.timezone.utc)
        self.stories = [Story(random_, number, self.now) for number in range(TICKETS)]
        self.duban = world.duban(regime=REGIME).__enter__()
        with self.duban.client(timeout_s=120) as client:
            tell(client, self.stories)


told = None


def desk(world):
    global told
    if not told:
        told = Told(world)
    return told


def breaches_are_counted(world):
    """Every way of putting breaches together: standing, all, withdrawn, shortfalls."""
    told = desk(world)
    last = shift(month_of(told.now), -1)
    periods = [(dict(), start_of(last), start_of(shift(last, 1))),
               (dict(month=shift(last, -3)), start_of(shift(last, -3)), start_of(shift(last, -2))),
               (dict(**{"from": start_of(shift(last, -11)).isoformat()}, to=start_of(shift(last, 1)).isoformat()),
                start_of(shift(last, -11)), start_of(shift(last, 1)))]
    with told.duban.client() as client:
        for params, since, before in periods:
            for by in ("person", "department", "customer", "class", "type", "urgency", "channel", "clock", "month",
                       "person,clock", "month,department"):
                document = client.call("report.get", report="breaches", by=by, **params)
                wanted = collections.defaultdict(collections.Counter)
                for story in told.stories:
                    for kind, clock, due in story.verdicts():
                        if since <= due < before:
                            key = tuple(story.word(word, clock, due) for word in by.split(","))
                            wanted[tuple(TITLES.get(word, word) for word in key)][kind] += 1
                assert wanted, "nothing to count"
                got = by_words(rows_of(document), by.split(","))
                same(set(got), set(wanted), f"groups by {by}")
                for key, counts in wanted.items():
                    same(got[key], {"standing": counts["breached"] - counts["withdrawn"], "breached": counts["breached"],
                                    "withdrawn": counts["withdrawn"], "shortfalls": counts["shortfall"]}, f"{by} {key}")
                months = [row["month"] for row in rows_of(document) if "month" in row]
                same(months, sorted(months), "months in their order")
        one = client.call("report.get", report="breaches", by="class", **{"class": "complaint"}, **periods[2][0])
        same([row["class"] for row in rows_of(one)], ["投诉"], "only this class")


def csv_says_the_same(world):
    """CSV comes back as it was answered, formulas disarmed, names in quotes; the table has every name."""
    told = desk(world)
    month = shift(month_of(told.now), -2)
    with told.duban.client() as client:
        rows = rows_of(client.call("report.get", report="breaches", by="customer", month=month))
    out = told.duban.ctl("report", "breaches", "--by", "customer", "--month", month, "--csv")
    same(out.returncode, 0, out.stderr)
    parsed = list(csv.DictReader(io.StringIO(out.stdout, newline="")))
    disarm = lambda text: "'" + text if text[0] in "=+-@" else text  # noqa: E731
    same([{name: str(value) for name, value in row.items()} for row in parsed],
         [{name: disarm(value) if isinstance(value, str) else str(value) for name, value in row.items()} for row in rows],
         "rows")
    out = told.duban.ctl("report", "breaches", "--by", "customer", "--month", month)
    same(out.returncode, 0, out.stderr)
    for row in rows:
        assert re.search(re.escape(row["customer"]) + r" +" + str(row["standing"]) + r" +" + str(row["breached"]) + r"\b",
                         out.stdout), out.stdout
    file = world.directory / "breaches.json"
    out = told.duban.ctl("report", "breaches", "--month", month, "--json", "-o", file)
    same((out.returncode, json.loads(file.read_text(encoding="utf-8"))["report"]), (0, "breaches"), out.stderr)
    out = told.duban.ctl("report", "breaches", "--csv", "--table", "none")
    assert out.returncode == 2 and "known: breaches" in out.stderr, out


def what_is_overdue(world):
    """Only what is missed and not met; its overrun in real time and in the office's."""
    with world.duban(regime=REGIME) as duban:
        now = datetime.datetime.now(datetime.timezone.utc)
        wanted = collections.defaultdict(list)
        with duban.client() as client:
            for number in range(60):
                received = now - DAY * (1 + number % 9) - HOUR * (number % 7)
                params = dict(type="question", urgency="general" if number % 3 else "urgent", channel="phone",
                              customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"}, subject="慢",
                              received_at=received.isoformat(timespec="milliseconds"), history=True,
                              **{"class": "request"})
                ticket = client.call("ticket.create", **params)["ticket"]
                client.call("ticket.assign", ticket=ticket, handler=list(HANDLERS)[number % 2], history=True,
                            at=received.isoformat(timespec="milliseconds"))
                if number % 4 == 0:  # answered, so only what else is late
                    client.call("contact.record", ticket=ticket, channel="phone", direction="out", reached=True,
                                at=(received + HOUR).isoformat(timespec="milliseconds"), history=True)
                client.call("progress.add", ticket=ticket, note="还在办", history=True, at=now.isoformat(timespec="milliseconds"))
                hours = {"first_contact": None if number % 4 == 0 else FIRST[params["urgency"]],
                         "solution": SOLUTION[params["urgency"]]}
                for clock, limit in hours.items():
                    if limit and received + limit * HOUR < now:
                        wanted[HANDLERS[list(HANDLERS)[number % 2]], TITLES[clock]].append(received + limit * HOUR)
            document = client.call("report.get", report="overdue", by="person,clock")
        asked = datetime.datetime.fromisoformat(document["at"])
        got = {key: row for key, row in by_words(rows_of(document), ["person", "clock"]).items() if key[1] != "每日联系"}
        same(set(got), set(wanted), "groups")
        for key, dues in wanted.items():
            row = got[key]
            same(row["overdue"], len(dues), f"{key}: overdue")
            dues = [datetime.datetime.fromtimestamp(int(due.timestamp() * 1000) / 1000, datetime.timezone.utc) for due in dues]
            for column, seconds in (("", [(asked - due).total_seconds() for due in dues]),
                                    ("_business", [business_seconds(due, asked) for due in dues])):
                for name, percent in (("median", 50), ("longest", 100)):
                    difference = row[name + column] - percentile(seconds, percent)
                    assert abs(difference) <= 1, (key, name + column, row, percentile(seconds, percent))
        lines = rows_of(document, 1)
        same(len(lines), sum(row["overdue"] for row in rows_of(document)), "lines")
        assert all(re.fullmatch(r"S-\d{6}", line["number"]) for line in lines), lines[:2]


def wrong_questions(world):
    """Each is refused by the field that is wrong, with what would do."""
    told = desk(world)
    cases = [
        (dict(report="breeches"), "report", "known: overdue, breaches"),
        (dict(report="breaches", by="colour"), "by", "known: person, department"),
        (dict(report="breaches", by="person,clock,month"), "by", "2 words"),
        (dict(report="breaches", by="person,person"), "by", "twice"),
        (dict(report="breaches", month="2026-13"), "month", "no month"),
        (dict(report="breaches", month="2026-1"), "month", "no month"),
        (dict(report="breaches", to="2026-01-01T00:00:00+08:00"), "from", "beginning"),
        (dict(report="breaches", **{"from": "2026-02-01T00:00:00+08:00"}, to="2026-01-01T00:00:00+08:00"), "from", "over"),
        (dict(report="breaches", **{"from": "1999-02-01T00:00:00+08:00"}), "from", "ten years"),
        (dict(report="breaches", **{"from": "2026-02-01"}), "from", ""),
        (dict(report="breaches", month="2026-01", to="2026-01-01T00:00:00+08:00"), "month", "not both"),
        (dict(report="overdue", month="2026-01"), "month", "about now"),
        (dict(report="breaches", **{"class": "wish"}), "class", "not one of: request, complaint"),
        (dict(report="breaches", name="x"), "name", "takes no name"),
        (dict(report="breaches", language="fr"), "language", "zh or en"),
    ]
    with told.duban.client() as client:
        for params, field, words in cases:
            refusal = client.refusal("report.get", **params)
            same((refusal.name, refusal.field), ("invalid_params", field), str(params))
            assert words in refusal.detail, (params, refusal.detail)
        same(client.call("report.get", report="breaches", language="en")["title"], "Breaches", "title")


def who_may_read(world):
    """Reports are for those who oversee: not for handlers, nor for intake."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    with world.duban(regime=REGIME) as duban:
        for role, may in (("handler", False), ("intake", False), ("department_head", True), ("leadership", True),
                          ("auditor", True)):
            duban.roles = {role: (me, "")}
            duban.write_config()
            duban.restart()
            with duban.client() as client:
                if may:
                    same(client.call("report.get", report="overdue")["report"], "overdue", role)
                    assert len(client.call("report.list")["reports"]) >= 2
                else:
                    same(client.refusal("report.get", report="overdue").name, "permission_denied", role)
                    same(client.refusal("report.list").name, "permission_denied", role)


def writes_do_not_wait(world):
    """While reports are made one after the other, a write is answered as ever; too many reports are refused."""
    told = desk(world)
    since = start_of(shift(month_of(told.now), -14)).isoformat()
    with told.duban.client() as reporter, told.duban.client() as writer:
        for _ in range(40):
            reporter.send("report.get", report="breaches", by="customer", **{"from": since})
        writer.call("ticket.create", **{"class": "request"}, type="question", urgency="general", channel="phone",
                    customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"}, subject="快")
        outcomes = collections.Counter()
        for _ in range(40):
            try:
                reporter.hear()
                outcomes["made"] += 1
            except system.RpcError as error:
                outcomes[error.name] += 1
        assert outcomes["made"] >= 16 and set(outcomes) <= {"made", "overloaded"}, outcomes
        stats = writer.call("system.stats")["loop"]
        assert stats["max_stall_us"] < 2_000_000, stats


def the_end(world):
    """The journal that all of this left is whole."""
    told = desk(world)
    system.verify_journal(told.duban)
    told.duban.__exit__()


TESTS = [breaches_are_counted, csv_says_the_same, what_is_overdue, wrong_questions, who_may_read, writes_do_not_wait,
         the_end]

if __name__ == "__main__":
    main(TESTS)
