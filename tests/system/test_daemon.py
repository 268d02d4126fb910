#!/usr/bin/env python3
"""The life of tickets over the socket: methods, answers, roles, subscriptions, reloads, and a database that goes away.

Usage: test_daemon.py BUILD_DIR [NAME...]
"""
import grp
import json
import os
import pwd
import re
import signal
import subprocess
import sys
import threading
import time

import duban as system
from duban import (Disconnected, RpcError, Skip, a_ticket, clock_of, instant, main, quick_regime, same, seconds_of,
                   wait_until)

CONTACT = {"channel": "phone", "direction": "out", "reached": True}
SOCKET_GROUP = "users"
STORAGE = ("storage_unavailable", "timeout")  # 1006, 1008

# Run as somebody else: one connection, one call a line from standard input, one answer a line to standard output.
SPEAKER = """
import os, socket, sys
path, uid, gid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.setgroups([int(group) for group in sys.argv[4].split(",") if group])
os.setgid(gid)
os.setuid(uid)
connection = socket.socket(socket.AF_UNIX)
connection.connect(path)
answers = connection.makefile("rb")
for line in sys.stdin.buffer:
    connection.sendall(line)
    sys.stdout.buffer.write(answers.readline())
    sys.stdout.buffer.flush()
"""


def members(answer, *names):
    """Fails unless the answer has all these members."""
    missing = [name for name in names if name not in answer]
    same(missing, [], f"members missing of {sorted(answer)}")
    return answer


# --- methods ---

def a_request_from_start_to_end(world):
    """Every method of a ticket's life, its answer's shape, and what the record shows in the end."""
    with world.duban() as duban, duban.client() as client:
        params = a_ticket(ref="R-1", details="三楼", urgency="urgent", occurred_at=instant(-120), received_at=instant(-60),
                          fields={"floor": "3"}, attachments=["来信.pdf"], customer={"name": "海港医院", "id": "C9", "staffed": "24h"})
        filed = members(client.call("ticket.create", **params), "ticket", "number", "revision", "created", "stage", "department",
                        "handler", "clocks")
        same((filed["ticket"], filed["number"], filed["revision"], filed["created"]), ("1", "NR510201A-000001", 1, True))
        same((filed["stage"], filed["department"], filed["handler"]), ("received", "service_planning", None))
        for clock in filed["clocks"]:
            members(clock, "clock", "kind", "state", "cycle", "due_at", "calendar", "provisional")
        due_s = seconds_of(clock_of(filed, "first_contact")["due_at"]) - seconds_of(params["received_at"])
        same(round(due_s, 3), 28800.0, "INT-14: 8 hours from the receipt")
        ticket = filed["ticket"]
        answer = members(client.call("ticket.assign", ticket=ticket, handler="zhou.tao"), "revision", "department", "handler", "stage")
        same((answer["revision"], answer["handler"], answer["stage"]), (2, "zhou.tao", "assigned"))
        answer = members(client.call("contact.record", ticket=filed["number"], kind="progress", minutes=5, note="已致电", **CONTACT),
                         "revision", "credited", "clocks")
        same([one["clock"] for one in answer["credited"]][:1], ["first_contact"])
        same(clock_of(answer, "first_contact")["state"], "met")
        answer = client.call("contact.record", ticket=ticket, **dict(CONTACT, reached=False))
        same((answer["credited"], answer["uncounted"]), ([], "nobody was reached"))
        answer = members(client.call("ticket.plan", ticket=ticket, expected_at=instant(7200), measures="更换"), "stage", "clocks")
        same((answer["stage"], clock_of(answer, "plan")["state"], clock_of(answer, "solution")["state"]), ("planned", "met", "running"))
        answer = members(client.call("progress.add", ticket=ticket, note="已订货", degree="50%", to=instant(-1),
                                     **{"from": instant(-50)}), "revision", "progress")
        same(answer["progress"], 1)
        answer = members(client.call("ticket.classify", ticket=ticket, urgency="very_urgent"), "urgency", "class", "types", "clocks")
        same(answer["urgency"], "very_urgent")
        answer = members(client.call("ticket.solve", ticket=ticket, result="已更换"), "stage", "clocks")
        same((answer["stage"], clock_of(answer, "solution")["state"]), ("solved", "met"))
        same(client.call("ticket.reopen", ticket=ticket, reason="又坏了")["stage"], "reopened")
        client.call("ticket.solve", ticket=ticket, result="换了主板")
        same(client.call("ticket.close", ticket=ticket)["stage"], "closed")
        check_record(client, ticket, params)
        same(duban.missed(), [])
        system.verify_journal(duban)


def check_record(client, ticket, params):
    """The closed ticket as it is read back: from the database, as it was told."""
    record = members(client.call("ticket.get", ticket=ticket), "ticket", "number", "revision", "class", "types", "urgency", "stage",
                     "state", "clocks", "contacts", "progress", "plans", "contact", "customer", "subject", "received_at")
    same((record["state"], record["stage"], record["revision"]), ("closed", "closed", 11))
    same((record["ref"], record["subject"], record["details"]), (params["ref"], params["subject"], params["details"]))
    same((record["fields"], record["attachments"]), (params["fields"], params["attachments"]))
    same((record["contact"]["name"], record["contact"]["phone"]), (params["contact"]["name"], params["contact"]["phone"]))
    same([one["reached"] for one in record["contacts"]], [True, False])
    same([one["measures"] for one in record["plans"]], ["更换"])
    same((record["progress"][0]["note"], record["progress"][0]["degree"], record["result"]), ("已订货", "50%", "换了主板"))
    for name in ("received_at", "occurred_at"):
        assert abs(seconds_of(record[name]) - seconds_of(params[name])) < 0.001, (name, record[name], params[name])
    closed = client.call("ticket.list", state="closed")["tickets"]
    same([one["ticket"] for one in closed], [ticket], "closed tickets")
    same(client.call("ticket.list")["tickets"], [], "open tickets")


def a_complaint_with_its_gates(world):
    """INT-28 to INT-30: apology first, told by the head in person, satisfaction asked; each gate names what is missing."""
    roles = {"gateway": (pwd.getpwuid(os.geteuid()).pw_name, "")}
    with world.duban(roles=roles) as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(**{"class": "complaint"}, type="service_quality"))["ticket"]
        answer = client.call("contact.record", ticket=ticket, on_behalf_of="zhou.tao", kind="progress", **CONTACT)
        assert "apology" in answer["uncounted"], answer
        assert "apology" in client.refusal("ticket.solve", ticket=ticket, result="x", on_behalf_of="zhao.min").detail
        answer = client.call("contact.record", ticket=ticket, on_behalf_of="zhao.min", kind="apology", **CONTACT)
        same(clock_of(answer, "apology")["state"], "met")
        client.call("ticket.solve", ticket=ticket, result="x", on_behalf_of="zhao.min")
        for kind, person in (("result", "zhao.min"), ("satisfaction", "chen.jie")):
            error = client.refusal("ticket.close", ticket=ticket, on_behalf_of="chen.jie")
            assert error.code == 1011 and kind in error.detail, error
            client.call("contact.record", ticket=ticket, on_behalf_of=person, kind=kind, **CONTACT)
        same(client.call("ticket.close", ticket=ticket, on_behalf_of="chen.jie")["stage"], "closed")
        actors = [one["actor"] for one in client.call("ticket.get", ticket=ticket)["contacts"]]
        same(actors, ["zhou.tao", "zhao.min", "zhao.min", "chen.jie"], "who spoke, as it is on record")


def reading(world):
    """hello, ping, info, stats, discover, lists with pages, clocks, explanations, escalations, notices, the journal."""
    with world.duban() as duban, duban.client() as client:
        hello = members(client.call("system.hello", client="test", protocol=[1]), "server", "version", "protocol", "desks",
                        "capabilities", "limits", "peer", "now")
        same((hello["protocol"], hello["desks"], hello["peer"]["uid"], hello["peer"]["role"]), ([1], ["main"], os.geteuid(), "admin"))
        assert abs(seconds_of(client.call("system.ping")["now"]) - time.time()) < 5
        same(client.call("system.info")["desks"][0]["regime"], "nq510201")
        members(client.call("system.stats"), "uptime_s", "desk", "loop", "writer", "reader", "server", "sender")
        names = [method["name"] for method in client.call("rpc.discover")["methods"]]
        assert len(names) >= 27 and "clock.advance" not in names, names
        same(client.call("system.log_level", level="debug"), {"level": "debug"})
        client.pipeline(("ticket.create", a_ticket(urgency=urgency, received_at=instant(-86400 * 2)))
                        for urgency in ("general", "urgent", "very_urgent") for _ in range(5))
        check_pages(client)
        duban.wait_drained()
        escalations = client.call("escalation.list", department="service_planning", limit=500)["escalations"]
        members(escalations[0], "ticket", "number", "clock", "cycle", "due_at", "rungs_done", "told", "acknowledged")
        same({one["ticket"] for one in escalations}, {str(number) for number in range(1, 16)})
        acknowledged = client.call("escalation.ack", ticket="1", clock="plan", note="知道了")["acknowledged"]
        same(acknowledged, ["plan"])
        same(clock_of(client.call("clock.list", ticket="1"), "plan")["acknowledged"], True)
        explained = client.call("clock.explain", ticket="1")
        assert all(clock["lines"] for clock in explained["clocks"]), explained
        notices = client.call("notice.list", ticket="1")["notices"]
        same({one["ticket"] for one in notices}, {"1"})
        one = members(client.call("notice.get", notice=notices[0]["notice"]), "notice", "subject", "body", "message_id", "state",
                      "attempts", "queue_id", "reason")
        same((one["state"], one["attempts"]), ("accepted", 1))
        rows = client.call("journal.read", from_seq=3, limit=4)["rows"]
        same([row["seq"] for row in rows], [3, 4, 5, 6])
        same({row["ticket"] for row in client.call("journal.read", ticket="2", limit=1000)["rows"]}, {"2"})


def check_pages(client):
    """Lists page by page give each ticket once; filters keep what they say."""
    seen, after = [], None
    while True:
        page = client.call("ticket.list", limit=4, **({"after": after} if after else {}))
        seen += [one["ticket"] for one in page["tickets"]]
        after = page.get("next")
        if not after:
            break
    same(seen, [str(number) for number in range(1, 16)], "pages")
    same(len(client.call("ticket.list", urgency="urgent")["tickets"]), 5)
    same(len(client.call("ticket.list", breached=True)["tickets"]), 15)
    same(client.call("ticket.list", handler="zhou.tao")["tickets"], [])


# --- exactly once ---

def the_same_key_the_same_answer(world):
    """Promise 1: a repeated key is answered again and does nothing, at once, pipelined, from elsewhere, after a restart."""
    with world.duban() as duban:
        params = a_ticket(idempotency_key="k1")
        with duban.client() as client, duban.client() as other:
            first = client.call("ticket.create", **params)
            again = client.call("ticket.create", **params)
            same((first["created"], again), (True, dict(first, created=False)))
            same(other.call("ticket.create", **params), again)
            contact = client.call("contact.record", ticket="1", idempotency_key="k2", **CONTACT)
            same(other.call("contact.record", ticket="1", idempotency_key="k2", **CONTACT), contact)
            racing = client.pipeline([("ticket.create", a_ticket(idempotency_key="k3"))] * 40)
            same({answer["ticket"] for answer in racing}, {"2"}, "tickets of 40 calls with one key")
            same([answer["created"] for answer in racing], [True] + [False] * 39)
            batch = client.batch([("ticket.create", a_ticket(idempotency_key="k4"))] * 10)
            same({answer["result"]["ticket"] for answer in batch}, {"3"}, "tickets of a batch with one key")
            refused = client.refusal("ticket.create", **a_ticket(urgency="high", idempotency_key="k5"))
            same(refused.name, "invalid_params")
            same(client.call("ticket.create", **a_ticket(idempotency_key="k5"))["created"], True, "a refusal uses up no key")
        before = duban.counts()
        for end in (duban.stop, duban.kill):
            end()
            duban.start()
            with duban.client() as client:
                same(client.call("ticket.create", **params), again)
                same(client.call("contact.record", ticket="1", idempotency_key="k2", **CONTACT), contact)
        same(duban.counts(), before)
        same(system.verify_numbers(duban), 4)


def revisions_guard_against_each_other(world):
    """if_revision: who read an old state is told so and changes nothing."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket())
        same(client.call("ticket.assign", ticket="1", department="training", if_revision=1)["revision"], 2)
        error = client.refusal("ticket.assign", ticket="1", department="service_centre", if_revision=1)
        same((error.code, error.name, error.field), (1002, "revision_conflict", "if_revision"))
        same(client.call("ticket.get", ticket="1")["department"], "training")
        client.call("ticket.solve", ticket="1", result="x", if_revision=2)
        client.call("ticket.close", ticket="1", if_revision=3)
        same(client.refusal("ticket.reopen", ticket="1", if_revision=3).code, 1002, "a closed one, brought back for it")
        same(client.call("ticket.reopen", ticket="1", if_revision=4)["revision"], 5)


def many_clients_at_once(world):
    """Eight connections pipelining at the same time: every answer in order, numbers gap-free, each committed."""
    with world.duban() as duban:
        results, wrong = [], []

        def one(name):
            try:
                with duban.client() as client:
                    results.extend(client.pipeline(("ticket.create", a_ticket(ref=f"{name}-{count}")) for count in range(200)))
            except Exception as error:  # reported below
                wrong.append(repr(error))

        threads = [threading.Thread(target=one, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        same(wrong, [])
        same(len({result["number"] for result in results}), 1600)
        same(system.verify_numbers(duban), 1600)
        system.verify_journal(duban)


def batches_and_notifications(world):
    """A batch's answers belong to its calls; a write without an id is not done, because nobody would know."""
    with world.duban() as duban, duban.client() as client:
        answers = client.batch([("ticket.create", a_ticket()), ("no.such", {}), ("system.ping", {}), ("ticket.get", {"ticket": "77"})])
        same([answer.get("error", {}).get("code") for answer in answers], [None, -32601, None, 1001])
        before = duban.counts()
        client.write(json.dumps({"jsonrpc": "2.0", "method": "ticket.create", "params": a_ticket()}).encode() + b"\n")
        assert "now" in client.call("system.ping")
        same(duban.counts(), before)
        client.write(json.dumps(client.request("system.ping", {})).encode() + b"\r\n\n")
        assert "now" in client.hear()


# --- who may do what ---

class Speaker:
    """A child process under another account that speaks to the socket."""

    def __init__(self, duban, user, groups=(SOCKET_GROUP,)):
        account = pwd.getpwnam(user)
        numbers = ",".join(str(grp.getgrnam(group).gr_gid) for group in groups)
        self.last = 0
        self.process = subprocess.Popen([sys.executable, "-c", SPEAKER, str(duban.socket), str(account.pw_uid),
                                         str(account.pw_gid), numbers], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()
        self.process.stderr.close()

    def call(self, method, **params):
        self.last += 1
        request = {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            raise Disconnected(self.process.stderr.read().decode()[-300:])
        answer = json.loads(line)
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def next_line(self):
        """What stands before the answer to a ping: an event that has come. No call may follow."""
        self.process.stdin.write(b'{"jsonrpc":"2.0","id":"p","method":"system.ping"}\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    refusal = system.Client.refusal


ACCOUNTS = {"intake": "daemon", "handler": "bin", "department_head": "sys", "leadership": "games", "auditor": "nobody",
            "gateway": "postgres", "admin": "root"}


def duban_with_roles(world):
    """A duban whose roles are accounts that every system has, and one role by a group."""
    if os.geteuid() != 0:
        raise Skip("speaking as other users needs root")
    roles = {role: (user, "") for role, user in ACCOUNTS.items()}
    roles["service_head"] = ("", "mail")
    return world.duban(roles=roles, settings={"daemon.group": SOCKET_GROUP})


def every_role_and_every_method(world):
    """Each role gets at each method what the table says; whoever fits no role gets nothing; refusals are 1005."""
    with duban_with_roles(world) as duban, duban.client() as admin:
        methods = admin.call("rpc.discover")["methods"]
        for role, user in list(ACCOUNTS.items()) + [("service_head", "man"), ("none", "uucp")]:
            groups = (SOCKET_GROUP, "mail") if role == "service_head" else (SOCKET_GROUP,)
            with Speaker(duban, user, groups) as speaker:
                peer = speaker.call("system.hello")["peer"]
                same((peer["role"], peer["uid"]), (role, pwd.getpwnam(user).pw_uid))
                for method in methods:
                    check_cell(speaker, role, method)


def check_cell(speaker, role, method):
    """One role at one method, asked with params that can't be right: a refusal of the role or of the params."""
    is_open = role in method["x-roles"] or method["name"] in ("system.hello", "system.ping")
    error = speaker.refusal(method["name"], no_such_parameter=1)
    same(error.name, "invalid_params" if is_open else "permission_denied", f"{role} at {method['name']}")
    same(error.code, -32602 if is_open else 1005, f"{role} at {method['name']}")


def refusals_are_journaled(world):
    """Protocol: a refusal of a role is 1005, changes nothing, and stands in the journal with who asked for what."""
    with duban_with_roles(world) as duban, duban.client() as admin:
        admin.call("ticket.create", **a_ticket())
        with Speaker(duban, ACCOUNTS["auditor"]) as auditor:
            same(auditor.refusal("ticket.solve", ticket="1", result="x").code, 1005)
            same(auditor.refusal("system.reload").code, 1005)
        denied = wait_until(lambda: (rows := duban.rows("SELECT body::jsonb AS body FROM duban.journal"
                                                        " WHERE type = 'access.denied' ORDER BY sequence"))
                            and len(rows) >= 2 and rows, 5, "the refusals in the journal")
        same([(row["body"]["method"], row["body"]["role"], row["body"]["actor"]) for row in denied],
             [("ticket.solve", "auditor", "nobody"), ("system.reload", "auditor", "nobody")])
        same(admin.call("ticket.get", ticket="1")["revision"], 1)
        system.verify_journal(duban)


def strangers_stay_outside(world):
    """Who is not in the socket's group can't connect; who has no role may only say hello."""
    with duban_with_roles(world) as duban:
        with Speaker(duban, "uucp", groups=()) as outside:
            try:
                outside.call("system.ping")
                raise AssertionError("connected without being in the group")
            except Disconnected as why:
                assert "PermissionError" in str(why), why
        with Speaker(duban, "uucp") as stranger:
            same(stranger.call("system.hello")["peer"]["role"], "none")
            same(stranger.refusal("ticket.list").code, 1005)


def contact_data_is_masked(world):
    """Leadership and auditors see that there is a way to reach the customer, not which; those who call see it."""
    contact = {"name": "李雷", "phone": "13812345678", "fax": "02155551234", "email": "lilei@example.org"}
    masked = {"name": "李*", "phone": "138****5678", "fax": "021****1234", "email": "l***@example.org"}
    with duban_with_roles(world) as duban, duban.client() as admin:
        admin.call("ticket.create", **a_ticket(contact=contact))
        admin.call("ticket.create", **a_ticket(contact=contact))
        admin.call("ticket.solve", ticket="2", result="x")
        admin.call("ticket.close", ticket="2")
        for role, wanted in (("handler", contact), ("intake", contact), ("leadership", masked), ("auditor", masked)):
            with Speaker(duban, ACCOUNTS[role]) as speaker:
                for ticket in ("1", "2"):
                    same(speaker.call("ticket.get", ticket=ticket)["contact"], wanted, f"{role}, ticket {ticket}")
        for text in ("13812345678", "lilei@"):
            assert text not in duban.log(), f"{text} is in the log"


def satisfaction_is_hidden_from_the_handler(world):
    """RSP-12: what the customer said of it reaches the handler in no answer, explanation, form or event; others see it."""
    regime = (system.ROOT / "etc/regimes/response.ini").read_text(encoding="utf-8")
    people = (system.ROOT / "tests/scenario/people/response.ini").read_text(encoding="utf-8")
    roles = {role: (user, "") for role, user in ACCOUNTS.items()}
    with world.duban(regime=regime, people=people, roles=roles, settings={"daemon.group": SOCKET_GROUP}) as duban, \
            duban.client() as admin, Speaker(duban, ACCOUNTS["handler"]) as handler, Speaker(duban, ACCOUNTS["intake"]) as intake:
        handler.call("event.subscribe", types=["satisfaction.record", "clock.reminded"])
        intake.call("event.subscribe", types=["satisfaction.record"])
        ticket = admin.call("ticket.create", **a_ticket(**{"class": "ticket"}, type="technical_software", urgency="high", details="x",
                                                        occurred_at=instant(-3600), handler="zhang.wei"))["ticket"]
        admin.call("satisfaction.record", ticket=ticket, level="dissatisfied", note="拖了三天", on_behalf_of="chen.jie")
        told = intake.next_line()["params"]
        same((told["type"], told["data"]["params"]["level"]), ("satisfaction.record", "dissatisfied"))
        told = handler.next_line()["params"]
        same((told["type"], told["ticket"], told["data"]), ("satisfaction.record", ticket, {"hidden": True}))
        with Speaker(duban, ACCOUNTS["handler"]) as handler_too, Speaker(duban, ACCOUNTS["intake"]) as intake_too:
            for view in (("ticket.get", {"ticket": ticket}), ("ticket.get", {"ticket": ticket, "view": "hot"}),
                         ("clock.list", {"ticket": ticket}), ("clock.explain", {"ticket": ticket, "language": "en"}),
                         ("form.get", {"ticket": ticket, "form": "sheet"}), ("notice.list", {"ticket": ticket}),
                         ("ticket.list", {}), ("ticket.list", {"state": "all"})):
                hidden = json.dumps(handler_too.call(view[0], **view[1]), ensure_ascii=False)
                seen = json.dumps(intake_too.call(view[0], **view[1]), ensure_ascii=False)
                for word in ("second_followup", "拖了三天", '"satisfaction": "dissatisfied"', '"subject": "dissatisfied"', '"chosen": true, "name": "dis'):
                    assert word not in hidden, f"{view}: {word} in {hidden}"
                if view[0] != "ticket.list":
                    assert "second_followup" in seen, f"{view}: intake does not see it: {seen}"
            notice = intake_too.call("notice.list", ticket=ticket)["notices"][0]
            same(notice["clock"], "second_followup")
            for method in ("notice.get", "notice.explain"):
                assert intake_too.call(method, notice=notice["notice"])
                same(handler_too.refusal(method, notice=notice["notice"]).name, "not_found", method)
            record = intake_too.call("ticket.get", ticket=ticket)
            same((record["satisfaction"], record["records"][-1]["note"]), ("dissatisfied", "拖了三天"))


def who_speaks_for_whom(world):
    """Only gateways speak for others; the person then counts, with the person's role."""
    with duban_with_roles(world) as duban:
        with Speaker(duban, ACCOUNTS["gateway"]) as gateway:
            gateway.call("ticket.create", on_behalf_of="chen.jie", **a_ticket())
            same(gateway.refusal("ticket.create", on_behalf_of="zhou.tao", **a_ticket()).code, 1005, "a handler files nothing")
            same(gateway.refusal("ticket.create", on_behalf_of="no.body", **a_ticket()).field, "on_behalf_of")
        with Speaker(duban, ACCOUNTS["intake"]) as intake:
            error = intake.refusal("ticket.create", on_behalf_of="zhao.min", **a_ticket())
            same((error.code, error.field), (1005, "on_behalf_of"))
            same(intake.refusal("ticket.create", history=True, **a_ticket()).code, 1005, "history is for gateways and admins")
        body = duban.rows("SELECT body::jsonb AS body FROM duban.journal WHERE type = 'ticket.create'")[0]["body"]
        same((body["actor"], body["role"], body["uid"]), ("chen.jie", "intake", pwd.getpwnam(ACCOUNTS["gateway"]).pw_uid))


# --- events ---

def subscriptions(world):
    """Committed events in the order of the journal, filtered, from any sequence on, and no more after unsubscribing."""
    with world.duban() as duban, duban.client() as client, duban.client() as watcher, duban.client() as filtered:
        everything = watcher.call("event.subscribe")
        same(everything["seq"], 0)
        filtered.call("event.subscribe", types=["contact.record"], filter={"ticket": "2"})
        for _ in range(3):
            client.call("ticket.create", **a_ticket())
        for ticket in ("1", "2", "3", "2"):
            client.call("contact.record", ticket=ticket, **CONTACT)
        events = [watcher.receive_event() for _ in range(7)]
        same([event["seq"] for event in events], [1, 2, 3, 4, 5, 6, 7])
        same([event["type"] for event in events], ["ticket.create"] * 3 + ["contact.record"] * 4)
        for event in events:
            members(event, "sub", "seq", "type", "at", "ticket", "data")
            same(event["sub"], everything["sub"])
            same(duban.number(f"SELECT count(*) FROM duban.journal WHERE sequence = {event['seq']}"), 1, "told and not committed")
        same([filtered.receive_event()["seq"] for _ in range(2)], [5, 7])
        with duban.client() as late:
            late.call("event.subscribe", from_seq=3)
            same([late.receive_event()["seq"] for _ in range(5)], [3, 4, 5, 6, 7], "from_seq")
        same(watcher.call("event.unsubscribe", sub=everything["sub"]), {})
        client.call("ticket.create", **a_ticket())
        watcher.call("system.ping")
        same(watcher.events, [], "events after unsubscribing")
        same(watcher.refusal("event.unsubscribe", sub="99").code, 1001)


def events_of_deadlines(world):
    """A breach arrives as an event when it is committed, within a second of the deadline, never before it."""
    with world.duban() as duban, duban.client() as client, duban.client() as watcher:
        watcher.call("event.subscribe", types=["clock.breached"])
        answer = client.call("ticket.create", **a_ticket(received_at=instant(1 - 86400)))
        due_at = seconds_of(clock_of(answer, "first_contact")["due_at"])
        event = watcher.receive_event()
        late_s = time.time() - due_at
        same((event["type"], event["ticket"]), ("clock.breached", "1"))
        assert 0 <= late_s <= 1, f"the event came {late_s:.3f} s after the deadline"


# --- reloads ---

def reload_moves_deadlines(world):
    """A changed regime moves running deadlines from their anchors, by SIGHUP and by system.reload; nobody is told."""
    with world.duban() as duban, duban.client() as client:
        received_at = instant(-3600)
        filed = client.call("ticket.create", **a_ticket(received_at=received_at))
        due = lambda: round(seconds_of(clock_of(client.call("clock.list", ticket="1"), "first_contact")["due_at"])  # noqa: E731
                            - seconds_of(received_at))
        same(due(), 86400)
        text = system.REGIME.read_text(encoding="utf-8")
        duban.write_regime(text.replace("general 24h, urgent 8h", "general 12h, urgent 8h"))
        reloaded = members(client.call("system.reload"), "regime", "digest", "moved")
        same((reloaded["regime"], reloaded["moved"]), ("nq510201", 2))
        same(due(), 43200)
        duban.write_regime(text.replace("general 24h, urgent 8h", "general 48h, urgent 8h"))
        duban.process.send_signal(signal.SIGHUP)
        wait_until(lambda: due() == 172800, 10, "the reload by SIGHUP")
        same(clock_of(client.call("clock.list", ticket="1"), "first_contact")["cycle"], clock_of(filed, "first_contact")["cycle"])
        same(duban.notices(), [], "a reload sends nothing")
        digest = client.digest()
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.clock_open WHERE clock = 'first_contact' AND"
                                        " due_at - anchor_at = interval '48 hours'") == 1, 5, "the moved deadline in the database")
        duban.restart()
        with duban.client() as after:
            same(after.digest(), digest, "digest after a restart under the new regime")


def bad_reload_keeps_the_old(world):
    """A wrong file changes nothing and the error names file and line; so does a word that open tickets still use."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket(handler="zhou.tao"))
        before = client.call("system.info", digest=True)["desks"][0]
        text, people = (file.read_text(encoding="utf-8") for file in (system.REGIME, system.PEOPLE))
        cases = [(text.replace("late entry = 30d", "late entri = 30d"), people, rf"{duban.regime_file.name}:\d+: "),
                 (text, people.replace("roles      = intake", "roles      = juggler"), rf"{duban.people_file.name}:\d+: "),
                 (text, people.replace("[person zhou.tao]", "[person zhou.er]"), r"zhou\.tao"),
                 (text.replace("technical_service", "technik"), people, r"type")]
        for regime, persons, words in cases:
            duban.write_regime(regime)
            duban.write_people(persons)
            error = client.refusal("system.reload")
            same(error.name, "invalid_state")
            assert re.search(words, error.detail), (words, error.detail)
            refused = len(duban.log_lines("reload_refused"))
            duban.process.send_signal(signal.SIGHUP)
            wait_until(lambda: len(duban.log_lines("reload_refused")) > refused, 10, "the refusal in the log")
            now = client.call("system.info", digest=True)["desks"][0]
            same({name: now[name] for name in ("regime_digest", "people_digest", "digest")},
                 {name: before[name] for name in ("regime_digest", "people_digest", "digest")})
            assert client.call("ticket.create", **a_ticket(idempotency_key="still serving")), "it went on"
            before = client.call("system.info", digest=True)["desks"][0]


def reload_under_load(world):
    """Reloads while clients write and deadlines pass: every reload is taken, no call fails, and nothing is lost."""
    with world.duban(regime=quick_regime(2)) as duban, duban.client() as admin:
        stop, filed, wrong = threading.Event(), [], []

        def write():
            try:
                with duban.client() as client:
                    while not stop.is_set():
                        ticket = client.call("ticket.create", **a_ticket())["ticket"]
                        client.call("contact.record", ticket=ticket, **CONTACT)
                        filed.append(ticket)
            except Exception as error:  # reported below
                wrong.append(repr(error))

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for count in range(40):
                duban.write_regime(quick_regime(2 + count % 2))
                admin.call("system.reload")
                before = len(filed)
                wait_until(lambda: wrong or len(filed) > before + 3, 10, "tickets to be filed")  # noqa: B023
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        same(wrong, [], "writers")
        same(system.verify_numbers(duban), len(filed), "tickets")
        digest = admin.digest()
        assert digest
        wait_until(lambda: not duban.missed(), 10)
        system.verify_journal(duban)


# --- the database goes away ---

def database_away(world):
    """Promise 5: without PostgreSQL writes are refused or time out, never acknowledged; deadlines are judged meanwhile and
    told afterwards; nothing that was acknowledged is lost."""
    postgres = world.own_cluster()
    with postgres, world.duban(postgres=postgres) as duban, duban.client() as client:
        kept = [client.call("ticket.create", idempotency_key=f"before {count}", **a_ticket())["ticket"] for count in range(20)]
        due = client.call("ticket.create", **a_ticket(received_at=instant(3 - 86400)))
        due_at = seconds_of(clock_of(due, "first_contact")["due_at"])
        duban.wait_drained()
        told = len(duban.notices())
        postgres.stop()
        outcomes = [try_to_write(duban, count) for count in range(4)]
        assert all(outcome in STORAGE for outcome in outcomes), outcomes
        assert "now" in client.call("system.ping") and not client.call("system.info")["database_connected"]
        assert client.refusal("ticket.get", ticket="1").name in STORAGE
        breach = f"ticket={due['ticket']} clock=first_contact "
        lines = wait_until(lambda: [line for line in duban.log_lines("clock.breached") if breach in line], 10, "the breach")
        late_s = seconds_of(lines[0].split()[0]) - due_at
        assert 0 <= late_s <= 1, f"judged {late_s:.3f} s after its time"
        same(len(duban.mails()), told, "mails about what is not committed")
        postgres.start()
        wait_until(lambda: can_write(duban), 30, "writes to be taken again")
        wait_until(lambda: any(mail["X-Duban-Template"] == "contact_breach" for mail in duban.mails()), 15, "the breach's mail")
        duban.wait_drained()
        there = {row[0] for row in duban.sql("SELECT ticket FROM duban.ticket")}
        same(set(kept) - there, set(), "acknowledged and lost")
        check_retries_after(duban)
        system.verify_journal(duban)
        system.verify_notices(duban)
        same(duban.missed(), [])


def try_to_write(duban, count):
    """The name of the refusal; an acknowledgement is what must not happen."""
    with duban.client() as client:
        try:
            return client.call("ticket.create", idempotency_key=f"away {count}", **a_ticket())
        except RpcError as error:
            assert error.retryable, error
            return error.name


def can_write(duban):
    try:
        with duban.client() as client:
            return client.call("ticket.create", idempotency_key="back", **a_ticket())
    except RpcError:
        return None


def check_retries_after(duban):
    """Retrying by the keys of the calls whose outcome was unknown: each exists exactly once then."""
    with duban.client() as client:
        tickets = [client.call("ticket.create", idempotency_key=f"away {count}", **a_ticket())["ticket"] for count in range(4)]
    same(len(set(tickets)), 4)
    system.verify_numbers(duban)
    same(duban.number("SELECT count(*) FROM duban.request_key WHERE key LIKE 'away %'"), 4)


def database_crashes_under_load(world):
    """PostgreSQL dies and comes back while clients write: every acknowledged ticket is there, each key once."""
    postgres = world.own_cluster()
    with postgres, world.duban(postgres=postgres) as duban:
        stop, acknowledged, wrong = threading.Event(), {}, []

        def write(name):
            count = 0
            try:
                with duban.client() as client:
                    while not stop.is_set():
                        try:
                            key = f"{name}/{count}"
                            acknowledged[key] = client.call("ticket.create", idempotency_key=key, **a_ticket())["ticket"]
                            count += 1
                        except RpcError as error:
                            assert error.retryable, error
                            time.sleep(0.05)
            except Exception as error:  # reported below
                wrong.append(repr(error))

        threads = [threading.Thread(target=write, args=(name,)) for name in range(3)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(3):
                before = len(acknowledged)
                wait_until(lambda: len(acknowledged) > before + 50, 30, "tickets to be filed")
                postgres.crash()
                postgres.start()
        finally:
            wait_until(lambda: wrong or can_write(duban), 30, "writes to be taken again")
            stop.set()
            for thread in threads:
                thread.join()
        same(wrong, [], "writers")
        stored = {row["key"]: row["ticket"] for row in duban.rows(
            "SELECT key, reply::jsonb ->> 'ticket' AS ticket FROM duban.request_key")}
        same({key: stored.get(key) for key in acknowledged}, acknowledged, "acknowledged and stored")
        system.verify_numbers(duban)
        print(f"# {len(acknowledged)} acknowledged, {system.verify_journal(duban)} journal rows", flush=True)


# --- ending ---

def sigterm_drains(world):
    """SIGTERM: what was asked before is answered and committed, then it ends with 0; nobody new is let in."""
    with world.duban() as duban, duban.client() as client:
        for _ in range(50):
            client.send("ticket.create", **a_ticket())
        client.hear()  # it has begun
        process = duban.process
        duban.process.send_signal(signal.SIGTERM)
        answers = [client.receive() for _ in range(49)]
        same(process.wait(15), 0, "exit status")
        duban.process = None
        done = [answer["result"]["ticket"] for answer in answers if "result" in answer]
        refused = {answer["error"]["data"]["name"] for answer in answers if "error" in answer}
        assert refused <= {"overloaded"}, refused
        there = {row[0] for row in duban.sql("SELECT ticket FROM duban.ticket")}
        same(set(done) - there, set(), "acknowledged and lost")
        same(len(there), len(done) + 1, "tickets")
        assert not duban.socket.exists(), "the socket is still there"
        same(duban.log_lines("stopped")[-1].split("outcome=")[1], "drained")


if __name__ == "__main__":
    main([a_request_from_start_to_end, a_complaint_with_its_gates, reading, the_same_key_the_same_answer,
          revisions_guard_against_each_other, many_clients_at_once, batches_and_notifications, every_role_and_every_method,
          refusals_are_journaled, strangers_stay_outside, contact_data_is_masked, satisfaction_is_hidden_from_the_handler, who_speaks_for_whom, subscriptions,
          events_of_deadlines, reload_moves_deadlines, bad_reload_keeps_the_old, reload_under_load, database_away,
          database_crashes_under_load, sigterm_drains])
