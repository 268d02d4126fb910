#!/usr/bin/env python3
"""Whole lives, end to end: a real daemon, a real PostgreSQL, a real mail server, and a clock of the test's own.

Usage: test_end_to_end.py BUILD_DIR [NAME...]

What people do goes over the socket in their roles; what they are told is read from the mail server's mailboxes, in the
order in which it came. Every story ends with the journal walked and no notice sent twice.
"""
import contextlib
import os
import pwd

from duban import ROOT, Skip, clock_of, main, same, text_of, verify_journal, verify_notices
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
            same(duban.missed(), [], "escalations that were missed")
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


TESTS = [a_complaint_of_the_intake_regime]

if __name__ == "__main__":
    main(TESTS)
