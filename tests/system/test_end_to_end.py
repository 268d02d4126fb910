#!/usr/bin/env python3
"""Whole lives, end to end: a real daemon, a real PostgreSQL, a real mail server, and a clock of the test's own.

Usage: test_end_to_end.py BUILD_DIR [NAME...]

What people do goes over the socket in their roles; what they are told is read from the mail server's mailboxes, in the
order in which it came. Every story ends with the journal walked and no notice sent twice.
"""
import contextlib
import os
import pwd

from duban import ROOT, Skip, clock_of, main, same, seconds_of, text_of, verify_journal, verify_notices
from mail_server import MailServer
from virtual import VirtualClock

US = pwd.getpwuid(os.geteuid()).pw_name


class Firm:
    """A firm on its regime: duband, its mail server and its clock."""

    def __init__(self, clock, duban, server):
        self.clock, self.duban, self.server, self.seen = clock, duban, server, 0
        self.client = duban.client()

    def call(self, method, **params):
        return self.client.call(method, **params)

    def refusal(self, method, **params):
        return self.client.refusal(method, **params)

    def told(self):
        """The mails since the last look: (recipient's mailbox, subject, mail), by the order of their notices."""
        self.clock.settle()
        wanted = int(self.duban.value("SELECT count(*) FROM duban.notice WHERE state = 'accepted'"))
        mails = sorted(self.server.wait_for(wanted, 30), key=lambda mail: int(mail["X-Duban-Notice"]))[self.seen:]
        self.seen += len(mails)
        return [(mail["To"].addresses[0].username, str(mail["Subject"]), mail) for mail in mails]

    def mailed(self):
        """Who got a mail since the last look, in order."""
        return [person for person, _, _ in self.told()]

    def restart(self):
        """As after a crash: the clock goes on, and nothing owed is forgotten."""
        self.client.close()
        self.duban.kill()
        with self.clock:
            self.duban.start()
        self.clock.follow(self.duban)
        self.client = self.duban.client()


@contextlib.contextmanager
def firm(world, begin, regime, people, *customers):
    """A firm that opens at `begin`; `regime` is a file of etc/regimes, `people` the text of its people file, `customers` are
    addresses of customers whose mail the server takes, too."""
    missing = MailServer.missing()
    if missing:
        raise Skip(missing)
    addresses = [line.split("=")[1].strip() for line in people.splitlines() if line.startswith("mail ")]
    addresses += customers
    text = (ROOT / "etc/regimes" / regime).read_text(encoding="utf-8")
    with MailServer(recipients=addresses) as server:
        duban = world.duban(regime=text, people=people, transport=server.port, roles={"admin": (US, "")},
                            settings={"customer mail.from_name": "客户服务部", "customer mail.from_address": "service@example.com"})
        clock = VirtualClock(begin, duban.directory, world.build)
        try:
            with clock:
                duban.start()
            clock.follow(duban)
            one = Firm(clock, duban, server)
            yield one
            clock.settle()
            one.client.close()
            verify_journal(duban)
            verify_notices(duban)
            # The view asks the database's clock, which is the true one: what is due later is not missed yet.
            missed = [row for row in duban.missed() if seconds_of(row["since"]) <= clock.now()]
            same(missed, [], "escalations that were missed")
        finally:
            clock.close()
            duban.end()


def state_of(one, ticket, clock):
    found = clock_of(one.call("clock.list", ticket=ticket), clock)
    return found and found["state"]


def a_complaint_of_the_intake_regime(world):
    """INT-11, INT-13, INT-20, INT-28 to INT-30: apologised for late, planned, solved, told in person, asked, closed."""
    with firm(world, "2026-03-02 09:00", "nq510201.ini", (ROOT / "etc/people.ini").read_text(encoding="utf-8")) as one:
        ticket = one.call("ticket.create", **{"class": "complaint"}, type="service_quality", urgency="general", channel="phone",
                          customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"}, subject="服务态度")["ticket"]
        same(one.mailed(), [], "a general complaint is reported to nobody at intake")
        one.clock.until("2026-03-03 09:01")  # the limit is over; the head of the department and the head of the centre know
        told = one.told()
        assert {"sun.li", "zhao.min"} <= {person for person, _, _ in told}, told
        assert any("NR510201A-000001" in subject or "NR510201A-000001" in text_of(mail) for _, subject, mail in told), told
        one.restart()
        as_head = {"channel": "phone", "direction": "out", "reached": True, "on_behalf_of": "zhao.min"}
        same(one.refusal("ticket.solve", ticket=ticket, result="已更换").name, "gate_closed", "nobody has apologised")
        one.call("contact.record", ticket=ticket, kind="apology", **as_head)
        same(state_of(one, ticket, "apology"), "met", "the apology")
        assert one.mailed(), "those who were told of the breach hear that it is over"
        one.call("ticket.plan", ticket=ticket, expected_at=one.clock.text(2 * 86400), measures="更换工程师")
        same(one.mailed(), ["sun.li"], "who was told that there is no plan hears that there is one")
        one.call("ticket.solve", ticket=ticket, result="已更换")
        same(one.refusal("ticket.close", ticket=ticket).name, "gate_closed", "nobody told the customer the result")
        one.call("contact.record", ticket=ticket, kind="result", **as_head)
        one.call("contact.record", ticket=ticket, kind="satisfaction", **(as_head | {"on_behalf_of": "chen.jie"}))
        one.call("ticket.close", ticket=ticket)
        one.clock.until("2026-03-20 09:00")
        same(one.mailed(), [], "after the end nobody hears of it")


PHONE = {"channel": "phone", "direction": "out", "reached": True}


def people_of(name):
    return (ROOT / "tests/scenario/people" / name).read_text(encoding="utf-8")


def a_complaint_with_8d(world):
    """CTL-1 to CTL-7: reported to quality, contained too late, back to work because the customer says so, signed, closed."""
    with firm(world, "2026-03-02 09:00", "control.ini", people_of("control.ini")) as one:
        def step(name, person="zhang.wei"):
            return one.call("step.done", ticket=ticket, step=name, on_behalf_of=person)

        ticket = one.call("ticket.create", **{"class": "complaint"}, channel="email", customer={"name": "海港医院"},
                          contact={"name": "李雷", "phone": "13812345678"}, subject="插件脱落", department="quality",
                          handler="zhang.wei")["ticket"]
        told = one.told()
        same(sorted(person for person, _, _ in told), ["gu.ping", "wang.fang"], "CTL-1: who hears of the complaint")
        assert all("投诉处理报告" in subject and "TS-000001" in subject for _, subject, _ in told), told
        step("d1"), step("d2")
        one.clock.until("2026-03-03 18:01")
        assert {"wang.fang", "gu.ping"} <= set(one.mailed()), "CTL-3: the containment is a working day late"
        one.restart()
        same(one.refusal("step.done", ticket=ticket, step="d5", on_behalf_of="zhang.wei").name, "gate_closed", "D5 before D4")
        for name in ("d3", "d4", "d5", "d6", "d7", "d8"):
            step(name)
        assert {"wang.fang", "gu.ping"} <= set(one.mailed()), "those who were told hear that it is contained"
        same(one.refusal("ticket.solve", ticket=ticket, result="加固").name, "gate_closed", "CTL-3: nobody has approved the 8D")
        same(one.refusal("sign", ticket=ticket, signature="plant_director", on_behalf_of="he.long").name, "gate_closed", "CTL-7")
        one.call("sign", ticket=ticket, signature="quality_manager", on_behalf_of="gu.ping")
        one.call("ticket.solve", ticket=ticket, result="加固", on_behalf_of="zhang.wei")
        one.call("contact.record", ticket=ticket, kind="result", on_behalf_of="zhao.min", **PHONE)
        one.call("satisfaction.record", ticket=ticket, level="dissatisfied", on_behalf_of="chen.jie")
        assert "gu.ping" in one.mailed(), "CTL-5: not satisfied"
        same(one.refusal("ticket.close", ticket=ticket).name, "gate_closed", "CTL-5: until satisfied")
        one.call("ticket.reopen", ticket=ticket, reason="客户不满意")
        one.clock.until("2026-03-06 12:00")
        for name in ("d5", "d6", "d7", "d8"):
            step(name)
        one.call("sign", ticket=ticket, signature="quality_manager", on_behalf_of="gu.ping")
        one.call("ticket.solve", ticket=ticket, result="更换供应商", on_behalf_of="zhang.wei")
        one.call("contact.record", ticket=ticket, kind="result", on_behalf_of="zhao.min", **PHONE)
        one.call("satisfaction.record", ticket=ticket, level="satisfied", on_behalf_of="chen.jie")
        same(one.refusal("ticket.close", ticket=ticket).name, "gate_closed", "CTL-4: its effect was not verified")
        step("effect", "gu.ping")
        one.call("sign", ticket=ticket, signature="plant_director", on_behalf_of="he.long")
        one.call("ticket.close", ticket=ticket)
        one.told()
        one.clock.until("2026-03-17 18:00")
        review, = one.call("ticket.list", **{"class": "monthly_review"})["tickets"]
        subjects = [subject for _, subject, _ in one.told()]
        assert len(subjects) == 1 and review["number"] in subjects[0], f"CTL-8: only the review of the month is owed: {subjects}"


def put(one, register, record, **fields):
    one.call("register.put", register=register, id=record, fields=fields)


def only(one, kind):
    """The one open ticket of a class."""
    ticket, = one.call("ticket.list", **{"class": kind})["tickets"]
    return ticket["ticket"]


CUSTOMER = {"name": "海港医院", "contact": "李雷", "phone": "13812345678", "email": "li.lei@example.com", "representative": "zhang.wei"}


def a_renewal(world):
    """STD-7 to STD-11: listed on the 10th, called too late, handed over, completed; the customer hears that it is done."""
    with firm(world, "2026-03-06 10:00", "standard.ini", people_of("standard.ini"), CUSTOMER["email"]) as one:
        put(one, "customer", "K-1", **CUSTOMER)
        contract = {"number": "HT-17", "customer": "K-1", "signed_on": "2025-04-20", "expires_on": "2026-04-20",
                    "representative": "zhang.wei"}
        put(one, "contract", "C-17", **contract)
        one.told()
        one.clock.until("2026-03-10 09:01")
        assert "tang.wei" in one.mailed(), "STD-7: the account manager has the list"
        ticket = only(one, "renewal")
        one.restart()
        one.clock.until("2026-03-15 18:01")
        assert {"zhang.wei", "sun.li"} <= set(one.mailed()), "STD-8: nobody called by the 15th"
        one.call("contact.record", ticket=ticket, on_behalf_of="zhang.wei", **PHONE)
        assert "sun.li" in one.mailed(), "who was told hears that the call was made"
        one.call("ticket.move", ticket=ticket, stage="agreed", on_behalf_of="zhang.wei")
        one.call("ticket.move", ticket=ticket, stage="handed_over", on_behalf_of="zhang.wei")
        one.clock.until("2026-03-16 18:01")
        assert "gao.feng" not in (late := one.mailed()) and "sun.li" in late, f"STD-8: the renewal is not completed: {late}"
        one.call("ticket.solve", ticket=ticket, result="已续费", on_behalf_of="tang.wei")
        one.told()
        put(one, "contract", "C-17", **contract, renewed_on="2026-03-18")
        one.clock.until("2026-03-18 09:01")
        same([person for person in one.mailed() if person == "li.lei"], ["li.lei"], "STD-11: the customer hears that it is done")
        one.clock.until("2026-05-12 09:00")
        same([(person, subject) for person, subject, _ in one.told() if "HT-17" in subject], [], "renewed: nobody is reminded again")


def a_project(world):
    """STD-3 to STD-6: a report for every stage, one late; live only when accepted, paid and filed."""
    with firm(world, "2026-03-02 09:00", "standard.ini", people_of("standard.ini"), CUSTOMER["email"]) as one:
        ticket = one.call("ticket.create", **{"class": "project"}, channel="phone", department="implementation", handler="zhou.tao",
                          customer={"name": CUSTOMER["name"]}, subject="挂号系统上线",
                          contact={"name": "李雷", "email": CUSTOMER["email"]})["ticket"]

        def to(stage):
            one.call("ticket.move", ticket=ticket, stage=stage, on_behalf_of="zhou.tao")

        def report():
            one.call("contact.record", ticket=ticket, kind="progress", on_behalf_of="zhou.tao", **PHONE)

        mails = one.told()
        same([person for person, _, _ in mails], ["li.lei"], "STD-4: the customer gets the report that it has begun")
        one.clock.until("2026-03-03 00:01")
        assert {"zhou.tao", "wu.qiang"} <= set(one.mailed()), "STD-4: nobody called on the same day"
        report()
        assert "wu.qiang" in one.mailed(), "he hears that the call was made"
        to("b1"), report()
        one.clock.until("2026-03-05 10:00")
        to("b2"), report(), to("b3"), report(), to("c1")
        one.restart()
        report()
        to("c2"), report(), to("d1"), report(), to("d2"), report()
        same(one.refusal("ticket.move", ticket=ticket, stage="e").name, "gate_closed", "STD-6: neither accepted nor paid nor filed")
        one.call("sign", ticket=ticket, signature="acceptance", on_behalf_of="zhou.tao")
        one.call("step.done", ticket=ticket, step="final_payment", on_behalf_of="zhou.tao")
        same(one.refusal("ticket.move", ticket=ticket, stage="e").name, "gate_closed", "STD-6: not filed")
        one.call("step.done", ticket=ticket, step="filing", on_behalf_of="zhou.tao")
        to("e"), report()
        same([person for person in one.mailed() if person == "li.lei"], ["li.lei"] * 5, "STD-4: B2, B3, C2, D2 and E by mail")
        one.call("ticket.solve", ticket=ticket, result="已上线", on_behalf_of="zhou.tao")
        one.call("ticket.close", ticket=ticket)
        one.clock.until("2026-04-02 09:00")
        same([subject for _, subject, _ in one.told() if "KB-000001" in subject], [], "after the end nobody hears of it")


def a_festival_greeting(world):
    """STD-25: three working days before the Spring Festival, make-up days counted, every customer with an address, once."""
    with firm(world, "2026-02-10 10:00", "standard.ini", people_of("standard.ini"), CUSTOMER["email"], "wang@example.com") as one:
        put(one, "customer", "K-1", **CUSTOMER)
        put(one, "customer", "K-2", **(CUSTOMER | {"name": "明德中学", "email": "wang@example.com"}))
        put(one, "customer", "K-3", name="青山出版社", phone="010-5550101")
        one.clock.until("2026-02-12 08:59")
        same(one.mailed(), [], "not before its day")
        one.restart()
        one.clock.until("2026-02-12 09:01")
        mails = [mail for person, _, mail in one.told() if person in ("li.lei", "wang")]
        same(sorted(mail["To"].addresses[0].username for mail in mails), ["li.lei", "wang"], "who is greeted")
        assert all("佳节" in text_of(mail) and "service@example.com" in str(mail["From"]) for mail in mails), mails[0].as_string()
        one.restart()
        one.call("ticket.solve", ticket=only(one, "greeting"), result="已检查", on_behalf_of="zhang.wei")
        one.clock.until("2026-02-25 09:00")
        same([person for person in one.mailed() if person in ("li.lei", "wang")], [], "greeted once")


def an_on_site_service(world):
    """AFT-7, AFT-8, AFT-12, AFT-13, AFT-16: neither phone nor remote session helps; somebody goes there, and files it too late."""
    with firm(world, "2026-03-02 09:00", "aftersales.ini", people_of("aftersales.ini")) as one:
        def said(method, ticket, person="zhang.wei", **params):
            return one.call(method, ticket=ticket, on_behalf_of=person, **params)

        def refused(method, ticket, why, person="zhang.wei", **params):
            same(one.refusal(method, ticket=ticket, on_behalf_of=person, **params).name, "gate_closed", why)

        put(one, "customers", "K-1", name="海港医院", phone="13812345678", key=True, key_since="2026-02-15", owner="zhang.wei")
        about = {"channel": "phone", "customer": {"name": "海港医院"}, "contact": {"name": "李雷", "phone": "13812345678"}}
        fault = one.call("ticket.create", **{"class": "fault"}, type="hardware", subject="签名钥匙无法识别", handler="zhang.wei",
                         **about)["ticket"]
        said("ticket.move", fault, stage="phone")
        same(one.mailed(), [], "a fault that is taken at once is told to nobody")
        refused("ticket.move", fault, "AFT-8: the customer has not consented", stage="remote")
        said("step.done", fault, step="consent", note="李雷，电话，09:10")
        said("ticket.move", fault, stage="remote")
        refused("ticket.move", fault, "AFT-16: nobody goes there without an order", stage="on_site")
        one.clock.until("2026-03-03 18:01")  # a working day, and it went nowhere
        same(one.mailed(), ["zhang.wei", "wang.fang"], "AFT-16: a reminder at half the time, then the head")
        one.restart()
        said("step.done", fault, step="service_order")
        said("ticket.move", fault, stage="on_site")
        told = one.told()
        same(sorted(person for person, _, _ in told), ["wang.fang", "zhang.wei"], "the all-clear, and the engineer's order")
        assert all("GZ-000001" in subject for _, subject, _ in told), told

        service = one.call("ticket.create", **{"class": "on_site_service"}, subject="上门更换签名钥匙", handler="zhang.wei",
                           **about)["ticket"]
        one.call("ticket.link", ticket=service, to=fault)
        refused("sign", service, "AFT-13: there is no order to sign", signature="customer")
        said("step.done", service, step="service_order")
        said("ticket.plan", service, expected_at=one.clock.text(2 * 86400), measures="换钥匙")
        one.clock.until("2026-03-04 15:00")
        said("step.done", service, step="returned")
        said("ticket.solve", service, result="已更换")
        said("ticket.solve", fault, result="已更换")
        refused("ticket.close", fault, "AFT-7: nobody told the customer", "chen.jie")
        said("contact.record", fault, kind="result", **PHONE)
        said("ticket.close", fault, "chen.jie")
        refused("step.done", service, "AFT-13: the customer has not signed", step="filed")
        same(state_of(one, service, "service_report"), "running", "the report")
        one.told()
        one.restart()
        one.clock.until("2026-03-05 09:01")
        same(sorted(one.mailed()), ["liu.yang", "wang.fang", "zhao.min", "zhao.min"], "AFT-2, AFT-17: last month's reports")
        one.clock.until("2026-03-08 15:01")
        same(one.mailed(), ["zhang.wei"], "AFT-13: a day is left")
        one.clock.until("2026-03-09 15:01")
        (person, subject, _), = one.told()
        assert person == "wang.fang" and "FW-000001" in subject, f"AFT-13: five days after the return: {person} {subject}"
        one.restart()
        said("sign", service, signature="customer")
        said("step.done", service, step="filed")
        same(one.mailed(), ["wang.fang"], "AFT-13: filed, and who was told hears so")
        said("ticket.close", service, "chen.jie")

        one.clock.until("2026-03-25 09:01")
        visit, = one.call("ticket.list", **{"class": "visit"})["tickets"]
        (person, subject, _), = one.told()
        assert person == "zhang.wei" and visit["number"] in subject, f"AFT-12: the visit of the month is owed: {subject}"
        said("contact.record", visit["ticket"], kind="other", **(PHONE | {"channel": "on_site"}))
        said("step.done", visit["ticket"], step="notes")
        said("ticket.solve", visit["ticket"], result="已回访")
        refused("ticket.close", visit["ticket"], "AFT-12: a report of each visit", "chen.jie")
        said("step.done", visit["ticket"], step="visit_report")
        said("ticket.close", visit["ticket"], "chen.jie")
        one.clock.until("2026-04-07 08:59")  # the next reports are due at nine, behind the Qingming days
        same(one.mailed(), [], "after the end nobody hears of any of them")


TESTS = [a_complaint_of_the_intake_regime, a_complaint_with_8d, a_renewal, a_project, a_festival_greeting,
         an_on_site_service]

if __name__ == "__main__":
    main(TESTS)
