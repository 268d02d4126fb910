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
from virtual import VirtualClock

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
SECOND = datetime.timedelta(seconds=1)
CAUSES = ["操作失误", "缺少说明, \"手册\"过期", "硬件故障"]


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
    total, day = datetime.timedelta(0), start.astimezone(ZONE).date()
    while day <= end.astimezone(ZONE).date():
        if day in MADE_UP or (day.weekday() < 5 and day not in REST):
            for opens, closes in ((9, 12), (13, 18)):
                midnight = datetime.datetime(day.year, day.month, day.day, tzinfo=ZONE)
                total += max(datetime.timedelta(0),
                             min(end, midnight + closes * HOUR) - max(start, midnight + opens * HOUR))
        day += DAY
    return total // SECOND


def whole(moment):
    """To the millisecond, as it is told."""
    return moment and moment.replace(microsecond=moment.microsecond // 1000 * 1000)


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

        self.contact, self.solved, self.reopened, self.again, self.late = map(
            whole, (self.contact, self.solved, self.reopened, self.again, self.late))
        self.contacts = [whole(moment) for moment in self.contacts]
        self.cause = random_.choice(CAUSES + [None]) if self.class_name == "complaint" else None
        self.measure = self.cause and random_.random() < 0.5

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
        if self.cause:
            yield at(self.contacts[-1]), "step.done", dict(step="cause", note=self.cause)
        if self.measure:
            yield at(self.solved), "step.done", dict(step="measure", note="改进" + str(self.number))
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

    def answered(self):
        return min(self.contacts + ([self.late] if self.late else []))

    def solved_last(self):
        return self.again or self.solved

    def stays(self):
        """(stage, from, to) of every stage it was in and left; `to` is None of the one it is in."""
        path = [("received", self.received), ("assigned", self.received + HOUR / 60), ("solved", self.solved)]
        if self.is_closed:
            path.append(("closed", self.solved + 2 * HOUR))
        if self.reopened:
            path += [("reopened", self.reopened), ("solved", self.again), ("closed", self.again + HOUR)]
        for (stage, since), (_, until) in zip(path, path[1:] + [(None, None)]):
            if until or not self.is_closed:
                yield stage, since, until

    def steps(self):
        """(step, from, to)"""
        if self.cause:
            yield "cause", self.received, self.contacts[-1]
        if self.measure:
            yield "measure", self.contacts[-1], self.solved

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
    """RSP-17: every way of putting breaches together, also by person: standing, all, withdrawn, shortfalls."""
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


def periods_of(told, count):
    """(params, from, to): the default month, one before it, a year."""
    last = shift(month_of(told.now), -1)
    return [(dict(), start_of(last), start_of(shift(last, 1))),
            (dict(month=shift(last, -4)), start_of(shift(last, -4)), start_of(shift(last, -3))),
            (dict(**{"from": shift(last, -11) + "-01"}, to=start_of(shift(last, 1)).isoformat()),
             start_of(shift(last, -11)), start_of(shift(last, 1)))][:count]


def grouped(stories, by, at_of):
    groups = collections.defaultdict(list)
    for story in stories:
        key = tuple(story.word(word, at=at_of(story)) for word in by.split(","))
        groups[tuple(TITLES.get(word, word) for word in key)].append(story)
    return groups


def share(part, all_):
    return (part * 10000 + all_ // 2) // all_ if all_ else None


BYS = ("person", "department", "customer", "class", "type", "urgency", "channel", "month", "class,urgency")


def times_are_medians(world):
    """Count, median and 90th percentile of the waits, in real time and in the office's hours."""
    told = desk(world)
    with told.duban.client() as client:
        for params, since, before in periods_of(told, 3):
            stories = [story for story in told.stories if since <= story.received < before]
            for by in BYS:
                got = by_words(rows_of(client.call("report.get", report="times", by=by, **params)), by.split(","))
                wanted = grouped(stories, by, lambda story: story.received)
                same(set(got), set(wanted), f"groups by {by}")
                for key, group in wanted.items():
                    row = {"tickets": len(group), "answered": len(group), "solved": len(group)}
                    for name, until in (("answer", Story.answered), ("solution", Story.solved_last)):
                        real = [(until(story) - story.received) // SECOND for story in group]
                        business = [business_seconds(story.received, until(story)) for story in group]
                        row |= {f"{name}_median": percentile(real, 50), f"{name}_p90": percentile(real, 90),
                                f"{name}_median_business": percentile(business, 50),
                                f"{name}_p90_business": percentile(business, 90)}
                    same(got[key], row, f"{by} {key}")


def outcomes_are_shares(world):
    """Received, solved, closed, reopened; a merged ticket is counted apart."""
    told = desk(world)
    with told.duban.client() as client:
        for params, since, before in periods_of(told, 3):
            stories = [story for story in told.stories if since <= story.received < before]
            for by in BYS:
                got = by_words(rows_of(client.call("report.get", report="outcome", by=by, **params)), by.split(","))
                wanted = grouped(stories, by, lambda story: story.received)
                same(set(got), set(wanted), f"groups by {by}")
                for key, group in wanted.items():
                    closed, again = sum(story.is_closed for story in group), sum(bool(story.again) for story in group)
                    same(got[key], {"received": len(group), "solved": len(group), "share_solved": 10000, "closed": closed,
                                    "open": len(group) - closed, "reopened": again, "share_reopened": share(again, len(group)),
                                    "reopenings": again, "merged": 0}, f"{by} {key}")


def bottlenecks_are_found(world):
    """How long tickets stayed in each stage, and how long each step took."""
    told = desk(world)
    params, since, before = periods_of(told, 2)[1]
    with told.duban.client() as client:
        document = client.call("report.get", report="bottlenecks", **params)
    now = datetime.datetime.fromisoformat(document["at"])
    stories = [story for story in told.stories if since <= story.received < before]
    stages = {"received": "已受理", "assigned": "办理中", "solved": "已解决", "closed": "已关闭", "reopened": "重新受理"}
    for table, titles, stays in ((0, stages, Story.stays), (1, {"cause": "原因分析", "measure": "改进措施"}, Story.steps)):
        wanted, here = collections.defaultdict(list), collections.Counter()
        for story in stories:
            for name, start, end in stays(story):
                wanted[titles[name]].append((start, end or now))
                here[titles[name]] += end is None
        got = {row.pop("word"): row for row in rows_of(document, table)}
        same(set(got), set(wanted), "stages or steps")
        real = {name: [(end - start) // SECOND for start, end in list_] for name, list_ in wanted.items()}
        total = sum(map(sum, real.values()))
        for name, seconds in real.items():
            business = [business_seconds(*stay) for stay in wanted[name]]
            row, slack = got[name], 1 if here[name] else 0
            same((row["stays"], row["now"]), (len(seconds), here[name]), name)
            for column, value in (("median", percentile(seconds, 50)), ("p90", percentile(seconds, 90)),
                                  ("longest", max(seconds)), ("median_business", percentile(business, 50))):
                assert abs(row[column] - value) <= slack, (name, column, row, value)
            assert abs(row["share"] - share(sum(seconds), total)) <= slack, (name, row)
        shares = [row["share"] for row in rows_of(document, table)]
        same(shares, sorted(shares, reverse=True), "the narrowest first")


def satisfaction_is_a_mean(world):
    """Levels by group, and their mean where the regime gives them scores."""
    told = desk(world)
    scores = {"satisfied": 100, "fair": 60, "unhappy": 0}
    with told.duban.client() as client:
        for params, since, before in periods_of(told, 3):
            stories = [story for story in told.stories if story.level and since <= story.solved + HOUR < before]
            for by in BYS:
                got = by_words(rows_of(client.call("report.get", report="satisfaction", by=by, **params)), by.split(","))
                wanted = grouped(stories, by, lambda story: story.solved + HOUR)
                same(set(got), set(wanted), f"groups by {by}")
                for key, group in wanted.items():
                    levels = collections.Counter(story.level for story in group)
                    total = sum(scores[level] * count for level, count in levels.items())
                    same(got[key], {"answers": len(group), "mean": (total * 100 + len(group) // 2) // len(group),
                                    **{level: levels[level] for level in LEVELS}}, f"{by} {key}")


def months_compare(world):
    """The months of a year, and beside them those of the year before."""
    told = desk(world)
    with told.duban.client() as client:
        rows = rows_of(client.call("report.get", report="trend"))
    last = shift(month_of(told.now), -1)
    same([row["month"] for row in rows], [shift(last, count) for count in range(-11, 1)], "months")
    scores = {"satisfied": 100, "fair": 60, "unhappy": 0}
    for row in rows:
        for suffix, month in (("", row["month"]), ("_before", shift(row["month"], -12))):
            received = [story for story in told.stories if month_of(story.received) == month]
            verdicts = collections.Counter(kind for story in told.stories for kind, _, due in story.verdicts()
                                           if month_of(due) == month)
            said = [scores[story.level] for story in told.stories if story.level and month_of(story.solved + HOUR) == month]
            if suffix and not received and not said and not verdicts["breached"] and not verdicts["shortfall"]:
                same([row[name + suffix] for name in ("received", "breaches", "mean")], [None] * 3, month + ": nobody knows")
                continue
            same({name: row[name + suffix] for name in ("received", "share_solved", "breaches", "mean")},
                 {"received": len(received), "share_solved": 10000 if received else None,
                  "breaches": verdicts["breached"] - verdicts["withdrawn"],
                  "mean": (sum(said) * 100 + len(said) // 2) // len(said) if said else None}, month)


def complaints_are_reviewed(world):
    """CTL-8, AFT-2: last month's complaints with cause, measures and whether they are closed; causes counted. AFT-17: who."""
    told = desk(world)
    params, since, before = periods_of(told, 1)[0]
    stories = [story for story in told.stories if since <= story.received < before and story.class_name == "complaint"]
    with told.duban.client() as client:
        document = client.call("report.get", report="complaints")
        lines = {row["subject"]: row for row in rows_of(document)}
        same(set(lines), {f"问题 {story.number}" for story in stories}, "complaints")
        for story in stories:
            row = lines[f"问题 {story.number}"]
            same((row["cause"], row["measures"], row["closed"], row["customer"], row["person"], row["type"]),
                 (story.cause or "", "改进" + str(story.number) if story.measure else "", "是" if story.is_closed else "否",
                  story.customer, HANDLERS[story.handler], TITLES[story.type]), row["subject"])
        causes = collections.Counter(story.cause or "（未填写）" for story in stories)
        same({row["cause"]: row["complaints"] for row in rows_of(document, 1)}, dict(causes), "causes")
        document = client.call("report.get", report="attitude")
        attitude = collections.Counter(HANDLERS[story.handler] for story in stories if story.type == "attitude")
        same({row["person"]: row["complaints"] for row in rows_of(document)}, dict(attitude), "attitude by person")
        same(len(rows_of(document, 1)), sum(attitude.values()), "lines")
        requests = client.call("report.get", report="complaints", **{"class": "request"})
        same(len(rows_of(requests)), sum(story.class_name == "request" and since <= story.received < before
                                         for story in told.stories), "of another class")


def a_page_has_it_all(world):
    """Every report on one page that asks for nothing outside: charts, Chinese intact, markup from customers harmless."""
    told = desk(world)
    file = world.directory / "all.html"
    month = shift(month_of(told.now), -1)
    out = told.duban.ctl("report", "all", "--html", "--month", month, "-o", file, "--pages", system.ROOT / "etc/pages")
    same((out.returncode, out.stderr), (0, ""), "report all")
    page = file.read_text(encoding="utf-8")
    for title in ("当前超时一览", "超时统计", "响应与解决时间", "办结情况", "瓶颈分析", "客户满意度", "月度趋势", "投诉分析", "服务态度投诉", "工作记录", "跟进清单"):
        assert f"<h1>{title}</h1>" in page, title
    assert page.count("<svg") >= 10 and "张伟" in page and "http://" not in page and "https://" not in page, page[:500]
    with told.duban.client() as client:
        rows = rows_of(client.call("report.get", report="breaches", month=month))
    for row in rows:
        assert f'<td>{row["person"]}</td><td class="n">{row["standing"]}</td>' in page, row
    bars = [float(width) for width in re.findall(r'<rect x="150" y="\d+" width="(\d+)"', page)]
    same(max(bars), 298, "the longest bar fills its room")
    out = told.duban.ctl("report", "breaches", "--by", "customer", "--month", month, "--html", "--pages", system.ROOT / "etc/pages")
    assert "=HYPERLINK(1)" in out.stdout and "长城,汽车&quot;集团&quot;" in out.stdout or '长城,汽车"集团"' in out.stdout, out.stdout[-2000:]
    for words, complaint in ((("all", "--csv"), "no --csv"), (("breaches", "--csv", "--html"), "not both"),
                             (("breaches", "--pages", "/tmp"), "goes with --html")):
        out = told.duban.ctl("report", *words)
        assert out.returncode == 2 and complaint in out.stderr, out


# --- registers: branches appraised, contracts listed ---

REGISTERS = """
[register branches]
title  = 分支机构 | Branches
fields = name text, region text optional

[register surveys]
title  = 满意度调查 | Surveys
fields = branch register:branches, day date, duration number, service number, progress number, answers number

[register spot_checks]
title  = 抽查 | Spot checks
fields = branch register:branches, day date, grade A|B|C|D|E

[register customers]
title  = 客户 | Customers
fields = name text, phone phone optional

[register contracts]
title  = 合同 | Contracts
fields = customer register:customers, expires date, status active|ended, phone phone optional

[appraisal monthly]
title       = 月度考核 | Monthly appraisal
surveys     = surveys by branch on day
indicators  = duration 25%, service 25%, progress 25%, answers 25%
spot checks = spot_checks by branch on day grade grade
points      = A +3, B +2, C 0, D -2, E -3
regions     = branches by region
pass        = average or 80
commended   = 20%
again after = 2mo

[list expiring]
title   = 两个月内到期 | Expiring within two months
records = contracts
when    = status active, expires within 2mo

[list lost]
title   = 流失客户 | Lost customers
records = contracts
latest  = expires of customer
when    = expires since 3mo
"""


def half_up(numerator, denominator):
    return (2 * numerator + denominator) // (2 * denominator)


def appraise(surveys, checks, regions, month, fail_months):
    """{branch: (satisfaction, points, score, passes)} of a month, in hundredths; the rules told again."""
    points = {"A": 3, "B": 2, "C": 0, "D": -2, "E": -3}
    result = {}
    for branch in {branch for branch, day, _ in surveys if day.startswith(month)}:
        told = [values for name, day, values in surveys if name == branch and day.startswith(month)]
        satisfaction = half_up(sum(25 * sum(values) for values in told), len(told))
        extra = sum(points[grade] for name, day, grade in checks if name == branch and day.startswith(month))
        result[branch] = [satisfaction, extra, satisfaction + 100 * extra]
    average = half_up(sum(row[2] for row in result.values()), len(result)) if result else 0
    by_region = collections.defaultdict(list)
    for branch, row in result.items():
        by_region[regions[branch]].append(row[2])
    means = {region: half_up(sum(scores), len(scores)) for region, scores in by_region.items()}
    of_regions = half_up(sum(means.values()), len(means)) if means else 0
    for branch, row in result.items():
        is_new = not any(regions[name] == regions[branch] and day[:7] < month for name, day, _ in surveys)
        passes = means[regions[branch]] >= of_regions if is_new else row[2] >= average
        row.append(passes or row[0] >= 8000)
    return result


def branches_are_appraised(world):
    """STD-27, STD-28, STD-29, STD-30: weighted indicators, spot checks, who passes, ranks, who is commended, named, or fails again."""
    random_ = random.Random(7)
    now = datetime.datetime.now(datetime.timezone.utc)
    months = [shift(month_of(now), -count) for count in (5, 4, 3, 2, 1)]
    regions = {f"B-{number:02}": ["north", "south", "east"][number % 3] for number in range(12)}
    quality = {branch: random_.randrange(55, 95) for branch in regions}
    surveys, checks = [], []
    for index, month in enumerate(months):
        for branch, region in regions.items():
            if region == "east" and index < 4:  # appraised for the first time last month
                continue
            for number in range(random_.randrange(1, 4)):
                surveys.append((branch, f"{month}-{10 + number}", [max(0, min(100, quality[branch] + random_.randrange(-9, 10)))
                                                                   for _ in range(4)]))
            if random_.random() < 0.6:
                checks.append((branch, f"{month}-2{random_.randrange(8)}", random_.choice("ABCDE")))
    with world.duban(regime=REGIME + REGISTERS) as duban:
        with duban.client() as client:
            for branch, region in regions.items():
                client.call("register.put", register="branches", id=branch, fields={"name": "分公司" + branch, "region": region})
            for number, (branch, day, values) in enumerate(surveys):
                client.call("register.put", register="surveys", id=f"Q-{number}", fields={
                    "branch": branch, "day": day, **dict(zip(("duration", "service", "progress", "answers"), values))})
            for number, (branch, day, grade) in enumerate(checks):
                client.call("register.put", register="spot_checks", id=f"S-{number}",
                            fields={"branch": branch, "day": day, "grade": grade})
            verdicts = {month: appraise(surveys, checks, regions, month, 2) for month in months}
            again = 0
            for index, month in enumerate(months):
                rows = rows_of(client.call("report.get", report="appraisal", name="monthly", month=month, language="en"))
                wanted = verdicts[month]
                same({row["branch"][3:] for row in rows}, set(wanted), month)
                order = sorted(wanted, key=lambda branch: -wanted[branch][2])
                for row in rows:
                    branch = row["branch"][3:]
                    satisfaction, points, score, passes = wanted[branch]
                    rank = 1 + sum(other[2] > score for other in wanted.values())
                    failing = 0
                    for back in range(index - 1, -1, -1):
                        earlier = verdicts[months[back]].get(branch)
                        if earlier and earlier[3]:
                            break
                        failing = index - back if earlier else failing
                    failing = 0 if passes else failing
                    remark = ("commended" if rank <= len(order) * 20 // 100 else "") if passes else (
                        "failed again: measures" if failing >= 2 else "named")
                    again += remark.startswith("failed again")
                    same((row["satisfaction"], row["points"], row["score"], row["rank"], row["verdict"], row["remark"],
                          row["failing_months"]),
                         (satisfaction, points, score, rank, "passed" if passes else "failed", remark, failing), (month, branch))
            assert again > 0, "nobody failed again: the test shows less than it should"
            refusal = client.refusal("report.get", report="appraisal", name="yearly")
            assert "known: monthly" in refusal.detail, refusal


def records_are_listed(world):
    """STD-7: contracts that expire within two months. STD-22: customers whose last contract has expired."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    random_ = random.Random(8)
    today = datetime.datetime.now(ZONE).date()

    def months_later(day, count):
        month = shift(day.strftime("%Y-%m"), count)
        last = (start_of(shift(month, 1)) - DAY).day
        return datetime.date.fromisoformat(f"{month}-{min(day.day, last):02}")

    with world.duban(regime=REGIME + REGISTERS, roles={"gateway": (me, "")}) as duban:
        contracts = {}
        with duban.client() as client:
            for number in range(30):
                client.call("register.put", register="customers", id=f"K-{number}", fields={"name": f"客户{number}"})
            for number in range(120):
                fields = {"customer": f"K-{random_.randrange(30)}", "status": random_.choice(["active", "active", "ended"]),
                          "expires": (today + DAY * random_.randrange(-200, 150)).isoformat(), "phone": "13812345678"}
                contracts[f"C-{number:03}"] = fields
                client.call("register.put", register="contracts", id=f"C-{number:03}", fields=fields)
            client.call("register.remove", register="contracts", id="C-000")
            del contracts["C-000"]
            day = lambda fields: datetime.date.fromisoformat(fields["expires"])  # noqa: E731
            expiring = {name for name, fields in contracts.items() if fields["status"] == "active"
                        and months_later(day(fields), -2) <= today <= day(fields)}
            lost = {name for name, fields in contracts.items() if day(fields) <= today <= months_later(day(fields), 3)
                    and day(fields) == max(day(other) for other in contracts.values() if other["customer"] == fields["customer"])}
            document = client.call("report.get", report="lists")
            same([table["title"] for table in document["tables"]], ["两个月内到期", "流失客户"], "lists")
            assert expiring and lost, (expiring, lost)
            same({row["id"] for row in rows_of(document)}, expiring, "expiring")
            same({row["id"] for row in rows_of(document, 1)}, lost, "lost")
            one = client.call("report.get", report="lists", name="lost")
            same([row["id"] for row in rows_of(one)], sorted(lost), "only this list")
            same(rows_of(one)[0]["customer"], "客户" + contracts[sorted(lost)[0]]["customer"][2:], "a reference has its name")
            same(rows_of(one)[0]["phone"], "13812345678", "a gateway sees it")
        duban.roles = {"auditor": (me, "")}
        duban.write_config()
        duban.restart()
        with duban.client() as client:
            same(rows_of(client.call("report.get", report="lists", name="lost"))[0]["phone"], "138****5678", "an auditor does not")


def wrong_regimes(world):
    """What can't be carried out is refused with its line when the regime is read."""
    cases = [("indicators  = duration 25%, service 25%, progress 25%, answers 25%", "indicators = duration 25%, service 50%", "75%"),
             ("surveys by branch on day", "surveys by branch on branch", "kind register"),
             ("A +3,", "A many,", "GRADE"), ("average or 80", "average or 800", "average"),
             ("again after = 2mo", "again after = 2d", "3mo"), ("records = contracts", "records = wishes", "there is no [register wishes]"),
             ("latest  = expires of customer", "latest = status of customer", "kind"),
             ("expires within 2mo", "expires soon", "expires"), ("commended   = 20%", "commended = 120%", "%"),
             ("pass        = average", "pass = median", "average"),
             ("scores     = satisfied 100", "scores = satisfied 101", "0 to 100"), ("complaints = complaint", "complaints = wish", "wish"),
             ("step:cause", "step:guess", "guess"), ("measures   = step:measure plan", "measures = hearsay", "no place")]
    file = world.directory / "wrong.ini"
    for old, new, words in cases:
        text = REGIME + REGISTERS
        assert old in text, old
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        done = desk(world).duban.ctl("regime", "check", file)
        assert done.returncode != 0 and words in done.stdout + done.stderr, (new, done)


MONTHLY = """
[schedule monthly_breaches]
title = 超时月报 | Monthly breaches
at    = FREQ=MONTHLY;BYMONTHDAY=1 09:00
sends = report breaches to service_head leadership
"""


def reports_go_by_mail(world):
    """On the first of the month last month's report is mailed, as text and as a table; once each, whatever restarts."""
    home = world.directory / "mailed"
    home.mkdir()
    clock = VirtualClock("2026-03-02 09:00", home, world.build)
    duban = world.duban(regime=REGIME + MONTHLY)
    try:
        with clock:
            duban.start()
        clock.follow(duban)
        with duban.client() as client:
            for number in range(5):
                ticket = client.call("ticket.create", **{"class": "request"}, type="question", urgency="general", channel="phone",
                                     customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"}, subject="慢")["ticket"]
                client.call("ticket.assign", ticket=ticket, handler=list(HANDLERS)[number % 2])
        clock.until("2026-04-01 08:59")
        same([mail for mail in duban.mails() if mail["X-Duban-Template"] == "report"], [], "mails before the day")
        clock.close()
        duban.kill()
        clock.offset_s += 600  # nobody watches at nine
        clock._write()
        for _ in range(2):
            with clock:
                duban.start()
            clock.follow(duban)
            clock.more(60)
            clock.close()
            duban.kill()
        with clock:
            duban.start()
        clock.follow(duban)
        clock.until("2026-05-01 09:05")
        mails = [mail for mail in duban.mails() if mail["X-Duban-Template"] == "report"]
        same(sorted((mail["To"].addresses[0].addr_spec, mail["Subject"]) for mail in mails),
             sorted((who + "@example.com", f"超时月报（{day}）") for who in ("zhao.min", "liu.yang")
                    for day in ("2026-04-01", "2026-05-01")), "mails")
        for mail in mails:
            attached = list(mail.iter_attachments())
            same([(part.get_filename(), part.get_content_type()) for part in attached], [("breaches.csv", "text/csv")], "attached")
            rows = list(csv.DictReader(io.StringIO(attached[0].get_content().lstrip("\ufeff"), newline="")))
            text = system.text_of(mail)
            if "2026-04-01" in mail["Subject"]:
                same({row["person"]: row["breached"] for row in rows}, {"张伟": "6", "孙丽": "4"}, "breaches of March")
                assert "2026-03-01 00:00 – 2026-04-01 00:00" in text and re.search(r"张伟 +6 +6 +0 +0", text), text
            else:
                same(rows, [], "breaches of April")
                assert "（无记录）" in text, text
    finally:
        clock.close()
        duban.end()


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


def work_is_recorded(world):
    """STD-31: who did what on which day: by person, by person and day, and line by line; a machine's mails are nobody's work."""
    told = desk(world)
    words = {"contact.record": ("contacts", "联系"), "progress.add": ("entries", "进展记录"), "step.done": ("steps", "步骤"),
             "ticket.solve": ("solutions", "解决")}
    params, since, before = periods_of(told, 2)[1]
    me = pwd.getpwuid(os.geteuid()).pw_name
    extra = since.replace(day=15, hour=23, minute=59, second=59)
    with told.duban.client() as client:
        ticket = next(number for number, story in enumerate(told.stories, 1) if not story.is_closed and story.received < since)
        client.call("ticket.assign", ticket=str(ticket), handler="sun.li")
        for method, given in (("progress.add", dict(note="已查日志")), ("progress.add", dict(note="等零件")),
                              ("contact.record", dict(channel="email", direction="out", reached=True, automatic=True))):
            client.call(method, ticket=str(ticket), at=extra.isoformat(timespec="milliseconds"), history=True, **given)
        document = client.call("report.get", report="worklog", **params)
        of_complaints = client.call("report.get", report="worklog", by="class,month", **{"class": "complaint"}, **params)
    acts = [(datetime.datetime.fromisoformat(at), method, story, given) for story in told.stories
            for at, method, given in story.calls() if method in words]
    acts = [act for act in acts if since <= act[0] < before]
    days, counts = collections.defaultdict(collections.Counter), collections.Counter(acts=2, entries=2)
    days[f"{extra:%Y-%m-%d}"].update(acts=2, entries=2)
    for at, method, _, _ in acts:
        for counter in (counts, days[f"{at.astimezone(ZONE):%Y-%m-%d}"]):
            counter.update(("acts", words[method][0]))
    names = ("acts", "contacts", "entries", "steps", "solutions")
    assert counts["steps"] and counts["solutions"] > 50, counts
    same(rows_of(document), [{"person": me, **{name: counts[name] for name in names}}], "summary")
    same(rows_of(document, 1), [{"person": me, "day": day, **{name: days[day][name] for name in names}} for day in sorted(days)], "days")
    lines = rows_of(document, 2)
    same([line["at"] for line in lines], sorted(line["at"] for line in lines), "in the order of time")
    channels, kinds = {"contact.record": "电话"}, {"contact.record": "其他", "step.done": {"cause": "原因分析", "measure": "改进措施"}}
    wanted = collections.Counter((words[method][1], channels.get(method, ""),
                                  kinds[method][given["step"]] if method == "step.done" else kinds.get(method, ""),
                                  story.customer, given.get("note") or given.get("result") or "", at.timestamp())
                                 for at, method, story, given in acts)
    owner = told.stories[ticket - 1].customer
    wanted.update(("进展记录", "", "", owner, note, extra.timestamp()) for note in ("已查日志", "等零件"))
    same(collections.Counter((line["work"], line["channel"], line["kind"], line["customer"], line["note"],
                              datetime.datetime.fromisoformat(line["at"]).timestamp()) for line in lines), wanted, "lines")
    same([(row["class"], row["month"], row["acts"]) for row in rows_of(of_complaints)],
         [("投诉", params["month"], sum(story.class_name == "complaint" for _, _, story, _ in acts)
           + 2 * (told.stories[ticket - 1].class_name == "complaint"))], "of complaints")


def what_is_open(world):
    """STD-31: open tickets of a class: stage and since when, handler, last contact, and the deadline that comes next."""
    with world.duban(regime=REGIME) as duban, duban.client() as client:
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        wanted = {}
        for number in range(24):
            class_name = ("request", "complaint")[number % 2]
            received = now - HOUR * (1 + number)
            filed = client.call("ticket.create", type="quality", urgency="general", channel="phone", customer={"name": CUSTOMERS[number % 7]},
                                contact={"name": "李雷", "phone": "13812345678"}, subject="慢", history=True,
                                received_at=received.isoformat(), **{"class": class_name})
            row = {"class": TITLES[class_name], "customer": CUSTOMERS[number % 7], "stage": "已受理", "since": received,
                   "person": "（无）", "received": received, "contacted": None, "clock": "首次联系", "due": received + 8 * HOUR}
            step = dict(ticket=filed["ticket"], history=True)
            if number % 3:
                moved = received + HOUR / 4
                client.call("ticket.assign", handler="sun.li", at=moved.isoformat(), **step)
                client.call("progress.add", note="还在办", at=(moved + HOUR / 8).isoformat(), **step)  # it stays where it is
                row |= {"stage": "办理中", "since": moved, "person": "孙丽"}
            if number % 3 == 2:
                for minutes in (30, 40):
                    called = received + HOUR * minutes / 60
                    client.call("contact.record", channel="phone", direction="out", reached=True, at=called.isoformat(), **step)
                row |= {"contacted": called}
            if row["contacted"] or row["due"] < now:
                row |= {"clock": "解决", "due": received + 120 * HOUR}
            if number in (9, 10):
                client.call("ticket.solve", result="好了", at=(received + HOUR / 2).isoformat(), **step)
                row |= {"stage": "已解决", "since": received + HOUR / 2, "clock": "", "due": None}
                if number == 10:
                    client.call("ticket.close", at=(received + HOUR * 0.6).isoformat(), **step)
                    continue
                row |= {"clock": "首次联系" if received + 8 * HOUR > now else "", "due": received + 8 * HOUR if received + 8 * HOUR > now else None}
            client.call("progress.add", note="以上为补记", at=now.isoformat(), **step)  # all is told: what is late is late
            wanted[filed["number"]] = row
        for class_name in ("request", "complaint", None):
            document = client.call("report.get", report="open", **({"class": class_name} if class_name else {}))
            mine = {number: row for number, row in wanted.items() if class_name is None or row["class"] == TITLES[class_name]}
            got = {line.pop("number"): {name: value and name in ("since", "received", "contacted", "due")
                                        and datetime.datetime.fromisoformat(value) or value for name, value in line.items()}
                   for line in rows_of(document, 1)}
            same(list(got), sorted(mine), "which")
            for number, row in mine.items():
                same(got[number], row, number)
            same({row["person"]: row["open"] for row in rows_of(document)},
                 dict(collections.Counter(row["person"] for row in mine.values())), "by person")
        assert client.refusal("report.get", report="open", month="2026-01").field == "month"


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
        (dict(report="breaches", **{"from": "2026-02-31"}), "from", "neither a day"),
        (dict(report="breaches", **{"from": "2026-02-01T09:00:00"}), "from", "neither a day"),
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


TESTS = [breaches_are_counted, times_are_medians, outcomes_are_shares, bottlenecks_are_found, satisfaction_is_a_mean,
         months_compare, complaints_are_reviewed, a_page_has_it_all,
         branches_are_appraised, records_are_listed, wrong_regimes,
         reports_go_by_mail, csv_says_the_same, what_is_overdue, work_is_recorded, what_is_open, wrong_questions, who_may_read, writes_do_not_wait,
         the_end]

if __name__ == "__main__":
    main(TESTS)
