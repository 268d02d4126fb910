#!/usr/bin/env python3
"""What people are told, when, and what is kept from them: masking, allowed domains, quiet hours, budgets, digests.

Usage: test_notices.py BUILD_DIR [NAME...]; DUBAN_OVERDUE=50000 makes more of a downtime

A real daemon on a real database with a Maildir; the mails are parsed by Python's email package.
"""
import collections
import json
import os
import time

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


def nobody_outside_the_domains(world):
    """An address elsewhere is refused with its line; a row that has one all the same fails and is not sent."""
    regime = regime_with("domains = example.com")
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
        wait_told(duban)
        before = len(duban.mails())
        duban.stop()
        # as if it had been written by somebody else: queued, to an address that no people file may have
        duban.sql("UPDATE duban.notice SET state = 'queued', attempts = 0, ready_at = NULL, address = 'sun.li@evil.invalid'"
                  " WHERE notice = (SELECT max(notice) FROM duban.notice WHERE rung = 1)")
        duban.start()
        failed = wait_until(lambda: duban.notices("state = 'failed'"), 15, "the refusal")
        assert "outside the domains" in failed[0]["detail"], failed[0]["detail"]
        same(len([mail for mail in duban.mails() if to_of(mail) == "sun.li@example.com"]), before, "mails to her")
        same([mail for mail in duban.mails() if to_of(mail).endswith(".invalid")], [], "mails to elsewhere")


CONTACT = {"channel": "phone", "direction": "out", "reached": True}
HEADS = {"project_management": "wang.fang", "service_planning": "sun.li", "training": "wu.qiang", "software_marketing": "xu.jing"}
TYPES = {"product_enquiry": "software_marketing", "training": "training", "software_product": "project_management",
         "project_integration": "project_management", "technical_service": "service_planning"}
OVERDUE = int(os.environ.get("DUBAN_OVERDUE", "2000"))


def hours_pass(duban, hours):
    """While the daemon is down: every deadline lies so much further back, as if it had been down so long."""
    for column in ("anchor_at", "due_at"):
        duban.sql(f"UPDATE duban.clock SET {column} = {column} - interval '{hours} hours' WHERE state = 'running'")
    for column in ("received_at", "created_at"):
        duban.sql(f"UPDATE duban.ticket SET {column} = {column} - interval '{hours} hours'")


def regime_with(notices, *replacements):
    text = system.REGIME.read_text(encoding="utf-8")
    for old, new in (("after downtime = release above 20000", notices), *replacements):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def wait_told(duban, timeout_s=60):
    """Until nothing waits to be sent, nothing is gathered and everything due was judged."""
    wait_until(lambda: duban.value(
        "SELECT (SELECT count(*) FROM duban.notice WHERE state IN ('queued', 'attempting', 'deferred') OR hold = 'downtime'"
        " OR (state = 'held' AND ready_at <= now()))"
        " + (SELECT count(*) FROM duban.clock WHERE state = 'running' AND due_at < now() OR ladder_running AND rungs = 0)") == "0",
        timeout_s, "everything to be judged and told", 0.2)


def check_digests(duban, filed):
    """Promise 6: one digest for each person; every ticket exactly once for everybody who is to be told of it."""
    digests = {notice["notice"]: notice for notice in duban.notices("template_name = 'digest'")}
    items = duban.notices("state = 'coalesced'")
    same(sorted(collections.Counter(one["recipient"] for one in digests.values()).values()), [1] * len(digests), "digests a person")
    for one in items:
        same(digests[one["into_notice"]]["recipient"], one["recipient"], "whose digest")
    told = collections.Counter((one["ticket"], one["clock"], one["rung"], one["recipient"]) for one in items)
    same(set(told.values()), {1}, "how often a ticket is told to somebody")
    for clock in ("first_contact", "plan"):
        wanted = {(ticket, HEADS[TYPES[type_]]) for ticket, type_ in filed}
        same({(ticket, who) for ticket, what, rung, who in told if (what, rung) == (clock, 1)}, wanted, f"whom {clock} is told")
    due = {row["ticket"]: row["due_at"] for row in duban.rows("SELECT ticket, breached_at AS due_at FROM duban.clock WHERE clock = 'plan'")}
    for one in items:
        same(one["due_at"], due[one["ticket"]], "the true due time")
    journaled = duban.rows("SELECT ticket, body FROM duban.journal WHERE type = 'notice.coalesced'")
    same(sorted(int(json.loads(row["body"])["notice"]) for row in journaled), sorted(one["notice"] for one in items), "journaled")
    return digests, items


def one_digest_each_after_downtime(world):
    """R9: 2,000 overdue over four departments after a day down, killed while it catches up: a mail for each head, no more."""
    with world.duban(regime=regime_with("after downtime = digest")) as duban:
        types = list(TYPES)
        with duban.client() as client:
            answers = client.pipeline(("ticket.create", a_ticket(type=types[number % len(types)], received_at=instant(-60)))
                                      for number in range(OVERDUE))
        filed = [(int(answer["ticket"]), types[number % len(types)]) for number, answer in enumerate(answers)]
        same(duban.mails(), [], "mails")
        duban.stop()
        hours_pass(duban, 25)  # not a day before their limits, and two hours after them
        for pause_s in (0.15, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55):
            duban.spawn()
            time.sleep(pause_s)
            duban.kill()
        began = time.monotonic()
        duban.start()
        wait_told(duban)
        took_s = time.monotonic() - began
        digests, items = check_digests(duban, filed)
        same(len(items), 2 * OVERDUE, "notices in digests")
        same(sorted(one["recipient"] for one in digests.values()), sorted(HEADS.values()), "who gets a digest")
        mails = [mail for mail in duban.mails() if mail["X-Duban-Template"] == "digest"]
        same(len(duban.mails()), len(mails), "mails")
        same(len(mails), len(digests), "digests that were sent")
        for mail in mails:
            check_digest_mail(mail, digests[int(mail["X-Duban-Notice"])], items)
        same(duban.missed(), [], "missed_escalations")
        system.verify_notices(duban)
        system.verify_journal(duban)
        with duban.client() as client:
            stall_ms = client.call("system.stats")["loop"]["max_stall_us"] // 1000
        print(f"# longest turn {stall_ms} ms; {len(items)} notices in {len(mails)} mails, {took_s:.1f} s after the last start", flush=True)


def check_digest_mail(mail, digest, items):
    mine = [one for one in items if one["into_notice"] == digest["notice"]]
    text = text_of(mail)
    assert f"{len(mine)} 项" in mail["Subject"], mail["Subject"]
    lines = [line for line in text.split("\n") if line.startswith("NR510201A-")]
    same(len(lines), min(100, len(mine)), "lines")
    if len(mine) > 100:
        assert f"另有 {len(mine) - 100} 项" in text, text[-300:]
    assert all("时限" in line and "已超时" in line and "第 1 级督办" in line for line in lines), lines[0]
    assert len(mail.raw) < 256 * 1024, len(mail.raw)


def too_much_waits_for_release(world):
    """Above the threshold nothing leaves: status and log say so, a restart changes nothing, an operator lets it go."""
    regime = regime_with("after downtime = release above 20")
    with world.duban(regime=regime) as duban:
        with duban.client() as client:
            for type_ in ("technical_service", "training"):
                client.pipeline(("ticket.create", a_ticket(type=type_, received_at=instant(-60))) for _ in range(20))
        duban.stop()
        hours_pass(duban, 25)
        duban.start()
        wait_told(duban)
        held = duban.notices("state = 'held'")
        same({one["hold"] for one in held}, {"release"}, "what they wait for")
        same(len(held), 80, "notices that wait")
        same(len(duban.log_lines("notices_wait_for_release")), 1, "log lines")
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            wait_told(duban)
            same(len(duban.notices("hold = 'release'")), 80, "notices that wait after a restart")
        same(duban.mails(), [], "mails")
        same(duban.missed(), [], "what waits for an operator is not missed")
        status = duban.ctl("status")
        assert "TO RELEASE" in status.stdout and "80" in status.stdout, status.stdout
        with duban.client() as client:
            same(client.call("system.stats")["desk"]["notices_to_release"], 80)
            error = client.refusal("notice.release", ids=["1", "999999"])
            same(error.name, "invalid_state", str(error))
            same(client.refusal("notice.release").field, "all", "one of the three")
            client.call("contact.record", ticket="1", **CONTACT)
        done = duban.ctl("notice", "release", "--recipient", "sun.li")
        same((done.returncode, done.stdout.strip()), (0, "released: 39"), done.stderr)
        wait_told(duban)
        same([to_of(mail) for mail in duban.mails()], ["sun.li@example.com"], "the first digest")
        assert "NR510201A-000001：首次联系" not in text_of(duban.mails()[-1]), "met while it waited"
        same(duban.ctl("notice", "release", "--all").returncode, 0, "release of the rest")
        wait_told(duban)
        same([to_of(mail) for mail in duban.mails()], ["sun.li@example.com", "wu.qiang@example.com"], "both digests")
        again = duban.ctl("notice", "release", "--all")
        assert again.returncode != 0 and "nothing waits" in again.stderr, again.stderr
        rows = duban.rows("SELECT body FROM duban.journal WHERE type = 'notice.release' ORDER BY sequence")
        same(len(rows), 2, "releases on record")
        system.verify_notices(duban)
        system.verify_journal(duban)


def released_by_whom(world):
    """Only admins and the head of the service centre let notices go; a handler is refused, and nothing leaves."""
    user = system.pwd.getpwuid(system.os.geteuid()).pw_name
    with world.duban(roles={"handler": (user, "")}) as duban, duban.client() as client:
        for method, params in (("notice.release", {"all": True}), ("notice.retry", {"notice": "1"}), ("notice.test", {"person": "sun.li"})):
            same(client.refusal(method, **params).name, "permission_denied", method)


def breaches(client, count, urgency="general", **more):
    """Files tickets whose limits pass at once; their ids."""
    answers = client.pipeline(("ticket.create", overdue(urgency, 30, **more)) for _ in range(count))
    return [answer["ticket"] for answer in answers]


def ready_again(duban):
    """While the daemon is down: what waits for an instant has waited long enough."""
    duban.sql("UPDATE duban.notice SET ready_at = now() WHERE state = 'held' AND ready_at IS NOT NULL")


def quiet_hours_outlast_a_restart(world):
    """Told to be quiet round the clock but for a minute: nothing is sent over kills; when it is over, one digest."""
    quiet = ("[role department_head]\n", "[role department_head]\nquiet = 00:01-00:00\n")
    regime = regime_with("after downtime = digest\nred line = very_urgent", quiet)
    with world.duban(regime=regime) as duban:
        if time.gmtime(time.time() + 8 * 3600)[3:5] == (0, 0):
            time.sleep(61)  # the one minute in which people may be told
        with duban.client() as client:
            ids = breaches(client, 3)
            wait_until(lambda: len(duban.notices("hold = 'quiet hours' AND rung = 1")) == 6, 15, "the breaches to wait")
            red = breaches(client, 1, "very_urgent")[0]
            wait_until(lambda: [mail for mail in duban.mails() if to_of(mail) == "sun.li@example.com"], 15, "the red line")
            client.call("contact.record", ticket=ids[2], **CONTACT)
        duban.wait_drained()
        sent = [mail for mail in duban.mails() if to_of(mail) == "sun.li@example.com"]
        same({notice["ticket"] for notice in duban.notices("recipient = 'sun.li' AND state = 'accepted'")}, {int(red)}, "told of")
        for end in (duban.kill, duban.stop):
            end()
            ready_again(duban)  # looked at again, and still quiet
            duban.start()
            wait_until(lambda: len(duban.notices("hold = 'quiet hours' AND ready_at > now()")) == 5, 15, "what waits to wait on")
        same(len([mail for mail in duban.mails() if to_of(mail) == "sun.li@example.com"]), len(sent), "mails")
        same(duban.missed(), [], "missed_escalations")
        duban.stop()
        duban.write_regime(system.REGIME.read_text(encoding="utf-8"))
        ready_again(duban)
        duban.start()
        wait_told(duban)
        digest = duban.notices("template_name = 'digest'")
        same([one["recipient"] for one in digest], ["sun.li"], "digests")
        told = sorted((one["ticket"], one["clock"]) for one in duban.notices("state = 'coalesced'"))
        same(told, [(int(ids[0]), "first_contact"), (int(ids[0]), "plan"), (int(ids[1]), "first_contact"), (int(ids[1]), "plan"),
                    (int(ids[2]), "plan")], "what is in it")
        with duban.client() as client:
            client.call("contact.record", ticket=ids[0], **CONTACT)
            wait_until(lambda: [one for one in duban.notices("rung = 0") if one["ticket"] == int(ids[0])], 10, "the all-clear")
        same(duban.notices(f"rung = 0 AND ticket = {ids[2]} AND clock = 'first_contact'"), [], "all-clear of what was not told")
        duban.wait_drained()
        system.verify_notices(duban)


def budgets_outlast_a_restart(world):
    """Two an hour: the third waits, and after a kill the next one, too, because the database knows what was let go."""
    with world.duban(regime=regime_with("budget = 2 per hour\ndigest every = 20m")) as duban:
        with duban.client() as client:
            breaches(client, 1, type="training")  # contact and plan
            duban.wait_drained()
            same([mail["X-Duban-Template"] for mail in duban.mails()], ["contact_breach", "plan_overdue"], "within the budget")
        duban.kill()
        duban.start()
        with duban.client() as client:
            breaches(client, 2, type="training")
        wait_until(lambda: len(duban.notices("hold = 'budget'")) == 4, 15, "the rest to wait")
        until = {one["ready_at"] for one in duban.notices("hold = 'budget'")}
        same(len(until), 1, "digests that are gathered")
        duban.kill()
        ready_again(duban)
        duban.start()
        wait_told(duban)
        same([mail["X-Duban-Template"] for mail in duban.mails()], ["contact_breach", "plan_overdue", "digest"], "mails")
        same(len(duban.notices("state = 'coalesced'")), 4, "notices in the digest")
        explained = duban.ctl("notices", "--state", "coalesced")
        assert explained.returncode == 0 and "told in digest" in explained.stdout, explained.stdout
        system.verify_notices(duban)


def digests_name_nobody_to_leadership(world):
    """A digest to leadership has numbers, departments, limits and overruns; never a customer's name or phone."""
    regime = regime_with("budget = 1 per hour\ndigest every = 20m")
    canary = {"customer": {"name": CANARY["name"]}, "contact": {"name": CANARY["person"], "phone": CANARY["phone"]}}
    with world.duban(regime=regime) as duban:
        with duban.client() as client:
            breaches(client, 3, "very_urgent", **canary)
        wait_until(lambda: len(duban.notices("hold = 'budget' AND recipient = 'liu.yang'")) >= 5, 15, "leadership's budget")
        duban.stop()
        ready_again(duban)
        duban.start()
        wait_told(duban)
        digests = [mail for mail in duban.mails() if mail["X-Duban-Template"] == "digest"]
        same(sorted({to_of(mail) for mail in digests}), [LEADER, "sun.li@example.com"], "digests")
        for mail in digests:
            for secret in (*CANARY.values(), "Kanarienvogel", "金丝雀"):
                assert secret not in whole(mail), f"{secret} in a digest to {to_of(mail)}"
            for part in ("NR510201A-000001", "服务策划管理部门", "时限", "已超时"):
                assert part in text_of(mail), f"{part} is not in {text_of(mail)}"


def again_and_on_trial(world):
    """A notice that failed is sent again under its Message-ID; not when its reason is gone; and a test is a mail."""
    with world.duban(regime=regime_with("domains = example.com")) as duban:
        with duban.client() as client:
            ticket = breaches(client, 1)[0]
            duban.wait_drained()
            duban.stop()
            duban.sql("UPDATE duban.notice SET state = 'queued', attempts = 0, ready_at = NULL, address = 'x@evil.invalid'"
                      " WHERE rung = 1")
        duban.start()
        wait_until(lambda: len(duban.notices("state = 'failed'")) == 2, 15, "both to fail")
        duban.sql("UPDATE duban.notice SET address = 'sun.li@example.com' WHERE state = 'failed'")
        contact, plan = (duban.notices(f"rung = 1 AND clock = '{clock}'")[0] for clock in ("first_contact", "plan"))
        before = len(duban.mails())
        done = duban.ctl("notice", "retry", contact["notice"])
        same(done.returncode, 0, done.stderr)
        duban.wait_drained()
        same([mail["Message-ID"] for mail in duban.mails() if mail["X-Duban-Notice"] == str(contact["notice"])][-1],
             contact["message_id"], "Message-ID")
        same(duban.notices(f"notice = {contact['notice']}")[0]["state"], "accepted")
        with duban.client() as client:
            same(client.refusal("notice.retry", notice=str(contact["notice"])).name, "invalid_state", "it did not fail")
            client.call("ticket.plan", ticket=ticket, expected_at=instant(7200), measures="更换")
            error = client.refusal("notice.retry", notice=str(plan["notice"]))
            assert error.name == "invalid_state" and "no longer" in error.detail, error
            same(client.refusal("notice.retry", notice="999").name, "not_found")
            answer = client.call("notice.test", person="liu.yang")
            same(answer["address"], LEADER)
            same(client.refusal("notice.test", person="nobody").field, "person")
        duban.wait_drained()
        mail = next(mail for mail in duban.mails() if mail["X-Duban-Notice"] == answer["notice"])
        same((to_of(mail), mail["X-Duban-Template"]), (LEADER, "test"))
        same(len(duban.mails()) - before >= 2, True, "mails")
        same(duban.ctl("notice", "test", "sun.li").returncode, 0, "dubanctl notice test")


if __name__ == "__main__":
    main([names_stay_with_those_who_handle, nobody_outside_the_domains, one_digest_each_after_downtime, too_much_waits_for_release,
          released_by_whom, quiet_hours_outlast_a_restart, budgets_outlast_a_restart, digests_name_nobody_to_leadership,
          again_and_on_trial])
