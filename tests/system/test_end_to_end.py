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
def firm(world, begin, regime, people):
    """A firm that opens at `begin`; `regime` is a file of etc/regimes, `people` the text of its people file."""
    missing = MailServer.missing()
    if missing:
        raise Skip(missing)
    addresses = [line.split("=")[1].strip() for line in people.splitlines() if line.startswith("mail ")]
    text = (ROOT / "etc/regimes" / regime).read_text(encoding="utf-8")
    with MailServer(recipients=addresses) as server:
        duban = world.duban(regime=text, people=people, transport=server.port, roles={"admin": (US, "")})
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


TESTS = [a_complaint_of_the_intake_regime, a_complaint_with_8d]

if __name__ == "__main__":
    main(TESTS)
