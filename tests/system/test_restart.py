#!/usr/bin/env python3
"""Stopping and starting: everything open comes back as it was, time goes on, and nobody hears anything twice.

Usage: test_restart.py BUILD_DIR [NAME...]
"""
import itertools
import os
import time

import duban as system
from duban import a_ticket, clock_of, instant, main, quick_regime, same, seconds_of, wait_until

CONTACT = {"channel": "phone", "direction": "out", "reached": True}
LIMITS_S = {"general": 86400, "urgent": 28800, "very_urgent": 14400}
TYPES = {"request": ("product_enquiry", "training", "software_product", "project_integration", "technical_service"),
         "complaint": ("product_maintenance", "project_maintenance", "service_quality")}
OVERDUE = 5000


def kinds():
    """Params of a ticket of each class, type and urgency, in time and overdue."""
    for class_, urgency, left_s in itertools.product(TYPES, LIMITS_S, (-3600, 3600)):
        for type_ in TYPES[class_]:
            yield a_ticket(**{"class": class_}, type=type_, urgency=urgency, received_at=instant(left_s - LIMITS_S[urgency]),
                           customer={"name": f"客户 {type_}", **({"calendar": "cn_office"} if urgency == "urgent" else
                                                                {"staffed": "24h" if left_s > 0 else "08:30-17:30"})})


def steps_of(ticket, number):
    """What happens to the ticket: nothing, or the first few of a ticket's usual steps."""
    usual = [("ticket.assign", {"department": "service_planning", "handler": "zhou.tao"}),
             ("contact.record", dict(CONTACT, kind="apology")),
             ("ticket.plan", {"expected_at": instant(7200), "measures": "更换电源"}),
             ("progress.add", {"note": "已订货", "degree": "30%"}),
             ("ticket.classify", {"urgency": "urgent"}),
             ("ticket.solve", {"result": "已更换"}),
             ("ticket.reopen", {"reason": "又坏了"}),
             ("contact.record", dict(CONTACT, kind="progress"))]
    return [(method, dict(params, ticket=ticket)) for method, params in usual[:number % (len(usual) + 1)]]


def file_all_kinds(client):
    """Tickets of every kind in every stage. Steps that the regime's gates refuse are left out. Their ids."""
    tickets = [client.call("ticket.create", **params)["ticket"] for params in kinds()]
    for number, ticket in enumerate(tickets):
        for method, params in steps_of(ticket, number):
            try:
                client.call(method, **params)
            except system.RpcError as error:
                assert error.name in ("gate_closed", "invalid_state"), error
    return tickets


def shown(client, tickets):
    """All that is answered about the tickets and their escalations."""
    answers = client.pipeline([("ticket.get", {"ticket": ticket}) for ticket in tickets] +
                              [("clock.explain", {"ticket": ticket}) for ticket in tickets] +
                              [("escalation.list", {"limit": 500}), ("ticket.list", {"limit": 500})])
    for answer in answers:
        for part in [answer, *answer.get("clocks", [])]:
            for member in ("at", "lines", "used", "overdue", "closed"):  # which are about now
                part.pop(member, None)
    return answers


def everything_open_comes_back(world):
    """Tickets of all kinds: fingerprint and answers are the same after SIGTERM and after SIGKILL."""
    with world.duban() as duban:
        with duban.client() as client:
            tickets = file_all_kinds(client)
            duban.wait_drained()
            digest, before = client.digest(), shown(client, tickets)
        stages = {row[0] for row in duban.sql("SELECT DISTINCT stage FROM duban.ticket")}
        assert {"received", "assigned", "planned", "solved", "reopened"} <= stages, stages
        for end in (duban.stop, duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.call("system.stats")["load"]["quarantined"], 0, "rows that could not be restored")
                same(client.digest(), digest, "digest")
                for one, other in zip(shown(client, tickets), before):
                    same(one, other, "answer after the restart")
        system.verify_journal(duban)
        system.verify_numbers(duban)
        system.verify_notices(duban)
        same(duban.missed(), [], "missed_escalations")
        print(f"# {len(tickets)} tickets, stages {sorted(stages)}", flush=True)


def wake_ups_continue(world):
    """Deadlines ahead of a restart are judged behind it: not early, at most a second late."""
    with world.duban() as duban:
        with duban.client() as client:
            created = [client.call("ticket.create", **a_ticket(urgency="very_urgent", received_at=instant(left_s - 14400)))
                       for left_s in (2.5, 3, 3.5, 4)]
        duban.restart()
        for answer in created:
            due_at = seconds_of(clock_of(answer, "first_contact")["due_at"])
            query = f"SELECT at FROM duban.journal WHERE ticket = {answer['ticket']} AND type = 'clock.breached'"
            breached = wait_until(lambda: duban.rows(query), 15, "the breach")
            late_s = seconds_of(breached[0]["at"]) - due_at
            assert 0 <= late_s <= 1, f"judged {late_s:.3f} s after its time"
        duban.wait_drained()
        system.verify_notices(duban)


def reminders_and_rungs_are_not_repeated(world):
    """Restart after every step of a ladder: each reminder, rung and all-clear is told exactly once."""
    with world.duban(regime=quick_regime(6)) as duban:
        with duban.client() as client:
            ticket = client.call("ticket.create", **a_ticket(urgency="general"))["ticket"]
        for count in range(1, 6):  # 50 %, 80 %, +0, +50 %, +100 %
            wait_until(lambda: len(duban.notices("clock = 'first_contact' AND state <> 'queued'")) >= count, 20,
                       f"notice {count} of the ladder")
            duban.kill()
            duban.start()
        with duban.client() as client:
            client.call("contact.record", ticket=ticket, **CONTACT)
        duban.restart()
        duban.wait_drained()
        told = [(notice["rung"], notice["recipient"]) for notice in duban.notices("clock = 'first_contact'")]
        same(told[:5], [(-51, "sun.li"), (-81, "sun.li"), (1, "sun.li"), (2, "zhao.min"), (3, "liu.yang")], "the ladder")
        clears = sorted(recipient for rung, recipient in told[5:])
        same(clears, ["liu.yang", "sun.li", "zhao.min"], "all-clears")
        same(len(told), len(set(told)), "notices")
        system.verify_notices(duban)


def merged_tickets_stay_merged(world):
    """A breached ticket is merged into a healthy one: both stay so over restarts, the record of both is read in one
    answer, and whoever was told under the old number hears the all-clear under the new one, once."""
    with world.duban() as duban:
        with duban.client() as client:
            late = client.call("ticket.create", **a_ticket(urgency="urgent", received_at=instant(-9 * 3600)))
            wait_until(lambda: duban.notices(f"ticket = {late['ticket']} AND clock = 'first_contact' AND rung = 1"), 10,
                       "the breach")
            young = client.call("ticket.create", **a_ticket(urgency="urgent"))
            client.call("ticket.update", ticket=young["ticket"], subject="打印机不工作", note="misheard",
                        contact={"name": "李女士", "phone": "13800000000"})
            client.call("ticket.link", ticket=young["ticket"], to=late["ticket"], relation="duplicate_of")
            answer = client.call("ticket.merge", ticket=late["ticket"], into=young["ticket"], note="the same printer")
            same(clock_of(answer, "first_contact")["state"], "breached", "the other ticket's first contact")
            duban.wait_drained()
            digest = client.digest()
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.digest(), digest, "digest")
                for method, params in (("contact.record", CONTACT), ("ticket.reopen", {}), ("ticket.classify", {"urgency": "general"})):
                    error = client.refusal(method, ticket=late["ticket"], **params)
                    same((error.name, error.field), ("invalid_state", "ticket"), method)
                    assert young["ticket"] in error.detail, error
                shown = client.call("ticket.get", ticket=young["ticket"])
                same(shown["subject"], "打印机不工作", "the amended subject")
                same([record["kind"] for record in shown["records"]], ["amendment", "link", "merge"], "records")
                same([merged["number"] for merged in shown["merged"]], [late["number"]], "merged")
                same(client.call("ticket.get", ticket=late["ticket"])["records"][-1]["other"], young["number"], "merged into")
        with duban.client() as client:
            client.call("contact.record", ticket=young["ticket"], **CONTACT)
        duban.wait_drained()
        told = {notice["recipient"] for notice in duban.notices(f"ticket = {late['ticket']} AND clock = 'first_contact' AND rung > 0")}
        clears = [notice["recipient"] for notice in duban.notices(f"ticket = {young['ticket']} AND clock = 'first_contact' AND rung = 0")]
        same(sorted(clears), sorted(told), "all-clears")
        same(duban.notices(f"ticket = {late['ticket']} AND rung = 0"), [], "all-clears under the old number")
        system.verify_journal(duban)
        system.verify_notices(duban)
        same(duban.missed(), [], "missed_escalations")


CASES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scenario")


def approvals_are_not_forgotten(world):
    """What waits for a decision waits after a restart, too, and what was granted still counts when all is judged again."""
    with open(os.path.join(CASES, "regimes", "cases.ini"), encoding="utf-8") as regime, \
            open(os.path.join(CASES, "people", "cases.ini"), encoding="utf-8") as people, \
            world.duban(regime=regime.read(), people=people.read()) as duban:
        with duban.client() as client:
            case = {"class": "complaint", "type": "product", "urgency": "normal"}
            waiting = client.call("ticket.create", **a_ticket(**case))["ticket"]
            granted = client.call("ticket.create", **a_ticket(**case))["ticket"]
            for ticket in (waiting, granted):
                client.call("extension.request", ticket=ticket, clock="first_contact", until=instant(86400), reason="holiday")
            error = client.refusal("extension.decide", ticket=granted, approve=True)
            same((error.name, error.field), ("permission_denied", None), "one's own request")
            client.call("extension.decide", ticket=granted, approve=True, on_behalf_of="zhao.min", until=instant(72000))
            for step in ("team", "containment"):
                client.call("step.done", ticket=granted, step=step)
            due_at = clock_of(client.call("clock.list", ticket=granted), "first_contact")["due_at"]
            duban.wait_drained()
            shown = [client.call("ticket.get", ticket=ticket) for ticket in (waiting, granted)]
            listed = client.call("approval.list")
        same([entry["ticket"] for entry in listed["approvals"]], [waiting], "what waits")
        for end in (duban.kill, duban.stop):
            end()
            duban.start()
            with duban.client() as client:
                same(client.call("approval.list"), listed, "what waits after the restart")
                for before in shown:
                    after = client.call("ticket.get", ticket=before["ticket"])
                    for name in ("approvals", "steps", "records", "revision"):
                        same(after.get(name), before.get(name), name)
        with duban.client() as client:
            client.call("ticket.classify", ticket=granted, urgency="urgent")
            same(clock_of(client.call("clock.list", ticket=granted), "first_contact")["due_at"], due_at, "what was granted")
            client.call("extension.decide", ticket=waiting, approve=False, on_behalf_of="zhao.min")
        duban.restart()
        with duban.client() as client:
            same(client.call("approval.list"), {"approvals": []}, "what waits in the end")
        system.verify_journal(duban)


def story_file(folder, name):
    with open(os.path.join(CASES, folder, name), encoding="utf-8") as file:
        return file.read()


def ladders_go_on_as_they_began(world):
    """A reload takes the ladder away in the middle of it, then the daemon is killed: the old list is climbed to its end."""
    def quick(name):
        text = story_file("regimes", name)
        for old, new in (("within = 4h", "within = 2s"), ("+1h service_head", "+6s service_head"), ("+2h leadership", "+9s leadership")):
            text = text.replace(old, new)
        return text

    ticket = {"class": "request", "type": "repair", "urgency": "general"}
    rungs = lambda: [(notice["rung"], notice["recipient"]) for notice in duban.notices("rung > 0")]  # noqa: E731
    with world.duban(regime=quick("ladders.ini"), people=story_file("people", "workshop.ini")) as duban:
        with duban.client() as client:
            client.call("ticket.create", **a_ticket(**ticket))
            wait_until(lambda: rungs() == [(1, "wang.fang")], 15, "the first rung")
            duban.write_regime(quick("ladders_none.ini"))
            duban.write_people(story_file("people", "workshop_later.ini").replace("roles      = director", "roles      = leadership"))
            client.call("system.reload")
            client.call("ticket.create", **a_ticket(**ticket))
        duban.kill()
        same(duban.number("SELECT count(*) FROM duban.ladder"), 1, "lists that are kept")
        duban.start()
        # the second rung's role is gone: the third fires when the second was due
        wait_until(lambda: len(rungs()) == 3, 15, "the rungs above")
        same(sorted(rungs()), [(1, "wang.fang"), (3, "liu.yang"), (3, "zhao.min")], "rungs")
        bodies = [notice["body"] for notice in duban.notices("rung = 3")]
        same([("上报第2级无人可通知" in body) for body in bodies], [True, True], "why they are told now")
        same(duban.number("SELECT count(*) FROM duban.clock WHERE state = 'breached' AND ladder_running"), 1, "ladders that are climbed")
        duban.wait_drained()
        system.verify_notices(duban)
        system.verify_journal(duban)
        same(duban.missed(), [], "missed_escalations")


def overdue_after_downtime(world):
    """5,000 limits pass while nobody watches: all are found at once, each is told, and none a second time."""
    with world.duban(regime=quick_regime(3600), settings={"sender.senders": 8}) as duban:
        left_s = 20
        with duban.client() as client:
            client.pipeline(("ticket.create", a_ticket(urgency="general", received_at=instant(left_s - 3600)))
                            for _ in range(OVERDUE))
        same(duban.number("SELECT count(*) FROM duban.clock WHERE state = 'breached'"), 0, "breached too early")
        duban.stop()
        last = seconds_of(duban.rows("SELECT max(due_at) AS at FROM duban.clock WHERE state = 'running'")[0]["at"])
        wait_until(lambda: time.time() > last, left_s + 5, "the last limit to pass")
        began = time.monotonic()
        duban.start()
        ready_s = time.monotonic() - began
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.clock WHERE state = 'breached'") == 2 * OVERDUE, 30,
                   "all limits to be judged")
        judged_s = time.monotonic() - began
        same(duban.missed(), [], "missed_escalations")
        with duban.client() as client:
            lag_ms = client.call("system.stats")["loop"]["max_stall_us"] // 1000
        print(f"# ready after {ready_s:.2f} s, {2 * OVERDUE} limits judged after {judged_s:.2f} s, longest turn {lag_ms} ms",
              flush=True)
        assert judged_s < 10, judged_s
        check_no_repeat(duban)


def check_no_repeat(duban):
    """Kill and restart while the notices leave; each leaves once and nothing new is told."""
    told = duban.number("SELECT count(*) FROM duban.notice WHERE rung > 0")
    wait_until(lambda: len(list((duban.maildir / "new").glob("*"))) > 500, 30, "notices to leave")
    duban.kill()
    duban.start()
    same(duban.number("SELECT count(*) FROM duban.notice WHERE rung > 0"), told, "notices after the restart")
    began = time.monotonic()
    duban.wait_drained(120)
    print(f"# {told} notices, the rest sent {time.monotonic() - began:.0f} s after the restart", flush=True)
    same(duban.number("SELECT count(*) FROM duban.notice WHERE rung > 0"), told, "notices in the end")
    system.verify_notices(duban)
    system.verify_journal(duban)


if __name__ == "__main__":
    main([everything_open_comes_back, wake_ups_continue, reminders_and_rungs_are_not_repeated, merged_tickets_stay_merged,
          approvals_are_not_forgotten,
          ladders_go_on_as_they_began, overdue_after_downtime])
