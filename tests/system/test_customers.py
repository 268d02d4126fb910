#!/usr/bin/env python3
"""Customers are written to: their mails as they read them, under a sender of their own, and what keeps one from being sent.

Usage: test_customers.py BUILD_DIR [NAME...]

Through a real mail server on loopback and into a Maildir; the mails are parsed by Python's email package. The regime is the
one of the stories, tests/scenario/regimes/customers.ini.
"""
import datetime
import json
import pathlib

import duban as system
from duban import Skip, main, same, text_of, wait_until
from mail_server import MailServer

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
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


def fill_register(client, count, **more):
    client.pipeline(("register.put", {"register": "customers", "id": f"K-{i:05}", "fields": {
        "name": f"客户{i}", "status": "active", "email": f"k{i}@example.org", **more}}) for i in range(count))


def progress(client, mailing):
    answer = client.call("mailing.get", mailing=mailing)
    return answer["state"], answer["sent"] + answer["suppressed"] + answer["failed"], answer


def a_mailing_goes_on_after_kill(world):
    """Killed in the middle, started again: each of 1500 customers has the mail once, and the counts are right."""
    count = 1500
    with world.duban(regime=REGIME, settings={**IDENTITY, "customer mail.rate": 60000}) as duban:
        with duban.client() as client:
            fill_register(client, count)
            client.call("optout.add", address="K7@example.org", reason="回复了节日问候")
            answer = client.call("mailing.start", template="greeting", when="status active", idempotency_key="spring")
            mailing = answer["mailing"]
            same((answer["recipients"], answer["created"]), (count, True))
        for half in (300, 900):
            with duban.client() as client:
                wait_until(lambda: progress(client, mailing)[1] >= half, 60, f"{half} mails")
            duban.kill()
            duban.start()
        with duban.client() as client:
            again = client.call("mailing.start", template="greeting", when="status active", idempotency_key="spring")
            same((again["mailing"], again["created"]), (mailing, False), "the same key")
            wait_until(lambda: progress(client, mailing)[0] == "finished", 90, "the end")
            answer = progress(client, mailing)[2]
            same((answer["total"], answer["sent"], answer["suppressed"], answer["failed"], answer["waiting"]),
                 (count, count - 1, 1, 0, 0))
            same(answer["left_out"][0]["recipient"], "customers/K-00007")
            assert answer["left_out"][0]["why"].startswith("declined"), answer["left_out"]
        ids = {mail["Message-ID"] for mail in duban.mails()}
        same(len(ids), count - 1, "different mails")  # one that was cut off may be there twice, under the same Message-ID
        rows = duban.rows("SELECT count(*) AS notices, count(DISTINCT recipient) AS recipients FROM duban.notice")
        same((rows[0]["notices"], rows[0]["recipients"]), (count, count))
        same(duban.number("SELECT count(*) FROM duban.journal WHERE type = 'mailing.finished'"), 1)


def an_escalation_passes_a_mailing(world):
    """A thousand greetings at one a second stand before nobody: the report to the department leaves at once."""
    with world.duban(regime=REGIME, settings={**IDENTITY, "customer mail.rate": 60}) as duban, duban.client() as client:
        fill_register(client, 1000)
        client.call("mailing.start", template="greeting")
        wait_until(lambda: duban.notices("state = 'accepted'"), 20, "the first greeting")
        client.call("ticket.create", **ticket_for(LI, urgency="urgent"))
        told = wait_until(lambda: duban.notices("state = 'accepted' AND recipient <> 'customer' AND ticket > 0"), 5,
                          "the department head's mail")
        same(told[0]["role"], "department_head")
        same(duban.mails()[-1]["From"].addresses[0].addr_spec in ("duban@example.com", "service@mail.example.org"), True)
        waiting = duban.number("SELECT count(*) FROM duban.notice WHERE state = 'queued' AND clock LIKE 'mailing/%'")
        assert 300 <= waiting <= 400, f"{waiting} mails of the mailing are in the outbox"


def declined_between_decision_and_sending(world):
    """Somebody opts out while the mail waits: it is not sent any more, and the mailing says why. Then it is cancelled."""
    with world.duban(regime=REGIME, settings={**IDENTITY, "customer mail.rate": 60}) as duban, duban.client() as client:
        fill_register(client, 60)
        mailing = client.call("mailing.start", template="greeting")["mailing"]
        client.call("optout.add", address="k1@example.org", reason="电话")
        wait_until(lambda: duban.notices("recipient = 'customers/K-00001' AND state = 'suppressed'"), 20, "the second")
        same(client.call("mailing.cancel", mailing=mailing, reason="日期有误")["state"], "cancelled")
        wait_until(lambda: not duban.notices("state IN ('queued', 'attempting')"), 20, "the rest to be taken back")
        answer = client.call("mailing.get", mailing=mailing)
        same((answer["state"], answer["why"], answer["waiting"], answer["queued"]), ("cancelled", "日期有误", 0, 0))
        same(answer["sent"] + answer["suppressed"], 60)
        same(client.call("optout.list")["optouts"][0]["reason"], "电话")
        duban.restart()


def from_the_command_line(world):
    """dubanctl mailing start --dry-run and --watch, mailing list, optout."""
    with world.duban(regime=REGIME, settings=IDENTITY) as duban, duban.client() as client:
        fill_register(client, 30)
        client.call("register.put", register="customers", id="K-9", fields={"name": "无邮箱", "status": "active"})
        dry = duban.ctl("mailing", "start", "change_notice", "--note", "今晚停机", "--dry-run", "--json")
        answer = json.loads(dry.stdout)
        same((answer["recipients"], answer["left_out_count"], answer["left_out"][0]["record"]), (31, 1, "K-9"))
        same((answer["first"]["record"], answer["first"]["address"]), ("K-00000", "k0@example.org"))
        same(answer["first"]["subject"], "【系统调整告知】客户0：系统调整通知")
        assert "今晚停机" in answer["first"]["body"], answer["first"]["body"]
        same((duban.notices(), client.call("mailing.list")["mailings"]), ([], []), "a dry run leaves no trace")
        done = duban.ctl("mailing", "start", "change_notice", "--note", "今晚停机", "--watch")
        assert done.returncode == 0 and "finished" in done.stdout and "100 %" in done.stderr, done
        same(json.loads(duban.ctl("mailing", "list", "--json").stdout)["mailings"][0]["sent"], 30)
        assert all("今晚停机" in text_of(mail) for mail in duban.mails())
        same(duban.ctl("optout", "add", "k1@example.org", "--reason", "电话").stdout.strip(),
             "k1@example.org: is sent nothing beyond their own case")
        assert "电话" in duban.ctl("optout", "list").stdout
        same(duban.ctl("optout", "remove", "k1@example.org").returncode, 0)


def shipped(name):
    """A shipped regime with the people of its stories."""
    return {"regime": (ROOT / f"etc/regimes/{name}.ini").read_text(encoding="utf-8"),
            "people": (ROOT / f"tests/scenario/people/{name}.ini").read_text(encoding="utf-8")}


def last_mail(duban, to, count):
    """The newest of `count` mails to the address, when all are there."""
    def found():
        mails = [mail for mail in duban.mails() if mail["To"].addresses[0].addr_spec == to]
        return mails if len(mails) == count else None
    return max(wait_until(found, 20, f"{count} mails to {to}"), key=lambda mail: int(mail["Message-ID"].split(".")[0][2:]))


def minute(at):
    return at.strftime("%Y-%m-%d %H:%M")


def a_project_report_carries_all(world):
    """STD-5: contact data, time used by stage, time left, what is still needed; the same words after kill -9."""
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    begun = datetime.datetime.now(shanghai) - datetime.timedelta(days=3, hours=2, minutes=1)
    with world.duban(settings=IDENTITY, **shipped("standard")) as duban:
        with duban.client() as client:
            client.call("register.put", register="customer", id="K-1", fields={
                "name": "Harbour Hospital", "email": "jo@example.org", "contact": "Jo", "language": "en"})
            told = [client.call("ticket.create", **{
                "class": "project", "channel": "phone", "subject": "网站", "urgency": "general", "handler": "zhou.tao",
                "received_at": begun.isoformat(timespec="milliseconds"), **more})["ticket"] for more in (
                    {"customer": {"name": "海港医院"}, "contact": {"name": "李芳", "phone": "1381", "email": LI},
                     "fields": {"awaited": "域名证书"}},
                    {"customer": {"id": "K-1", "name": "Harbour Hospital"}, "contact": {"name": "Jo", "phone": "1"}})]
            first = text_of(last_mail(duban, LI, 1))
            for line in ("联系方式：zhou.tao@example.com", "计划完成：—", "剩余时间：—", "需要贵公司提供或确认的事项：域名证书",
                         f"：{minute(begun)} 进入，至今 3天2小时\n\n"):
                assert line in first, first
            for ticket in told:
                client.call("ticket.move", ticket=ticket, stage="b1")
                client.call("ticket.plan", ticket=ticket, measures="按计划", expected_at=(
                    datetime.datetime.now(shanghai) + datetime.timedelta(days=9, hours=5, minutes=5)).isoformat(timespec="milliseconds"))
            client.call("ticket.update", ticket=told[0], fields={"awaited": "首页文案\u3000两份"})
            digest = client.digest()
        duban.kill()
        duban.start()
        with duban.client() as client:
            same(client.digest(), digest, "digest")
            for ticket in told:
                client.call("ticket.move", ticket=ticket, stage="b2")
        chinese, english = last_mail(duban, LI, 2), last_mail(duban, "jo@example.org", 2)
        lines = text_of(chinese).split("各阶段用时：\n\n")[1].split("\n\n")[0].splitlines()
        same(len(lines), 3, "stages gone through")
        assert lines[0].endswith(f"：{minute(begun)} 进入，用时 3天2小时"), lines
        assert "进入，用时 " in lines[1] and "进入，至今 " in lines[2], lines
        assert "剩余时间：9天5小时" in text_of(chinese) and "首页文案　两份" in text_of(chinese), text_of(chinese)
        for line in lines:
            stage, used = line.split("：", 1)
            assert stage in text_of(chinese, "html") and used in text_of(chinese, "html"), text_of(chinese, "html")
        assert f": entered {minute(begun)}, took 3d 2h\n" in text_of(english), text_of(english)
        for line in ("Reached at: zhou.tao@example.com", "Time left: 9d 5h", "Still needed from you: —"):
            assert line in text_of(english), text_of(english)


def every_stage_is_told_and_kept(world):
    """STD-5: a line for each of eight stages; they and the fields are in the row from which they come back."""
    with world.duban(settings=IDENTITY, **shipped("standard")) as duban, duban.client() as client:
        ticket = client.call("ticket.create", **{
            "class": "project", "channel": "phone", "subject": "网站", "urgency": "general", "customer": {"name": "海港医院"},
            "contact": {"name": "李芳", "phone": "1381", "email": LI}, "fields": {"awaited": "域名证书"}})["ticket"]
        for stage in ("b1", "b2", "b3", "c1", "c2", "d1", "d2"):
            client.call("ticket.move", ticket=ticket, stage=stage)
        report = last_mail(duban, LI, 5)  # of a, b2, b3, c2, d2
        same(len(text_of(report).split("各阶段用时：\n\n")[1].split("\n\n")[0].splitlines()), 8, "stages gone through")
        rows = duban.rows("SELECT story, known FROM duban.ticket")
        story = json.loads(rows[0]["story"])
        same([name for name, _ in story["stages"]], ["a", "b1", "b2", "b3", "c1", "c2", "d1", "d2"])
        same(json.loads(rows[0]["known"])["fields"], {"awaited": "域名证书"})


def came_before(mail):
    """The lines of the customer's earlier tickets."""
    return text_of(mail).split("该客户以往的投诉、建议等记录：\n\n")[1].split("\n\n")[0].strip().splitlines()


def a_visit_is_announced_to_all(world):
    """CTL-14: focus, people, travel, lodging and what the customer came with before, in the notice to all departments."""
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    now = datetime.datetime.now(shanghai)

    def file(client, kind, subject, customer, days=0, **more):
        return client.call("ticket.create", **{
            "class": kind, "channel": "phone", "subject": subject, "urgency": "general", "customer": customer,
            "received_at": (now - datetime.timedelta(days=days)).isoformat(timespec="milliseconds"),
            "contact": {"name": "李芳", "phone": "1381"}, **more})

    def visit(client, customer, **more):
        before = {mail["Message-ID"] for mail in duban.mails()}
        filed = file(client, "visit", "参观", customer, department="sales", fields=fields, **more)
        duban.wait_drained()
        mails = [mail for mail in duban.mails()
                 if mail["Message-ID"] not in before and filed["number"] in text_of(mail)]
        assert len(mails) >= 2, "several departments"
        for mail in mails:
            for line in ("关注重点：新产线", "陪同人员：总经理", "行程安排：8:30 到厂", "食宿安排：市区酒店"):
                assert line in text_of(mail), text_of(mail)
            same(came_before(mail), came_before(mails[0]), "the same for everybody")
        return filed, mails[0]

    fields = {"focus": "新产线", "accompanied_by": "总经理", "travel": "8:30 到厂", "lodging": "市区酒店"}
    hospital = {"name": "海港医院", "id": "K-7"}
    with world.duban(**shipped("control")) as duban:
        with duban.client() as client:
            first, mail = visit(client, hospital)
            same(came_before(mail), ["无"])
            closed = file(client, "suggestion", "夜间\n送货", hospital, days=5)
            client.call("ticket.solve", ticket=closed["ticket"], result="已采纳")
            client.call("ticket.close", ticket=closed["ticket"])
            opened = file(client, "enquiry", "报价", {"name": "海港医院"}, days=2)  # no id: the name counts
            file(client, "enquiry", "别家的", {"name": "海港医院", "id": "K-8"}, days=1)
            renamed = file(client, "enquiry", "换了名称", {"name": "新海港医院", "id": "K-7"}, days=3)
            client.call("ticket.update", ticket=renamed["ticket"], subject="改了主题")
        duban.kill()
        duban.start()
        with duban.client() as client:
            key = {"idempotency_key": "visit-1"}
            second, mail = visit(client, hospital, **key)
            day = lambda days: (now - datetime.timedelta(days=days)).strftime("%Y-%m-%d")
            lines = came_before(mail)
            same(lines, [f"{first['number']} 客户来访：参观（{day(0)} 受理，已受理）",
                         f"{opened['number']} 客户咨询：报价（{day(2)} 受理，已受理）",
                         f"{renamed['number']} 客户咨询：改了主题（{day(3)} 受理，已受理）",
                         f"{closed['number']} 客户建议：夜间 送货（{day(5)} 受理，已关闭）"], "earlier tickets")
            for line in lines:
                for part in line.split("：", 1):
                    assert part in text_of(mail, "html"), text_of(mail, "html")
            count = len(duban.mails())
            again = file(client, "visit", "参观", hospital, department="sales", fields=fields, **key)
            same((again["ticket"], again["created"]), (second["ticket"], False), "the same key")
            duban.wait_drained()
            same(len(duban.mails()), count, "nobody is told twice")
            counts, asked = duban.counts(), {
                "class": "visit", "channel": "phone", "subject": "参观", "urgency": "general", "customer": hospital,
                "contact": {"name": "李芳", "phone": "1381"}, "department": "sales", "idempotency_key": "visit-2"}
            duban.value("ALTER TABLE duban.intake RENAME TO elsewhere")
            refusal = client.refusal("ticket.create", **asked)
            duban.value("ALTER TABLE duban.elsewhere RENAME TO intake")
            same((refusal.name, duban.counts()), ("storage_unavailable", counts), "what can't be read is not begun")
            third = client.call("ticket.create", **asked)
            same((third["created"], int(third["number"][3:])), (True, int(second["number"][3:]) + 1), "no gap")
            for i in range(22):
                file(client, "enquiry", f"问{i}", {"name": "多问公司"})
            _, mail = visit(client, {"name": "多问公司"})
            lines = came_before(mail)
            same((len(lines), "问21" in lines[0], "问2（" in lines[-1]), (20, True, True), "the newest twenty")


if __name__ == "__main__":
    main([a_mailing_goes_on_after_kill, an_escalation_passes_a_mailing, declined_between_decision_and_sending,
          from_the_command_line, a_project_report_carries_all, every_stage_is_told_and_kept,
          a_visit_is_announced_to_all, through_a_real_mail_server, without_a_sender_of_their_own, the_address_survives_a_restart,
          domains_hold_again_when_it_is_sent])
