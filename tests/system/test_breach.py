#!/usr/bin/env python3
"""A missed limit from end to end: from the ticket at the socket to the mail that its recipient reads.

Usage: test_breach.py BUILD_DIR [NAME...]

Once through a real mail server on loopback and once into a Maildir; the mails are parsed by Python's email package.
Tickets were received almost a limit ago, or the regime's limits are a few seconds, so that nobody has to wait.
"""
import pathlib
import re

import duban as system
from duban import Skip, a_ticket, clock_of, instant, main, quick_regime, same, text_of, wait_until
from mail_server import MailServer
from web_service import WebService

CONTACT = {"channel": "phone", "direction": "out", "reached": True, "kind": "progress"}
PLAN = {"measures": "更换打印服务器"}
HEAD, SERVICE_HEAD, LEADER = "sun.li@example.com", "zhao.min@example.com", "liu.yang@example.com"
HANDLER = "zhou.tao@example.com"
EVERYBODY = [f"{name}@example.com" for name in ("chen.jie", "zhao.min", "liu.yang", "wang.fang", "zhang.wei", "sun.li",
                                                "zhou.tao", "wu.qiang", "xu.jing", "ma.chao")]
FIRST_RETRY_S = 30


def to_of(mail):
    return mail["To"].addresses[0].addr_spec


def about(mails, template, words=""):
    """Recipients of the mails of that template whose subject has the words, sorted."""
    return sorted(to_of(mail) for mail in mails if mail["X-Duban-Template"] == template and words in mail["Subject"])


def check_form(mail, notice):
    """What every notice's mail has: one sender, a stable Message-ID, its ticket's thread, and both texts."""
    same(mail["From"].addresses[0].addr_spec, "duban@example.com")
    same(mail["From"].addresses[0].display_name, "督办")
    same(to_of(mail), notice["address"])
    same(mail["To"].addresses[0].display_name, notice["display_name"])
    same(mail["Subject"], notice["subject"])
    same(mail["Message-ID"], f"<n{notice['notice']}.main@duban.example.com>")
    same(mail["Message-ID"], notice["message_id"])
    thread = f"<t{notice['ticket']}.main@duban.example.com>"
    same((mail["References"], mail["In-Reply-To"]), (thread, thread))
    same(mail["Auto-Submitted"], "auto-generated")
    same(mail.get_content_type(), "multipart/alternative")
    same(text_of(mail).strip(), notice["body"].strip())
    html = text_of(mail, "html")
    for line in filter(None, re.split(r"[\n：“”]", notice["body"])):
        assert line.strip() in html, f"{line!r} is not in the HTML of notice {notice['notice']}"


def check_all_forms(duban, mails):
    """Each accepted notice is one mail, each mail is one notice, and all have the right form."""
    notices = {str(notice["notice"]): notice for notice in duban.notices("state = 'accepted'")}
    same(sorted(mail["X-Duban-Notice"] for mail in mails), sorted(notices), "mails")
    for mail in mails:
        check_form(mail, notices[mail["X-Duban-Notice"]])


def nearly(urgency, left_s):
    """received_at so that the limits of this urgency end in `left_s` seconds."""
    return instant(left_s - {"general": 86400, "urgent": 28800, "very_urgent": 14400}[urgency])


def life_of_a_breach(duban, mails_now):
    """Intake report, reminder, breach, plan overdue, contact, all-clear; `mails_now()` gives the mails so far."""
    with duban.client() as client:
        answer = client.call("ticket.create", **a_ticket(urgency="very_urgent", handler="zhou.tao",
                                                         received_at=nearly("very_urgent", 2)))
        ticket, number = answer["ticket"], answer["number"]
        wait_until(lambda: len(about(mails_now(), "report_at_intake")) >= 2, 15, "the reports")
        same(about(mails_now(), "report_at_intake", f"非常紧迫问题 {number} — 海港医院"), [HEAD], "report at intake")
        same(about(mails_now(), "report_at_intake", f"非常紧迫问题 {number} — 海*"), [LEADER], "report to who sees no names")
        wait_until(lambda: about(mails_now(), "reminder", f"{number} 首次联系将于"), 15, "the reminder")
        wait_until(lambda: len(about(mails_now(), "contact_breach")) >= 2, 15, "the breach")
        wait_until(lambda: len(about(mails_now(), "plan_overdue")) >= 2, 15, "the overdue plan")
        same(clock_of(client.call("clock.list", ticket=ticket), "first_contact")["state"], "breached")
        client.call("contact.record", ticket=ticket, **CONTACT)
        client.call("ticket.plan", ticket=ticket, expected_at=instant(7200), **PLAN)
        wait_until(lambda: len(about(mails_now(), "all_clear")) >= 4, 15, "the all-clear")
    duban.wait_drained()
    return answer


def check_life(duban, answer, mails):
    """Promise 3 and the regime: who was told what, in Chinese, each once."""
    number = answer["number"]
    same(about(mails, "report_at_intake"), [LEADER, HEAD], "report at intake (INT-15, INT-16)")
    same(about(mails, "reminder", "首次联系"), [HANDLER], "reminder of the contact (INT-21)")
    same(about(mails, "reminder", "解决计划"), [HEAD], "reminder of the plan")
    same(about(mails, "contact_breach"), [LEADER, HEAD], "breach, very urgent: head and leadership at once (INT-20)")
    same(about(mails, "plan_overdue"), [LEADER, HEAD], "plan overdue (INT-23)")
    same(about(mails, "all_clear", "首次联系已完成"), [LEADER, HEAD], "all-clear of the contact")
    same(about(mails, "all_clear", "解决计划已完成"), [LEADER, HEAD], "all-clear of the plan")
    same(len(mails), 12, "mails")
    breach = next(mail for mail in mails if mail["X-Duban-Template"] == "contact_breach" and to_of(mail) == HEAD)
    assert breach["Subject"].startswith(f"【督办】{number} 首次联系超时 ") and breach["Subject"].endswith("— 海港医院"), \
        breach["Subject"]
    text = text_of(breach)
    for part in ("以下客户问题的“首次联系”已超过规定时限，请立即督促办理。", f"编号：{number}", "紧急程度：非常紧迫",
                 "办理部门：服务策划管理部门", "办理人：周涛", "客户：海港医院"):
        assert part in text, f"{part} is not in {text}"
    for secret in ("李雷", "13812345678"):
        assert not any(secret in text_of(mail) + text_of(mail, "html") for mail in mails), "a customer's person in a mail"
    check_all_forms(duban, mails)
    same(duban.missed(), [], "missed_escalations")
    system.verify_notices(duban)


def need_mail_server():
    reason = MailServer.missing()
    if reason:
        raise Skip(reason)


def through_a_real_mail_server(world):
    """Report, reminder, breach, plan, all-clear through SMTP, as the recipients find them."""
    need_mail_server()
    with MailServer(EVERYBODY) as server, world.duban(transport=server.port) as duban:
        answer = life_of_a_breach(duban, server.messages)
        check_life(duban, answer, server.wait_for(12))
        queued = duban.notices("state = 'accepted' AND coalesce(queue_id, '') = ''")
        same(queued, [], "accepted without the server's word for it")


def into_a_maildir(world):
    """The same into a Maildir, where each file says for whom it is."""
    with world.duban() as duban:
        check_life(duban, life_of_a_breach(duban, duban.mails), duban.mails())
        for mail in duban.mails():
            same(mail["Delivered-To"], to_of(mail))


def urgent_and_general_go_to_the_department(world):
    """INT-14, INT-20: urgent is reported to the head alone; a breach tells the head alone at first; each department its own."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket(urgency="urgent", received_at=nearly("urgent", 1)))
        client.call("ticket.create", **a_ticket(urgency="general", type="training", received_at=nearly("general", 1)))
        wait_until(lambda: len(about(duban.mails(), "contact_breach")) >= 2, 15, "the breaches")
        duban.wait_drained()
        mails = duban.mails()
        same(about(mails, "report_at_intake"), [HEAD], "report of the urgent one")
        same(about(mails, "contact_breach"), [HEAD, "wu.qiang@example.com"], "first rung")
        same(about(mails, "reminder", "首次联系"), [HEAD, "wu.qiang@example.com"], "reminders without a handler")
        check_all_forms(duban, mails)


def the_whole_ladder(world):
    """INT-20: head at once, head of the service centre after half the limit, leadership after all of it; all three hear the end."""
    with world.duban(regime=quick_regime(4)) as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        wait_until(lambda: about(duban.mails(), "contact_breach") == sorted([HEAD, SERVICE_HEAD, LEADER]), 25, "the ladder")
        rungs = duban.rows("SELECT at, type FROM duban.journal WHERE ticket = 1 AND type IN ('clock.breached', 'ladder.rung')"
                           " AND body LIKE '%\"first_contact\"%' ORDER BY sequence")
        times = [round(system.seconds_of(row["at"]) - system.seconds_of(rungs[0]["at"])) for row in rungs]
        same(times, [0, 0, 2, 4], "seconds after the breach")
        escalation = [one for one in client.call("escalation.list")["escalations"] if one["clock"] == "first_contact"]
        same((escalation[0]["rungs_done"], sorted(escalation[0]["told"])), (3, ["liu.yang", "sun.li", "zhao.min"]))
        client.call("contact.record", ticket=ticket, **CONTACT)
        wait_until(lambda: about(duban.mails(), "all_clear", "首次联系") == sorted([HEAD, SERVICE_HEAD, LEADER]), 15,
                   "the all-clear for all three")
        duban.wait_drained()
        system.verify_notices(duban)


def a_contact_in_time_tells_nobody(world):
    """No false alarm: a contact before the limit, and neither the breach nor the all-clear is told."""
    with world.duban() as duban, duban.client() as client:
        answer = client.call("ticket.create", **a_ticket(received_at=nearly("general", 1.5)))
        client.call("contact.record", ticket=answer["ticket"], **CONTACT)
        client.call("ticket.plan", ticket=answer["ticket"], expected_at=instant(7200), **PLAN)
        due_at = system.seconds_of(clock_of(answer, "first_contact")["due_at"])
        wait_until(lambda: system.time.time() > due_at + 1, 10, "the limit to pass")
        same([mail["Subject"] for mail in duban.mails() if mail["X-Duban-Template"] != "reminder"], [], "mails")
        states = {clock["clock"]: clock["state"] for clock in client.call("clock.list", ticket=answer["ticket"])["clocks"]}
        same((states["first_contact"], states["plan"]), ("met", "met"))


def late_record_withdraws(world):
    """Domain rule 19: a contact in time that is recorded late takes the notice back."""
    with world.duban() as duban, duban.client() as client:
        answer = client.call("ticket.create", **a_ticket(received_at=nearly("general", -600)))
        wait_until(lambda: about(duban.mails(), "contact_breach") == [HEAD], 15, "the breach")
        client.call("contact.record", ticket=answer["ticket"], at=instant(-1200), **CONTACT)
        wait_until(lambda: about(duban.mails(), "withdrawn", "首次联系") == [HEAD], 15, "the withdrawal")
        duban.wait_drained()
        same(about(duban.mails(), "all_clear"), [], "all-clear")


def english_for_who_reads_english(world):
    """A person with `language = en` gets the same notice in English."""
    people = system.PEOPLE.read_text(encoding="utf-8").replace("[person sun.li]\n", "[person sun.li]\nlanguage = en\n")
    with world.duban(people=people) as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket(received_at=nearly("general", -600)))
        mail = wait_until(lambda: next((mail for mail in duban.mails() if mail["X-Duban-Template"] == "contact_breach"), None))
        assert "First contact overdue by" in mail["Subject"], mail["Subject"]
        assert "Department: Service planning" in text_of(mail), text_of(mail)
        same(mail["Content-Language"], "en")


def server_away_then_back(world):
    """The mail server is away: deferred, and delivered exactly once, with its Message-ID, when it is back."""
    need_mail_server()
    server = MailServer(EVERYBODY)
    with world.duban(transport=server.port) as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket(urgency="very_urgent", received_at=nearly("very_urgent", -600)))
        waiting = wait_until(lambda: duban.notices("state = 'deferred'"), 15, "a deferral")
        wait_until(lambda: not duban.notices("state IN ('queued', 'attempting')"), 15, "all to be deferred")
        waiting = duban.notices("state = 'deferred'")
        ids = {notice["message_id"] for notice in waiting}
        duban.restart()  # what waits survives it, and its time of retry too
        with server:
            mails = server.wait_for(len(waiting), FIRST_RETRY_S + 20)
            duban.wait_drained()
            same({mail["Message-ID"] for mail in mails}, ids, "Message-IDs")
            same(len(server.messages()), len(waiting), "mails")
            check_all_forms(duban, server.messages())
        same({notice["attempts"] for notice in duban.notices("state = 'accepted'")}, {2}, "attempts")


SCENARIO = pathlib.Path(__file__).resolve().parent.parent / "scenario"


def other_ways(world):
    """By mail and by text message; a number that the service refuses for good; the repeats of one that is busy."""
    regime = (SCENARIO / "regimes/ways.ini").read_text(encoding="utf-8").replace("within = 4h", "within = 2s").replace(
        "+1h ", "+0  ").replace("quiet = 20:00-08:00\n", "")
    people = (SCENARIO / "people/ways.ini").read_text(encoding="utf-8")
    with WebService((503, ""), (410, ""), (200, "")) as service, world.duban(
            regime=regime, people=people, settings={"webhook.channel": "sms", "webhook.url": service.url,
                                                    "sender.senders": 1}) as duban:
        with duban.client() as client:
            ticket = client.call("ticket.create", **{"class": "request"}, type="repair", urgency="general", channel="phone",
                                 customer={"name": "Huaxin"}, contact={"name": "Li", "phone": "1"}, subject="s")["ticket"]
        told = wait_until(lambda: (lambda rows: rows if len(rows) == 5 else None)(duban.notices(f"ticket = {ticket}")), 20,
                          "three mails and two text messages")
        wait_until(lambda: len(service.posts) >= 2, 20, "two posts")
        by_sms = {notice["recipient"]: notice for notice in told if notice["channel"] == "sms"}
        same(sorted(by_sms), ["liu.yang", "zhao.min"], "told by text message")
        same({notice["address"] for notice in by_sms.values()}, {"+8613800000002", "+8613800000003"}, "numbers")
        wait_until(lambda: {row["state"] for row in duban.notices("channel = 'sms'")} == {"deferred", "failed"}, 20,
                   "one busy, one refused")
        posted = [body["data"] for body in service.bodies()]
        same(sorted(data["to"]["address"] for data in posted[:2]), ["+8613800000002", "+8613800000003"], "posted to")
        assert all(data["subject"] and data["ticket"] == ticket for data in posted), posted
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.notice WHERE channel = 'mail' AND state = 'accepted'") == 3,
                   20, "the mails")
        same(len(duban.mails()), 3, "mails in the Maildir")


if __name__ == "__main__":
    main([through_a_real_mail_server, into_a_maildir, urgent_and_general_go_to_the_department, the_whole_ladder,
          a_contact_in_time_tells_nobody, late_record_withdraws, english_for_who_reads_english, other_ways, server_away_then_back])
