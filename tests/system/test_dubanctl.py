#!/usr/bin/env python3
"""dubanctl against a small fake daemon: what it asks, what it shows, and how it ends.

Run as: python3 tests/system/test_dubanctl.py BUILD_DIR
Prints "ok NAME" or "not ok NAME" for each test and "N passed, N failed" at the end.
"""
import fcntl
import json
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import time

from fake_daemon import PROGRAM, TOP, Daemon, Done, Refusal, contains, equal, run, run_tests, test

CLOCKS = [{"clock": "first_contact", "kind": "limit", "state": "running", "cycle": 1,
           "due_at": "2099-03-02T09:00:00+08:00", "calendar": "always", "provisional": False}]
CREATED = {"ticket": "42", "number": "NR510201A-0042", "revision": 1, "created": True, "stage": "open",
           "department": "service_planning", "handler": "", "clocks": CLOCKS}
NEW = ["ticket", "new", "--class", "request", "--urgency", "urgent", "--channel", "phone", "--customer", "海港医院",
       "--contact", "李雷", "--phone", "5550101", "--subject", "停机"]


@test
def new_ticket_sends_the_nested_params():
    with Daemon({"ticket.create": CREATED}) as daemon:
        done = run(daemon, *NEW, "--staffed", "08:00-20:00", "--types", "training,software_product", "--field",
                   "room=12=b", "--field", "floor=3", "--received-at", "2026-03-02 15:00", "--key", "k1")
        equal(done.code, 0)
        equal(daemon.calls, [("ticket.create", {
            "class": "request", "urgency": "urgent", "channel": "phone",
            "customer": {"name": "海港医院", "staffed": "08:00-20:00"},
            "contact": {"name": "李雷", "phone": "5550101"}, "subject": "停机",
            "types": ["training", "software_product"], "fields": {"room": "12=b", "floor": "3"},
            "received_at": "2026-03-02T15:00:00+08:00", "idempotency_key": "k1"})])
        contains(done.out, "filed NR510201A-0042 (id 42) for service_planning")
        contains(done.out, "first_contact  limit  running  1      2099-03-02 09:00")


@test
def json_prints_exactly_the_result():
    with Daemon({"ticket.create": CREATED}) as daemon:
        done = run(daemon, *NEW, "--json")
        equal(done.code, 0)
        equal(json.loads(done.out), CREATED)
        equal(done.out.count("\n"), 1)


@test
def contact_assumes_that_we_called_and_spoke():
    with Daemon({"contact.record": {"ticket": "42", "revision": 2, "credited": [], "clocks": []}}) as daemon:
        run(daemon, "contact", "42", "-c", "phone", "--at=2026-03-02T01:00:00Z", "--minutes", "5")
        run(daemon, "contact", "-c", "email", "--in", "--not-reached", "--", "42")
        equal(daemon.calls[0][1], {"direction": "out", "reached": True, "ticket": "42", "channel": "phone",
                                   "at": "2026-03-02T09:00:00+08:00", "minutes": 5})
        equal(daemon.calls[1][1], {"direction": "in", "reached": False, "ticket": "42", "channel": "email"})


@test
def a_time_before_now_is_taken_as_a_value():
    with Daemon({"ticket.solve": {"ticket": "42", "revision": 3, "stage": "solved"}}) as daemon:
        equal(run(daemon, "ticket", "solve", "42", "-r", "done", "--at", "-2h", "--utc").code, 0)
        at = time.time() - 7200
        wanted = {time.strftime("%Y-%m-%dT%H:%M", time.gmtime(at + d)) for d in (-5, 0, 5)}
        assert daemon.calls[0][1]["at"][:16] in wanted, daemon.calls
        assert daemon.calls[0][1]["at"].endswith("+00:00")


@test
def every_plain_command_asks_its_method():
    rows = [(["ticket", "show", "42", "--hot"], "ticket.get", {"ticket": "42", "view": "hot"}),
            (["ticket", "list", "-b", "-n", "5"], "ticket.list", {"breached": True, "limit": 5}),
            (["ticket", "list", "--not-breached", "--after", "9"], "ticket.list", {"breached": False, "after": "9"}),
            (["ticket", "assign", "42", "--handler", "wang"], "ticket.assign", {"ticket": "42", "handler": "wang"}),
            (["ticket", "classify", "42", "-u", "urgent", "--if-revision", "3"], "ticket.classify",
             {"ticket": "42", "urgency": "urgent", "if_revision": 3}),
            (["ticket", "plan", "42", "-e", "2026-03-02T09:00:00Z", "-m", "disk"], "ticket.plan",
             {"ticket": "42", "expected_at": "2026-03-02T17:00:00+08:00", "measures": "disk"}),
            (["ticket", "close", "42"], "ticket.close", {"ticket": "42"}),
            (["ticket", "reopen", "42", "-r", "back"], "ticket.reopen", {"ticket": "42", "reason": "back"}),
            (["progress", "42", "-n", "x", "--degree", "30%"], "progress.add",
             {"ticket": "42", "note": "x", "degree": "30%"}),
            (["clocks", "42"], "clock.list", {"ticket": "42"}),
            (["explain", "42"], "clock.explain", {"ticket": "42"}),
            (["notices", "--state", "failed"], "notice.list", {"state": "failed"}),
            (["notices", "show", "7"], "notice.get", {"notice": "7"}),
            (["escalations", "--department", "training"], "escalation.list", {"department": "training"}),
            (["ack", "42", "-c", "plan", "-n", "ok", "--on-behalf-of", "li"], "escalation.ack",
             {"ticket": "42", "clock": "plan", "note": "ok", "on_behalf_of": "li"}),
            (["journal", "-f", "5", "--ticket", "42"], "journal.read", {"from_seq": 5, "ticket": "42"}),
            (["call", "system.reload"], "system.reload", {}),
            (["reload"], "system.reload", {}),
            (["calendar", "list"], "calendar.list", {}),
            (["calendar", "explain", "cn_office", "2026-03-06T10:00:00Z", "2026-03-09T10:00:00Z", "--utc"], "calendar.explain",
             {"calendar": "cn_office", "from": "2026-03-06T10:00:00+00:00", "to": "2026-03-09T10:00:00+00:00"}),
            (["calendar", "forget", "cn_office"], "calendar.import", {"name": "cn_office", "forget": True}),
            (["call", "ticket.get", '{"ticket":"42"}'], "ticket.get", {"ticket": "42"})]
    with Daemon() as daemon:
        for words, method, params in rows:
            daemon.calls.clear()
            daemon.answers = {method: {"answer": words}}
            done = run(daemon, *words, "--json")
            equal((words, done.code, done.err), (words, 0, ""))
            equal(daemon.calls, [(method, params)])
            equal(json.loads(done.out), {"answer": words})
            equal(run(daemon, *words).code, 0)


@test
def tables_pad_chinese_and_show_time_left():
    tickets = [{"ticket": "1", "number": "A-1", "urgency": "urgent", "stage": "received", "state": "open",
                "handler": "王芳", "customer": {"name": "港", "staffed": "24h"},
                "next_due_at": "2020-01-01T00:00:00Z", "breached": 0},
               {"ticket": "2", "number": "A-22", "urgency": "general", "stage": "closed", "state": "closed",
                "handler": "li", "customer": "Bank", "subject": "slow\x1b[2J"},
               {"ticket": "3", "number": "A-3", "stage": "received", "state": "open", "handler": None,
                "next_due_at": None, "breached": 2}]
    page = {"tickets": tickets, "subjects": {"1": "停机"}, "next": "2"}
    with Daemon({"ticket.list": page}) as daemon:
        lines = run(daemon, "ticket", "list").out.splitlines()
        equal(lines[0].split(), ["NUMBER", "ID", "URGENCY", "STAGE", "LEFT", "BREACHED", "HANDLER", "CUSTOMER", "SUBJECT"])
        contains(lines[1], "overdue ")
        contains(lines[1], "王芳     港        停机")
        contains(lines[2], "closed    closed")
        contains(lines[2], "li       Bank      slow\ufffd[2J")
        contains(lines[3], "received  overdue ")
        equal(lines[4], "more: --after 2")
        equal(json.loads(run(daemon, "ticket", "list", "--json").out), page)
        daemon.answers = {"ticket.list": {"tickets": []}}
        equal(run(daemon, "ticket", "list").out, "no tickets\n")


@test
def clocks_say_what_is_left():
    def clock(state, **more):
        return dict({"clock": "c", "state": state, "due_at": "2099-01-01T00:00:00Z"}, **more)

    rows = [(clock("running"), "d"), (clock("running", closed=True), " closed"), (clock("met"), " met"),
            (clock("breached", breached_at="2020-01-01T00:00:00Z"), " overdue "), (clock("waiting", due_at=None), " waiting"),
            (clock("running", due_at="2020-01-01T00:00:00Z"), " overdue ")]
    for row, part in rows:
        with Daemon({"clock.list": {"ticket": "42", "clocks": [row]}}) as daemon:
            line = run(daemon, "clocks", "42").out.splitlines()[-1]
            contains(line.replace(row["state"], "", 1), part)


@test
def an_explanation_shows_its_lines():
    clock = {"clock": "plan", "title": "计划", "state": "running", "due_at": "2026-03-03T01:00:00Z",
             "lines": ["计划（plan）：计时中", "  到期：2026-03-03 09:00"]}
    with Daemon({"clock.explain": {"ticket": "42", "number": "A-1", "lines": ["A-1"], "clocks": [clock]}}) as daemon:
        out = run(daemon, "explain", "42").out
        equal(out, "A-1\n\n计划（plan）：计时中\n  到期：2026-03-03 09:00\n")


@test
def sentences_come_in_the_users_language():
    with Daemon() as daemon:
        for words, locale, language in ((["--lang", "en"], {}, "en"), ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
                                             ([], {"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
                                             (["--lang", "zh"], {"LANG": "en_GB.UTF-8"}, "zh"), ([], {"LANG": "C"}, None)):
            run(daemon, "explain", "42", *words, environment={"LC_ALL": "", **locale})
            equal(daemon.calls[-1][1].get("language"), language)


@test
def a_record_shows_all_its_parts():
    record = dict(CREATED, contacts=[{"at": "2026-03-02T01:00:00Z", "channel": "phone", "reached": True, "note": "hi"}],
                  progress=[{"at": "2026-03-02T01:00:00Z", "note": "half"}],
                  plans=[{"at": "2026-03-02T01:00:00Z", "expected_at": "2026-03-03T01:00:00Z", "measures": "disk"}])
    with Daemon({"ticket.get": record}) as daemon:
        out = run(daemon, "ticket", "show", "42").out
        for part in ("Number         NR510201A-0042", "2026-03-02 09:00  phone    yes", "half", "2026-03-03 09:00  disk"):
            contains(out, part)
        contains(run(daemon, "ticket", "show", "42", "--utc").out, "2026-03-02 01:00Z  phone")


@test
def a_notice_keeps_its_lines():
    with Daemon({"notice.get": {"notice": "7", "state": "accepted", "subject": "s", "body": "one\ntwo\x07\n"}}) as daemon:
        contains(run(daemon, "notices", "show", "7").out, "\n\none\ntwo\ufffd\n")


@test
def refusals_name_the_field_and_end_with_1():
    with Daemon({"ticket.create": Refusal(-32602, "invalid_params", "contact.phone", "one of them is required")}) as daemon:
        done = run(daemon, *NEW, "--json")
        equal((done.code, done.out), (1, ""))
        equal(done.err, "dubanctl: ticket.create: contact.phone: one of them is required (invalid_params)\n")


@test
def a_closed_gate_names_the_missing_condition():
    with Daemon({"ticket.close": Refusal(1011, "gate_closed", "ticket", "missing: apology by service_head")}) as daemon:
        done = run(daemon, "ticket", "close", "42")
        equal(done.code, 1)
        equal(done.err, "dubanctl: ticket.close: not yet possible, missing: apology by service_head (gate_closed)\n")


@test
def a_denied_permission_says_for_whom_it_is():
    with Daemon({"journal.read": Refusal(1005, "permission_denied")}) as daemon:
        contains(run(daemon, "journal").err, "it is for auditor, service_head and admin")


@test
def wrong_command_lines_end_with_2_and_ask_nothing():
    rows = [([], "Usage:"), (["ticket"], "ticket new"), (["ticket", "shwo", "1"], "did you mean ticket show?"),
            (["ticket", "show"], "TICKET is missing"), (["ticket", "show", "1", "2"], "one argument too many: 2"),
            (["ticket", "show", "1", "--jsn"], "did you mean --json?"), (["ticket", "show", "1", "-x"], "option -x"),
            (["ticket", "list", "--limit"], "--limit needs a value"), (["ticket", "list", "-n"], "-n needs a value"),
            (["ticket", "list", "-n", "many"], "not a whole number"), (["ticket", "list", "--json=1"], "takes no value"),
            (["ticket", "list", "--class", "a", "--class", "b"], "given twice"),
            (["ticket", "solve", "1"], "--result is missing"), (["contact", "1"], "--channel is missing"),
            (["ticket", "solve", "1", "-r", "x", "--at", "2026-03-02T10:00:00"], "no offset"),
            (["ticket", "solve", "1", "-r", "x", "--at", "yesterday"], "--at yesterday: not a time"),
            ([*NEW, "--field", "x"], "NAME=VALUE"), (["call", "a", "[1]"], "not an object"),
            (["call", "a", "{"], "not an object"), (["frob"], "unknown command frob"), (["--json"], "follow a command"),
            (["import", "x.csv"], "--map is missing"), (["import", "--map", "tickets", "x"], "one map"),
            (["import", "--map", "incidents", "--zone", "../x", "f"], "no such zone"),
            (["import", "--map", "incidents", "--until", "x", "f"], "not a time")]
    with Daemon() as daemon:
        for words, part in rows:
            done = run(daemon, *words)
            equal((words, done.code, done.out), (words, 2, ""))
            contains(done.err, part)
        equal(daemon.calls, [])


@test
def nonexistent_and_double_hours_are_refused():
    berlin = {"TZ": "Europe/Berlin"}
    with Daemon() as daemon:
        for at, part in (("2026-03-29 02:30", "skip"), ("2026-10-25 02:30", "twice")):
            done = run(daemon, "ticket", "solve", "1", "-r", "x", "--at", at, environment=berlin)
            equal(done.code, 2)
            contains(done.err, part)


@test
def an_unreachable_daemon_ends_with_3():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "x.sock")
        done = run(None, "status", socket_path=path)
        equal(done.code, 3)
        contains(done.err, f"there is no socket {path}")
        dead = socket.socket(socket.AF_UNIX)
        dead.bind(path)
        done = run(None, "ticket", "list", "-s", path)
        equal(done.code, 3)
        contains(done.err, "nobody listens")
        if os.getuid() != 0:
            os.chmod(path, 0)
            contains(run(None, "status", "-s", path).err, "join the group")


@test
def the_socket_option_beats_the_environment():
    with Daemon({"ticket.list": {"tickets": []}}) as daemon:
        equal(run(None, "ticket", "list", "-s", daemon.path, socket_path="/nonexistent").code, 0)
        equal(run(None, "ticket", "list", f"--socket={daemon.path}", socket_path="/nonexistent").code, 0)
        equal(run(None, "ticket", "list", f"-s{daemon.path}", socket_path="/nonexistent").code, 0)


@test
def hanging_up_and_silence_end_with_3():
    with Daemon({"ticket.list": {"tickets": []}}, hang_up_after=0) as daemon:
        done = run(daemon, "ticket", "list")
        equal(done.code, 3)
        contains(done.err, "closed the connection")
    with Daemon(silent=("ticket.list",)) as daemon:
        done = run(daemon, "ticket", "list", "--timeout", "1")
        equal(done.code, 3)
        contains(done.err, "did not answer in time")


@test
def another_protocol_is_not_spoken():
    with Daemon(hello={"server": "duband", "protocol": [7]}) as daemon:
        done = run(daemon, "ticket", "list")
        equal(done.code, 3)
        contains(done.err, "does not speak protocol 1")


@test
def status_asks_three_questions():
    with Daemon({"system.ping": {"now": "2026-03-02T01:00:00Z"}, "system.stats": {"requests": 9, "writer": {"rows": 3}},
                 "system.info": {"version": "0.1.0", "desks": [{"desk": "main", "regime": "nq510201"}]}}) as daemon:
        done = run(daemon, "status", "--digest")
        equal(done.code, 0)
        equal([call[0] for call in daemon.calls], ["system.ping", "system.info", "system.stats"])
        equal(daemon.calls[1][1], {"digest": True})
        for part in ("duband 0.1.0 answers in", "main  nq510201", "writer.rows  3"):
            contains(done.out, part)
        equal(sorted(json.loads(run(daemon, "status", "--json").out)), ["info", "ping", "stats"])


def watch(daemon, *words, lines):
    env = {"PATH": os.environ["PATH"], "TZ": "Asia/Shanghai", "LC_ALL": "C", "DUBAN_SOCKET": daemon.path}
    process = subprocess.Popen([PROGRAM, "watch", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    out = [process.stdout.readline().decode() for _ in range(lines)]
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=30)
    return Done(process.returncode, out, err.decode() + rest.decode())


EVENTS = [{"jsonrpc": "2.0", "method": "event",
           "params": {"sub": "1", "seq": 8, "type": "clock.breached", "at": "2026-03-02T01:00:00Z", "ticket": "42",
                      "data": {"clock": "plan"}}},
          {"jsonrpc": "2.0", "method": "event.lost", "params": {"sub": "1", "from": 9, "to": 12}}]


@test
def watch_follows_until_it_is_interrupted():
    with Daemon({"event.subscribe": {"sub": "1", "seq": 7}}, events=EVENTS) as daemon:
        done = watch(daemon, "-t", "clock.breached,clock.met", "--ticket", "42", lines=2)
        equal((done.code, done.err), (0, ""))
        equal(done.out[0], "2026-03-02 09:00:00  8  clock.breached  42  clock=plan\n")
        contains(done.out[1], "events 9 to 12 were lost")
        equal(daemon.calls[0][1], {"types": ["clock.breached", "clock.met"], "filter": {"ticket": "42"}})
        done = watch(daemon, "--json", lines=2)
        equal([json.loads(line) for line in done.out], [event["params"] for event in EVENTS])


@test
def watch_says_where_to_go_on():
    with Daemon({"event.subscribe": {"sub": "1", "seq": 7}}, events=EVENTS[:1], hang_up_after=1) as daemon:
        done = run(daemon, "watch")
        equal(done.code, 3)
        contains(done.err, "go on with --from-seq 9")


@test
def an_interrupted_call_ends_with_5():
    with Daemon(silent=("ticket.list",)) as daemon:
        env = {"PATH": os.environ["PATH"], "DUBAN_SOCKET": daemon.path}
        process = subprocess.Popen([PROGRAM, "ticket", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
        while not daemon.calls:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        equal(process.returncode, 5)


def on_a_terminal(daemon, *words, environment=None, columns=60):
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TERM": "xterm", "DUBAN_SOCKET": daemon.path}
    env.update(environment or {})
    process = subprocess.Popen([PROGRAM, *words], stdout=theirs, stderr=theirs, stdin=theirs, env=env)
    os.close(theirs)
    out = b""
    try:
        while True:
            got = os.read(ours, 65536)
            if not got:
                break
            out += got
    except OSError:
        pass
    os.close(ours)
    process.wait()
    return out.decode()


@test
def a_terminal_gets_colour_and_cut_lines():
    tickets = [{"ticket": "1", "number": "A-1", "stage": "open", "next_due_at": "2020-01-01T00:00:00Z",
                "subject": "停机" * 40}]
    with Daemon({"ticket.list": {"tickets": tickets}}) as daemon:
        out = on_a_terminal(daemon, "ticket", "list")
        contains(out, "\x1b[31;1moverdue")
        contains(out, "…")
        plain = on_a_terminal(daemon, "ticket", "list", environment={"NO_COLOR": "1"})
        assert "\x1b" not in plain
        wide = [sum(2 if ord(c) > 0x2e80 else 1 for c in line) for line in plain.splitlines()]
        assert max(wide) <= 60, wide


def commands():
    return run(None, "--list-commands").out.splitlines()


@test
def every_command_teaches():
    assert len(commands()) >= 22
    for name in commands():
        done = run(None, *name.split(), "--help")
        equal((name, done.code, done.err), (name, 0, ""))
        contains(done.out, f"Usage: dubanctl {name}")
        examples = done.out.split("\nExamples:\n")[1]
        assert len(re.findall(rf"\bdubanctl {name}\b", examples)) >= 2 or name in ("replay", "call"), name
        assert max(map(len, done.out.splitlines())) <= 150, name
        equal(run(None, "help", *name.split()).out, done.out)
    contains(run(None, "--help").out, "Exit codes")
    assert re.fullmatch(r"dubanctl \d+\.\d+\.\d+\n", run(None, "--version").out)


@test
def the_manual_names_every_command_and_option():
    with open(os.path.join(TOP, "man", "dubanctl.1.scd"), encoding="utf-8") as file:
        manual = file.read().replace("\\", "")
    for name in commands():
        contains(manual, f"*{name}*")
        for option in run(None, "--list-options", *name.split()).out.split():
            contains(manual, f"*{option}*")


@test
def the_completion_completes():
    completion = os.path.join(TOP, "etc", "completion", "dubanctl")
    script = f"""
        PATH={os.path.dirname(os.path.abspath(PROGRAM))}:$PATH
        source {completion}
        complete_line() {{ COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _dubanctl; echo "${{COMPREPLY[*]}}"; }}
        complete_line dubanctl tick
        complete_line dubanctl ticket cl
        complete_line dubanctl ticket show 42 --j
        complete_line dubanctl notices --st
    """
    out = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    equal(out, ["ticket", "classify close", "--json", "--state"])


run_tests()
