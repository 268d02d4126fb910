#!/usr/bin/env python3
"""Every shipped regime, in a real daemon: a ticket of every class is filed and taken to its end.

Usage: test_regimes.py BUILD_DIR [NAME...]

Whoever takes a ticket to its end here knows no regulation: they try to solve and close it, and do what each refusal says is
missing, in the name of somebody who may. So a class that no refusal leads out of is found, and so is a refusal that does
not say what to do. Afterwards each ticket is closed, its clocks have ended, and the journal is whole.
"""
import configparser
import re

from duban import PEOPLE, ROOT, RpcError, instant, main, same, verify_journal, verify_notices

REGIMES = sorted((ROOT / "etc/regimes").glob("*.ini"))
MOST_DEEDS = 80  # for one ticket
VALUES = {"text": "x", "date": "2026-05-01", "number": 1, "yes/no": True, "hours": "24h", "phone": "010-5550100",
          "mail": "li@example.com"}


def people_file(regime):
    return PEOPLE if regime.stem == "nq510201" else ROOT / f"tests/scenario/people/{regime.stem}.ini"


def read(path):
    """An INI file of ours: a key may come twice in a section, and a comment stands behind a blank and a semicolon."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), inline_comment_prefixes=(" ;",), comment_prefixes=(";", "#"))
    parser.optionxform = str
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


class Firm:
    """A daemon with a regime, and its people by what they may do."""

    def __init__(self, duban, regime):
        self.duban, self.client = duban, duban.client()
        self.regime, people = read(regime), read(people_file(regime))
        self.people = {section.split()[1]: set(people[section].get("roles", "").split())
                       for section in people.sections() if section.startswith("person ")}

    def words(self, section):
        return [word for word in self.regime[section]] if self.regime.has_section(section) else []

    def somebody(self, roles):
        """Who holds one of these roles."""
        return next(person for person, has in self.people.items() if has & set(roles))

    def call(self, method, **params):
        return self.client.call(method, **params)

    def as_who_may(self, method, **params):
        """Does it in the name of somebody; when the refusal says whom it is for, of one of them."""
        try:
            return self.call(method, on_behalf_of=next(iter(self.people)), **params)
        except RpcError as refusal:
            if refusal.name != "permission_denied":
                raise
            _, told, roles = refusal.detail.partition(" is for: ")
            if not told:  # nobody of theirs may: the administrator does it
                return self.call(method, **params)
            roles = re.split(r",\s*", roles)
            return self.call(method, on_behalf_of=self.somebody(roles), **params)

    def value_of(self, field):
        """Something that a field takes."""
        kind = self.regime[f"field {field}"]["kind"]
        if kind == "person":
            return next(iter(self.people))
        return VALUES.get(kind, self.words("departments")[0] if kind == "department" else kind.split("|")[0])


class Case:
    """One ticket on its way."""

    def __init__(self, firm, name):
        self.firm, self.name = firm, name
        section = firm.regime[f"class {name}"] if firm.regime.has_section(f"class {name}") else {}
        self.fields, self.ticket = {}, None
        self.stages = section.get("stages", " ".join(firm.words("stages"))).split()
        self.params = {"class": name, "urgency": firm.words("urgencies")[0], "channel": firm.words("channels")[0],
                       "customer": {"name": "华信物流", "id": "K-1"}, "subject": f"{name}: {firm.regime['classes'][name]}", "details": "无法登录",
                       "occurred_at": instant(-60),
                       "contact": {"name": "李雷", "phone": "13812345678", "email": "li@example.com", "fax": "010-5550199"}}
        if section.get("types"):
            self.params["type"] = section["types"].split()[0]

    def file(self):
        """What intake says is missing is said, then it is filed."""
        for _ in range(MOST_DEEDS):
            try:
                filed = self.firm.call("ticket.create", fields=self.fields, **self.params)
                self.ticket = filed["ticket"]
                return filed
            except RpcError as refusal:
                field = (refusal.field or "").removeprefix("fields.")
                if field == "type" and "give a type or a department" in refusal.detail:
                    self.params["department"] = self.firm.words("departments")[0]
                    continue
                assert refusal.name == "invalid_params" and field != refusal.field and field not in self.fields, \
                    f"{self.name}: {refusal.name} {refusal.field}: {refusal.detail}"
                self.fields[field] = self.firm.value_of(field)
        raise AssertionError(f"{self.name} is not filed by saying what is missing")

    def do(self, method, **params):
        return self.firm.as_who_may(method, ticket=self.ticket, **params)

    def contact(self, kind=None, role=None):
        """A contact that counts, over a channel that counts."""
        counting = self.firm.regime["contact"].get("channels", "") if self.firm.regime.has_section("contact") else ""
        channel = (counting.split() or self.firm.words("channels"))[0]
        who = {"on_behalf_of": self.firm.somebody([role])} if role else {}
        kinds = {"kind": kind} if kind else {}
        self.firm.call("contact.record", ticket=self.ticket, channel=channel, direction="out", reached=True, **kinds, **who)

    def meet(self, clock):
        """Does what stops a clock."""
        self.fulfil(self.firm.regime[f"clock {clock}"]["stop"])

    def plan(self):
        expected_at = instant(3600)
        self.do("ticket.plan", expected_at=expected_at, measures="换新")

    def fulfil(self, missing):
        """What one refusal says is missing, such as `contact:result or other by service_head`, `step:d3`, `clock:answer met`."""
        condition, _, role = missing.partition(" by ")
        what, _, kinds = condition.partition(":")
        kind = re.split(r"\s+", kinds)[0] if kinds else None
        if missing.startswith("steps done"):
            self.do("step.done", step=re.search(r"\(next: (\w+)\)", missing)[1])
        elif what == "clock":
            self.meet(kind)
        elif what == "progress":
            self.do("progress.add", note="办理情况")
        elif what == "contact":
            self.contact(kind, role.split()[0] if role else None)
        elif what == "satisfaction":
            self.do("satisfaction.record", level=kind or self.firm.words("satisfaction")[0])
        elif what == "field":
            self.do("ticket.update", fields={kind: self.firm.value_of(kind)})
        elif what == "plan":
            self.plan()
        elif what == "progress":
            self.do("progress.add", note="已定位原因")
        elif what == "assigned":
            self.do("ticket.assign", handler=self.firm.somebody(["handler"]))
        else:
            method, parameter = {"step": ("step.done", "step"), "signed": ("sign", "signature"), "stage": ("ticket.move", "stage")}[what]
            self.do(method, **{parameter: kind})

    def attempt(self, deed):
        """Does it, and before it whatever its refusal asks for, and before that whatever that one's does."""
        for _ in range(MOST_DEEDS):
            try:
                return deed()
            except RpcError as refusal:
                if refusal.name == "gate_closed":
                    missing = refusal.detail.removeprefix("missing: ")
                    self.attempt(lambda what=missing: self.fulfil(what))
                elif refusal.name == "invalid_state" and refusal.field == "stage":
                    before = re.search(r"is entered from ([\w ,]+), not from", refusal.detail)
                    assert before, f"{self.name}: {refusal.detail}"
                    stages = [stage for stage in before[1].split(", ") if stage in self.stages]
                    self.attempt(lambda to=stages[0]: self.do("ticket.move", stage=to))
                else:
                    raise AssertionError(f"{self.name}: {refusal.name} {refusal.field}: {refusal.detail}") from None
        raise AssertionError(f"{self.name}: doing what refusals ask for leads nowhere")

    def take_to_the_end(self):
        self.attempt(lambda: self.do("ticket.solve", result="已解决"))
        self.attempt(lambda: self.do("ticket.close"))


def runs(world, regime):
    duban = world.duban(regime=regime.read_text(encoding="utf-8"), people=people_file(regime).read_text(encoding="utf-8"))
    checked = duban.check()
    same(checked.returncode, 0, f"duband --check with {regime.name}: {checked.stderr}")
    found = duban.ctl("regime", "check", regime, "--people", people_file(regime), "--at", "2026-03-02T09:00:00+08:00")
    same(found.returncode, 0, f"dubanctl regime check {regime.name}: {found.stdout}")
    with duban:
        firm = Firm(duban, regime)
        classes = firm.words("classes")
        for name in classes:
            case = Case(firm, name)
            filed = case.file()
            assert filed["created"] and filed["department"], f"{name}: {filed}"
            case.take_to_the_end()
            closed = firm.call("ticket.get", ticket=case.ticket)
            same(closed["stage"], firm.regime["stage on"]["close"], f"{name}: the stage at its end")
            still = [clock["clock"] for clock in closed["clocks"] if clock["state"] in ("running", "breached", "paused", "waiting")
                     and clock.get("due_at")]
            same(still, [], f"{name}: what a closed ticket still owes")
        firm.client.close()
        duban.wait_drained()
        same(duban.counts()["ticket"], len(classes), f"{regime.name}: a ticket of every class")
        verify_journal(duban)
        verify_notices(duban)


def test_of(regime):
    def test(world):
        runs(world, regime)
    test.__name__ = f"{regime.stem}_takes_a_ticket_of_every_class_to_its_end"
    return test


# --- what the shipped regimes' reports say ---

PERIOD = {"from": instant(-2 * 86400), "to": instant(600)}


def regime_named(name):
    return next(regime for regime in REGIMES if regime.stem == name)


def opened(world, name):
    regime = regime_named(name)
    return world.duban(regime=regime.read_text(encoding="utf-8"), people=people_file(regime).read_text(encoding="utf-8"))


def rows_of(document, table=0):
    table = document["tables"][table]
    return [dict(zip((column["name"] for column in table["columns"]), row)) for row in table["rows"]]


def reports_of_control_go_by_its_words(world):
    """CTL-8: cause and measures of each complaint, and whether it is closed. CTL-15, CTL-18, CTL-20: what the statistics count."""
    with opened(world, "control") as duban:
        firm = Firm(duban, regime_named("control"))
        one, other = Case(firm, "complaint"), Case(firm, "complaint")
        for case in (one, other):
            case.file()
            for step, note in (("d1", None), ("d2", None), ("d3", "停线"), ("d4", "模具磨损"), ("d5", "更换模具"), ("d6", "已更换")):
                case.do("step.done", step=step, **({"note": note} if note and case is one else {}))
        one.do("satisfaction.record", level="satisfied")
        one.take_to_the_end()
        other.do("satisfaction.record", level="dissatisfied")
        survey = Case(firm, "survey")
        survey.file()
        survey.do("satisfaction.record", level="neutral")
        lines = {row["number"]: row for row in rows_of(firm.call("report.get", report="complaints", **PERIOD))}
        same(sorted(lines), ["TS-000001", "TS-000002"], "the register of complaints, and nothing else")
        first, second = lines["TS-000001"], lines["TS-000002"]
        same((first["cause"], first["closed"], second["cause"], second["closed"]), ("模具磨损", "是", "", "否"), "cause and closure")
        assert "更换模具" in first["measures"] and "已更换" in first["measures"], first
        satisfaction = {row["class"]: row for row in rows_of(firm.call("report.get", report="satisfaction", by="class", **PERIOD))}
        same({name: (row["answers"], row["mean"]) for name, row in satisfaction.items()},
             {"客户投诉": (2, 5000), "满意度调查": (1, 6000)}, "satisfied is 100, neutral 60, dissatisfied 0")
        outcome = {row["class"]: row for row in rows_of(firm.call("report.get", report="outcome", by="class", **PERIOD))}
        same(outcome["客户投诉"]["received"], 2, "received")
        same(outcome["客户投诉"]["solved"], 1, "solved")
        for report in ("times", "bottlenecks", "overdue"):
            assert firm.call("report.get", report=report, **({} if report == "overdue" else PERIOD))["tables"], report
        firm.client.close()


def standard_appraises_its_branches(world):
    """STD-27, STD-28, STD-29, STD-30: four indicators of a quarter each, spot checks, who passes, who is commended, who is named."""
    with opened(world, "standard") as duban:
        firm = Firm(duban, regime_named("standard"))
        answers = {"north": (90, 90, 80, 100), "south": (60, 70, 50, 60), "west": (85, 75, 80, 84), "east": (70, 72, 74, 76)}
        for branch, values in answers.items():
            firm.call("register.put", register="branch", id=branch, fields={"name": branch, "region": "R"})
            for month in ("2026-02", "2026-03"):  # the region's first appraisal is another one
                names = ("duration", "timely_service", "progress_told", "staff_answers")
                firm.call("register.put", register="survey", id=f"{branch}-{month}",
                          fields={"branch": branch, "held": f"{month}-10", **dict(zip(names, values))})
        for number, (branch, grade) in enumerate((("south", "A"), ("east", "E"), ("west", "B"))):
            firm.call("register.put", register="spot_check", id=f"S-{number}", fields={"branch": branch, "held": "2026-03-12", "grade": grade})
        rows = {row["branch"]: row for row in
                rows_of(firm.call("report.get", report="appraisal", month="2026-03", language="en"))}
        firm.client.close()
        same({name: row["satisfaction"] for name, row in rows.items()}, {"north": 9000, "south": 6000, "west": 8100, "east": 7300}, "means")
        same({name: row["score"] for name, row in rows.items()}, {"north": 9000, "south": 6300, "west": 8300, "east": 7000}, "scores")
        same([name for name, row in sorted(rows.items(), key=lambda row: row[1]["rank"])], ["north", "west", "east", "south"], "rank")


def pages(client, member, **params):
    """All of a list by pages of two."""
    seen, after = [], None
    while True:
        page = client.call(member[0], limit=2, **({"after": after} if after else {}), **params)
        seen += [one["ticket"] for one in page[member[1]]]
        after = page.get("next")
        if not after:
            return seen


def response_lists_the_most_urgent_first(world):
    """RSP-5: open and closed tickets, escalations and the report of what is overdue begin with the most urgent, page by page."""
    with opened(world, "response") as duban:
        firm = Firm(duban, regime_named("response"))
        cases = {}
        for urgency in ("low", "urgent", "medium", "high", "urgent", "low", "high"):
            case = Case(firm, "ticket")
            case.params |= {"urgency": urgency, "occurred_at": instant(-21 * 86400), "received_at": instant(-20 * 86400)}
            case.file()
            cases[case.ticket] = case
        in_order = ["2", "5", "4", "7", "3", "1", "6"]
        tickets, escalations = ("ticket.list", "tickets"), ("escalation.list", "escalations")
        same(pages(firm.client, tickets), in_order, "the open ones, from memory")
        same(pages(firm.client, tickets, state="all"), in_order, "all of them, from the database")
        same(list(dict.fromkeys(pages(firm.client, escalations))), in_order, "escalations")
        lines = rows_of(firm.call("report.get", report="overdue"), 1)
        same(list(dict.fromkeys(int(row["number"][-4:]) for row in lines)), [int(ticket) for ticket in in_order], "overdue")
        for ticket in ("7", "2", "6", "5"):
            cases[ticket].take_to_the_end()
        same(pages(firm.client, tickets, state="closed"), ["2", "5", "7", "6"], "the closed ones")
        same(pages(firm.client, tickets, state="all"), in_order, "all, with closed ones among them")
        same(pages(firm.client, tickets), ["4", "3", "1"], "those left open")
        firm.client.close()


def reports_of_aftersales_go_by_its_words(world):
    """AFT-2: causes, and what prevents them. AFT-6: the survey. AFT-16: how often a fault went which way. AFT-17: attitude, by person."""
    with opened(world, "aftersales") as duban:
        firm = Firm(duban, regime_named("aftersales"))
        rude, product = Case(firm, "complaint"), Case(firm, "complaint")
        rude.params |= {"type": "attitude", "handler": "zhang.wei"}
        rude.file()
        product.file()
        product.do("step.done", step="causes", note="钥匙外壳易裂")
        product.do("step.done", step="prevention", note="更换材料")
        survey = Case(firm, "survey")
        survey.file()
        survey.do("satisfaction.record", level="satisfied")
        lines = {row["number"]: row for row in rows_of(firm.call("report.get", report="complaints", **PERIOD))}
        same((lines["TS-000002"]["cause"], lines["TS-000002"]["measures"]), ("钥匙外壳易裂", "更换材料"), "cause and prevention")
        attitude = firm.call("report.get", report="attitude", **PERIOD)
        same([(row["person"], row["complaints"]) for row in rows_of(attitude)], [("张伟", 1)], "whose attitude")
        same([row["number"] for row in rows_of(attitude, 1)], ["TS-000001"], "which complaint")
        satisfaction = rows_of(firm.call("report.get", report="satisfaction", by="class", **PERIOD))
        same([(row["class"], row["mean"]) for row in satisfaction], [("满意度与忠诚度调查", 10000)], "the survey")
        fault = Case(firm, "fault")
        fault.file()
        for stage in ("phone", "escalated", "analysing", "phone", "escalated", "analysing", "phone"):
            fault.do("ticket.move", stage=stage)
        stays = rows_of(firm.call("report.get", report="bottlenecks", **{"class": "fault"}, **PERIOD))
        same({row["word"]: row["stays"] for row in stays}, {"已报告": 1, "电话支持": 3, "事件升级": 2, "分析处理": 2}, "every loop")
        firm.client.close()


TESTS = [*(test_of(regime) for regime in REGIMES), reports_of_control_go_by_its_words, reports_of_aftersales_go_by_its_words,
         response_lists_the_most_urgent_first, standard_appraises_its_branches]

if __name__ == "__main__":
    main(TESTS)
