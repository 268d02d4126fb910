#!/usr/bin/env python3
"""What people are told, and what is kept from them: masking and allowed domains.

Usage: test_notices.py BUILD_DIR [NAME...]

A real daemon on a real database with a Maildir; the mails are parsed by Python's email package.
"""
import duban as system
from duban import a_ticket, instant, main, same, text_of, wait_until

LEADER = "liu.yang@example.com"
CANARY = {"name": "Kanarienvogel Werke 金丝雀", "person": "Zephyrine Quux", "phone": "13987654321", "email": "canary@quux.invalid"}
LIMITS_S = {"general": 86400, "urgent": 28800, "very_urgent": 14400}


def overdue(urgency, by_s, **more):
    """Params of a ticket whose limits passed so long ago."""
    return a_ticket(urgency=urgency, received_at=instant(-LIMITS_S[urgency] - by_s), **more)


def to_of(mail):
    return mail["To"].addresses[0].addr_spec


def whole(mail):
    """Everything a reader or a relay could see of it."""
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), text_of(mail), text_of(mail, "html")])


def names_stay_with_those_who_handle(world):
    """A planted customer's name, person and phone: in no mail to leadership, in no log; the name is in the head's mails."""
    with world.duban(settings={"daemon.log_level": "debug"}) as duban, duban.client() as client:
        canary = {"customer": {"name": CANARY["name"]},
                  "contact": {"name": CANARY["person"], "phone": CANARY["phone"], "email": CANARY["email"]}}
        ticket = client.call("ticket.create", **overdue("very_urgent", 600, handler="zhou.tao", **canary))["ticket"]
        wait_until(lambda: len([mail for mail in duban.mails() if to_of(mail) == LEADER]) >= 3, 15, "report and breaches")
        client.call("contact.record", ticket=ticket, channel="phone", direction="out", reached=True)
        wait_until(lambda: [mail for mail in duban.mails() if mail["X-Duban-Template"] == "all_clear" and to_of(mail) == LEADER])
        duban.wait_drained()
        mails = duban.mails()
        to_leader = [mail for mail in mails if to_of(mail) == LEADER]
        for mail in to_leader:
            shown = whole(mail)
            for secret in (*CANARY.values(), "Kanarienvogel", "金丝雀", "周涛"):
                assert secret not in shown, f"{secret} in a mail to leadership: {mail['Subject']}"
            assert "NR510201A-000001" in mail["Subject"], "the number is what leadership goes by"
            assert "办理部门：服务策划管理部门" in text_of(mail), text_of(mail)
        breach = next(mail for mail in to_leader if mail["X-Duban-Template"] == "contact_breach")
        for part in ("客户：K*", "办理人：周*", "已超时：1", "规定时限：2"):
            assert part in text_of(breach), f"{part} is not in {text_of(breach)}"
        assert any(CANARY["name"] in mail["Subject"] for mail in mails if to_of(mail) != LEADER), "who handles it is told whose it is"
        for secret in ("phone", "person", "email"):
            assert not any(CANARY[secret] in whole(mail) for mail in mails), f"the contact's {secret} in a mail"
        for secret in CANARY.values():
            assert secret not in duban.log(), f"{secret} in the log"


DOMAINS = "\n[notices]\ndomains = example.com\n"


def nobody_outside_the_domains(world):
    """An address elsewhere is refused with its line; a row that has one all the same fails and is not sent."""
    regime = system.REGIME.read_text(encoding="utf-8") + DOMAINS
    with world.duban(regime=regime) as duban:
        foreign = system.PEOPLE.read_text(encoding="utf-8").replace("sun.li@example.com", "sun.li@example.com.evil.invalid")
        duban.write_people(foreign)
        line = next(number for number, text in enumerate(foreign.split("\n"), 1) if "evil" in text)
        refused = duban.check()
        assert refused.returncode != 0 and f"people.ini:{line}:" in refused.stderr and "domains" in refused.stderr, refused.stderr
        duban.write_people(system.PEOPLE.read_text(encoding="utf-8"))
        with duban.client() as client:
            client.call("ticket.create", **overdue("general", 600))
            wait_until(duban.mails, 15, "the breach")
        duban.wait_drained()
        before = len(duban.mails())
        duban.stop()
        # as if it had been written by somebody else: queued, to an address that no people file may have
        duban.sql("UPDATE duban.notice SET state = 'queued', attempts = 0, ready_at = NULL, address = 'sun.li@evil.invalid'"
                  " WHERE notice = (SELECT max(notice) FROM duban.notice WHERE rung = 1)")
        duban.start()
        failed = wait_until(lambda: duban.notices("state = 'failed'"), 15, "the refusal")
        assert "outside the domains" in failed[0]["detail"], failed[0]["detail"]
        same(len(duban.mails()), before, "mails")
        same([mail for mail in duban.mails() if to_of(mail).endswith(".invalid")], [], "mails to elsewhere")


if __name__ == "__main__":
    main([names_stay_with_those_who_handle, nobody_outside_the_domains])
