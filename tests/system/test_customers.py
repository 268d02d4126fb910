#!/usr/bin/env python3
"""Customers are written to: their mails as they read them, under a sender of their own, and what keeps one from being sent.

Usage: test_customers.py BUILD_DIR [NAME...]

Through a real mail server on loopback and into a Maildir; the mails are parsed by Python's email package. The regime is the
one of the stories, tests/scenario/regimes/customers.ini.
"""
import pathlib

import duban as system
from duban import Skip, main, same, text_of, wait_until
from mail_server import MailServer

REGIME = (pathlib.Path(__file__).resolve().parent.parent / "scenario/regimes/customers.ini").read_text(encoding="utf-8")
IDENTITY = {"customer mail.from_name": "客服中心", "customer mail.from_address": "service@mail.example.org",
            "customer mail.reply_to": "answers@example.org", "customer mail.rate": 6000}
LI = "li@example.org"


def ticket_for(address, **more):
    return {"class": "request", "type": "repair", "urgency": "general", "channel": "phone", "subject": "无法打印",
            "customer": {"name": "海港医院"}, "contact": {"name": "李芳", "phone": "13812345678", "email": address}, **more}


def check_customer_mail(mail, notice):
    """From, To, headers and both parts of a mail to a customer, and nothing of how we work in any of them."""
    same((mail["From"].addresses[0].display_name, mail["From"].addresses[0].addr_spec),
         ("客服中心", "service@mail.example.org"), "From")
    same((mail["To"].addresses[0].display_name, mail["To"].addresses[0].addr_spec), ("李芳", notice["address"]), "To")
    same(mail["Reply-To"].addresses[0].addr_spec, "answers@example.org", "Reply-To")
    same(mail["Subject"], notice["subject"], "Subject")
    same(mail["Message-ID"], f"<n{notice['notice']}.main@mail.example.org>", "Message-ID")
    same(mail["References"], f"<t{notice['ticket']}.main@mail.example.org>", "thread")
    same(mail["Auto-Submitted"], "auto-generated")
    same((mail["X-Duban-Ticket"], mail["X-Duban-Template"]), (None, None), "names of ours")
    same(mail.get_content_type(), "multipart/alternative")
    same(text_of(mail).strip(), notice["body"].strip(), "text part")
    html = text_of(mail, "html")
    assert "李芳" in html and "海港医院" not in mail["From"], html
    del mail["Received"]  # the relay's word for whom it spoke to
    for inside in ("duban@example.com", "wang.fang", "duban.example.com"):
        assert inside not in mail.as_string(), f"{inside} in a customer's mail"


def through_a_real_mail_server(world):
    """RSP-1, RSP-12: accepted, solved, asked: three mails in Chinese, as the customer finds them."""
    reason = MailServer.missing()
    if reason:
        raise Skip(reason)
    with MailServer([LI], domain="example.org") as server, \
            world.duban(transport=server.port, regime=REGIME, settings=IDENTITY) as duban, duban.client() as client:
        answer = client.call("ticket.create", **ticket_for(LI))
        client.call("ticket.solve", ticket=answer["ticket"], result="已更换打印服务器。\n请重启客户端。")
        mails = server.wait_for(3)
        duban.wait_drained()
        notices = {row["template_name"]: row for row in duban.notices("channel = 'mail'")}
        by_subject = {mail["Subject"]: mail for mail in mails}
        same(sorted(notices), ["customer_accepted", "customer_solved", "satisfaction_request"], "templates")
        for notice in notices.values():
            check_customer_mail(by_subject[notice["subject"]], notice)
            same((notice["recipient"], notice["role"], notice["state"]), ("customer", "customer", "accepted"))
        accepted = by_subject[f"【受理通知】您的问题已受理，编号 {answer['number']}"]
        for part in (f"编号：{answer['number']}", "客户：海港医院", "类别：请求（报修）", "目前状态：已受理"):
            assert part in text_of(accepted), text_of(accepted)
        solved = text_of(by_subject[f"【办理结果】编号 {answer['number']} 的问题已解决"])
        assert "办理结果：已更换打印服务器。\n请重启客户端。" in solved, solved
        asked = by_subject[f"【满意度调查】您对编号 {answer['number']} 的办理是否满意？"]
        same(asked["List-Unsubscribe"], "<mailto:answers@example.org?subject=unsubscribe>", "a courtesy may be declined")
        same((accepted["List-Unsubscribe"], by_subject[notices["customer_solved"]["subject"]]["List-Unsubscribe"]),
             (None, None), "an answer to the customer's own case is none")


def without_a_sender_of_their_own(world):
    """Customers are never written to under the sender of our own people: recorded, with what is missing."""
    with world.duban(regime=REGIME) as duban, duban.client() as client:
        client.call("ticket.create", **ticket_for(LI))
        duban.wait_drained()
        rows = duban.notices("channel = 'mail'")
        same([row["state"] for row in rows], ["suppressed"])
        assert "[customer mail] from_address" in rows[0]["detail"], rows[0]["detail"]
        same(duban.mails(), [], "mails")


def the_address_survives_a_restart(world):
    """Whom to write to is there again after a restart, also for a ticket that was closed and comes back."""
    with world.duban(regime=REGIME, settings=IDENTITY) as duban:
        with duban.client() as client:
            first = client.call("ticket.create", **ticket_for("old@example.org"))["ticket"]
            second = client.call("ticket.create", **ticket_for(LI))["ticket"]
            client.call("ticket.update", ticket=first, contact={"name": "李芳", "email": "new@example.org"})
            client.call("ticket.solve", ticket=second, result="好了")
            client.call("ticket.close", ticket=second)
        before = duban.client().digest()
        duban.restart()
        same(duban.client().digest(), before, "digest")
        with duban.client() as client:
            client.call("ticket.solve", ticket=first, result="好了")
            client.call("ticket.reopen", ticket=second)
            client.call("ticket.solve", ticket=second, result="这次真的好了")
        duban.wait_drained()
        told = [(row["ticket"], row["address"]) for row in duban.notices("template_name = 'customer_solved'")]
        same(told, [(int(second), LI), (int(first), "new@example.org"), (int(second), LI)])


def domains_hold_again_when_it_is_sent(world):
    """A domain that the regime takes away is not written to any more, whatever was queued before."""
    with world.duban(regime=REGIME, transport=1, settings=IDENTITY) as duban:
        with duban.client() as client:
            client.call("ticket.create", **ticket_for(LI))
            wait_until(lambda: duban.notices("channel = 'mail' AND state = 'deferred'"), 20, "a deferral")
            duban.write_regime(REGIME.replace("example.org example.net ", "example.net "))
            client.call("system.reload")
        duban.sql("UPDATE duban.notice SET ready_at = now() WHERE state = 'deferred'")
        duban.restart()
        failed = wait_until(lambda: duban.notices("channel = 'mail' AND state = 'failed'"), 40, "the refusal")
        assert "[customers]" in failed[0]["detail"], failed[0]["detail"]


if __name__ == "__main__":
    main([through_a_real_mail_server, without_a_sender_of_their_own, the_address_survives_a_restart,
          domains_hold_again_when_it_is_sent])
