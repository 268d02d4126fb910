#!/usr/bin/env python3
"""What must be refused: broken lines, wrong parameters of every method, impossible times, wrong files, a wrong database.

Usage: test_bad_input.py BUILD_DIR [NAME...]

Wherever something is refused the tables are counted before and behind: a refusal leaves no row.
"""
import contextlib
import itertools
import json
import re
import shutil

from duban import PEOPLE, REGIME, ROOT, Client, RpcError, a_ticket, instant, main, same

CONTACT = {"channel": "phone", "direction": "out", "reached": True}
EX_CONFIG = 78


@contextlib.contextmanager
def nothing_is_written(duban):
    """Fails when a table has another number of rows afterwards."""
    before = duban.counts()
    yield
    same(duban.counts(), before, "rows")


def refused(client, method, name, field, **params):
    """The call is refused under this name and about this field; the message says something."""
    error = client.refusal(method, **params)
    same((error.name, error.field), (name, field), f"{method} {params}: {error}")
    assert error.detail or error.name == "method_not_found", error
    return error


# --- lines ---

BROKEN_LINES = [
    (b"{", -32700), (b"nonsense", -32700), (b'{"jsonrpc":"2.0","id":1,"method":"system.ping"', -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"system.ping"}}', -32700), (b"\xff\xfe", -32700),
    (b'{"jsonrpc":"2.0","id":1,"method":"system.\xff"}', -32700), (b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1}', -32700),
    (b'{"id":1,"id":2,"jsonrpc":"2.0","method":"system.ping"}', -32700), (b"[" * 40 + b"]" * 40, -32700),
    (b"1", -32600), (b'"ping"', -32600), (b"null", -32600), (b"[]", -32600), (b"{}", -32600),
    (b'{"jsonrpc":"1.0","id":1,"method":"system.ping"}', -32600), (b'{"jsonrpc":"2.0","id":1}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600), (b'{"jsonrpc":"2.0","id":{},"method":"system.ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"system.ping","params":{"a":"\\u0000"}}', -32700),
    (b'{"jsonrpc":"2.0","id":"' + b"x" * 200 + b'","method":"system.ping"}', -32600),
    (b'{"jsonrpc":"2.0","id":1,"method":"no.such"}', -32601), (b'{"jsonrpc":"2.0","id":1,"method":""}', -32601),
    (b'{"jsonrpc":"2.0","id":1,"method":"system.ping","params":[]}', -32602),
    (b'{"jsonrpc":"2.0","id":1,"method":"system.ping","params":7}', -32602),
]


def broken_lines(world):
    """Each malformed line gets the error that JSON-RPC names for it, and the connection goes on."""
    with world.duban() as duban, nothing_is_written(duban), duban.client() as client:
        for line, code in BROKEN_LINES:
            client.write(line + b"\n")
            answer = json.loads(client.line())
            answer = answer[0] if isinstance(answer, list) else answer
            assert answer["error"]["code"] == code, (line[:80], answer)
            assert "now" in client.call("system.ping"), line
        client.write(b"\n\r\n")  # blank lines are no requests
        assert "now" in client.call("system.ping")
        client.write(b"[" + b",".join([b'{"jsonrpc":"2.0","id":1,"method":"system.ping"}'] * 51) + b"]\n")
        answer = json.loads(client.line())
        same((answer[0] if isinstance(answer, list) else answer)["error"]["code"], -32600, "a batch of 51")


def too_long_lines(world):
    """A line beyond the limit is refused and the connection closed; others are served on."""
    with world.duban() as duban, nothing_is_written(duban), duban.client() as client, duban.client() as other:
        limit = client.call("system.hello")["limits"]["line_bytes"]
        with contextlib.suppress(Exception):  # it may hang up while we still write
            client.write(b"x" * (limit + 1000) + b"\n")
        answer = json.loads(client.line())
        same((answer["error"]["code"], answer["error"]["data"]["name"]), (-32600, "line_too_long"))
        assert "now" in other.call("system.ping")


# --- parameters, from the daemon's own description of itself ---

WRONG_VALUES = {
    "string": [7, True, None, [], {}, 1.5],
    "integer": ["7", 1.5, True, None, [], {}, 1e30],
    "boolean": ["true", 1, 0, None, [], {}],
    "object": ["x", 7, True, None, []],
    "array": ["x", 7, True, None, {}],
    "date-time": [7, True, None, [], {}, "", "yesterday", "2026-03-02", "2026-03-02T09:00:00", "2026-02-30T09:00:00Z",
                  "2026-13-01T09:00:00Z", "2026-03-02T25:00:00Z", "2026-03-02T09:60:00Z", "2026-03-02 09:00",
                  "2026-03-02T09:00:00+25:00", "2026-03-02T09:00:00Zjunk", "2026-02-29T09:00:00+08:00"],
}
OK_VALUES = {"string": "x", "integer": 1, "boolean": True, "object": {}, "array": [], "date-time": "2026-03-02T09:00:00Z"}


def kind_of(schema):
    return schema.get("format") or schema["type"]


def ok_value(schema):
    """A value of the right type, with all required members."""
    if kind_of(schema) != "object":
        return OK_VALUES[kind_of(schema)]
    return {name: ok_value(schema["properties"][name]) for name in schema.get("required", [])}


def wrong_params(method):
    """(params, field) pairs: each parameter of each wrong type, each required one missing, one unknown."""
    fine = {one["name"]: ok_value(one["schema"]) for one in method["params"] if one["required"]}
    yield dict(fine, no_such_parameter=1), "no_such_parameter"
    for one in method["params"]:
        name, schema = one["name"], one["schema"]
        for value in WRONG_VALUES[kind_of(schema)]:
            yield dict(fine, **{name: value}), name
        if kind_of(schema) == "array" and schema.get("items", {}).get("type") == "string":
            yield dict(fine, **{name: ["x", 7]}), name
        if one["required"]:
            yield {other: value for other, value in fine.items() if other != name}, name
        for member, inner in schema.get("properties", {}).items():
            for value in WRONG_VALUES[kind_of(inner)]:
                yield dict(fine, **{name: dict(ok_value(schema), **{member: value})}), f"{name}.{member}"
        for member in schema.get("required", []):
            left = {other: value for other, value in ok_value(schema).items() if other != member}
            yield dict(fine, **{name: left}), f"{name}.{member}"


def every_parameter_of_every_method(world):
    """Unknown and ill-typed parameters: -32602, the field by its name, and no effect at all."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket())
        methods = client.call("rpc.discover")["methods"]
        cases = [(method["name"], params, field) for method in methods for params, field in wrong_params(method)]
        with nothing_is_written(duban):
            for name, params, field in cases:
                error = client.refusal(name, **params)
                same((error.code, error.name, error.field), (-32602, "invalid_params", field), f"{name} {params}")
                assert error.detail and not error.retryable, error
        assert len(methods) >= 27 and len(cases) > 1000, (len(methods), len(cases))
        print(f"# {len(cases)} wrong calls of {len(methods)} methods", flush=True)


# --- what the words mean ---

def words_that_the_regime_does_not_know(world):
    """Unknown class, type, urgency, channel, department, handler…: the field is named, and what would be right is listed."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        with nothing_is_written(duban):
            for field in ("class", "type", "urgency", "channel", "department", "handler", "desk"):
                refused(client, "ticket.create", "invalid_params", field, **a_ticket(**{field: "no_such"}))
            refused(client, "ticket.create", "invalid_params", "types", **a_ticket(types=["training", "no_such"]))
            refused(client, "ticket.create", "invalid_params", "type", **a_ticket(type="service_quality"))
            refused(client, "ticket.create", "invalid_params", "type", **a_ticket(type=None))
            error = refused(client, "ticket.create", "invalid_params", "urgency", **a_ticket(urgency="high"))
            for word in ("general", "urgent", "very_urgent"):
                assert word in error.detail, error.detail
            for field in ("urgency", "type", "class"):
                refused(client, "ticket.classify", "invalid_params", field, ticket=ticket, **{field: "no_such"})
            refused(client, "ticket.classify", "invalid_params", "type", ticket=ticket, **{"class": "complaint"})
            for field in ("department", "handler"):
                refused(client, "ticket.assign", "invalid_params", field, ticket=ticket, **{field: "no_such"})
            refused(client, "ticket.assign", "invalid_params", "department", ticket=ticket)
            for field in ("channel", "direction", "kind"):
                refused(client, "contact.record", "invalid_params", field, ticket=ticket, **dict(CONTACT, **{field: "no_such"}))
            for minutes in (-1, 10 ** 9):
                refused(client, "contact.record", "invalid_params", "minutes", ticket=ticket, minutes=minutes, **CONTACT)
            refused(client, "escalation.ack", "invalid_params", "clock", ticket=ticket, clock="no_such")
            refused(client, "escalation.ack", "invalid_state", "ticket", ticket=ticket)


def somebody_to_reach(world):
    """INT-7: without an organisation, a person and one way to reach them there is no record."""
    ways = ({"name": "李雷"}, {"name": "李雷", "phone": ""}, {"name": "李雷", "phone": "  ", "email": ""})
    with world.duban() as duban, nothing_is_written(duban), duban.client() as client:
        for contact in ways:
            error = refused(client, "ticket.create", "invalid_params", "contact", **a_ticket(contact=contact))
            assert "phone, fax or email" in error.detail, error.detail
        refused(client, "ticket.create", "invalid_params", "contact", **a_ticket(contact=None))
        refused(client, "ticket.create", "invalid_params", "customer", **a_ticket(customer=None))
        for name in ("", "   ", "x" * 301):
            refused(client, "ticket.create", "invalid_params", "customer.name", **a_ticket(customer={"name": name}))
        refused(client, "ticket.create", "invalid_params", "contact.name", **a_ticket(contact={"name": " ", "phone": "1"}))
        for subject in ("", " ", "x" * 501):
            refused(client, "ticket.create", "invalid_params", "subject", **a_ticket(subject=subject))
        for staffed in ("", "always", "25:00-26:00", "08:00", "17:00-08:00-09:00", "8-17"):
            refused(client, "ticket.create", "invalid_params", "customer.staffed",
                    **a_ticket(customer={"name": "x", "staffed": staffed}))


def times_that_cannot_be(world):
    """In the future, before the receipt, further back than late entries reach, periods that end before they begin."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket(received_at=instant(-3600)))["ticket"]
        with nothing_is_written(duban):
            for at in (60, -31 * 86400):
                refused(client, "ticket.create", "invalid_params", "received_at", **a_ticket(received_at=instant(at)))
            refused(client, "ticket.create", "invalid_params", "occurred_at",
                    **a_ticket(received_at=instant(-60), occurred_at=instant(-30)))
            calls = [("contact.record", CONTACT), ("progress.add", {"note": "x"}), ("ticket.solve", {"result": "x"}),
                     ("ticket.assign", {"department": "training"}), ("ticket.classify", {"urgency": "urgent"}),
                     ("ticket.plan", {"expected_at": instant(3600), "measures": "x"})]
            for (method, params), at in itertools.product(calls, (60, -7200)):
                refused(client, method, "invalid_params", "at", ticket=ticket, at=instant(at), **params)
            for at in (-60, -7200):
                refused(client, "ticket.plan", "invalid_params", "expected_at", ticket=ticket, measures="x",
                        expected_at=instant(at))
            refused(client, "progress.add", "invalid_params", "to", ticket=ticket, note="x", to=instant(-1800),
                    **{"from": instant(-900)})
        same(client.call("ticket.get", ticket=ticket)["revision"], 1, "revision")


def tickets_that_are_not_there(world):
    """Unknown tickets, notices and keys of pages: not_found, and never an answer about another."""
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket())
        with nothing_is_written(duban):
            for name in ("2", "99999999999999999999999", "NR510201A-000002", "", "no such", "1 OR 1=1", "-1", "1'--", "０"):
                for method, params in (("ticket.get", {}), ("clock.list", {}), ("clock.explain", {}), ("contact.record", CONTACT),
                                       ("ticket.solve", {"result": "x"}), ("ticket.close", {}), ("ticket.reopen", {})):
                    error = client.refusal(method, ticket=name, **params)
                    same(error.name, "not_found", f"{method} {name!r}: {error}")
            for name in ("1", "99999999999999999999999", "x", ""):
                assert client.refusal("notice.get", notice=name).name in ("not_found", "invalid_params"), name
            for limit in (0, -1, 501, 10 ** 12):
                for method in ("ticket.list", "notice.list", "escalation.list"):
                    refused(client, method, "invalid_params", "limit", limit=limit)
            refused(client, "ticket.list", "invalid_params", "state", state="lost")
            refused(client, "ticket.list", "invalid_params", "after", after="x")
            refused(client, "ticket.get", "invalid_params", "view", ticket="1", view="x")


def odd_filters_break_nothing(world):
    """Filters of lists that reach the database: whatever they hold, an answer or a refusal, and the daemon goes on."""
    odd = ("x", "-1", "1e3", "99999999999999999999999", "'; DROP TABLE duban.ticket; --", "\u202e", "", " ", "1,2", "%")
    with world.duban() as duban, duban.client() as client:
        client.call("ticket.create", **a_ticket())
        with nothing_is_written(duban):
            for value in odd:
                for method, fields in (("notice.list", ("ticket", "state", "recipient", "before")), ("journal.read", ("ticket",)),
                                       ("ticket.list", ("after", "handler", "class"))):
                    for field in fields:
                        for state in ({"state": "all"}, {}) if method == "ticket.list" else ({},):
                            try:
                                client.call(method, **{field: value}, **state)
                            except RpcError as error:
                                assert error.code != -32603 and error.name in ("invalid_params", "not_found"), \
                                    f"{method} {field}={value!r}: {error}"
            for first in (-5, 0, 10 ** 18):
                try:
                    client.call("journal.read", from_seq=first)
                except RpcError as error:
                    assert error.name == "invalid_params", error


def impossible_changes(world):
    """States: closing what is not solved, solving twice, reopening what is open; gates of complaints."""
    with world.duban() as duban, duban.client() as client:
        ticket = client.call("ticket.create", **a_ticket())["ticket"]
        complaint = client.call("ticket.create", **a_ticket(**{"class": "complaint"}, type="service_quality"))["ticket"]
        with nothing_is_written(duban):
            refused(client, "ticket.close", "invalid_state", "ticket", ticket=ticket)
            refused(client, "ticket.reopen", "invalid_state", "ticket", ticket=ticket)
            error = refused(client, "ticket.solve", "gate_closed", "ticket", ticket=complaint, result="x")
            assert error.code == 1011 and "apology" in error.detail, error
        client.call("ticket.solve", ticket=ticket, result="x")
        client.call("ticket.close", ticket=ticket)
        with nothing_is_written(duban):
            for method, params in (("ticket.solve", {"result": "x"}), ("ticket.close", {}), ("ticket.assign", {"department": "training"}),
                                   ("ticket.classify", {"urgency": "urgent"}), ("ticket.plan", {"expected_at": instant(99), "measures": "x"})):
                refused(client, method, "invalid_state", "ticket", ticket=ticket, **params)


# --- files ---

REGIME_MISTAKES = [
    ("late entry = 30d", "late entri = 30d", "late entr"), ("zone     = Asia/Shanghai", "zone = Asia/Atlantis", "Atlantis"),
    ("calendar = always   ", "calendar = nowhere ", "nowhere"), ("department = software_marketing", "department = marketing", "marketing"),
    ("breach = ladder up\nbreach template = contact_breach\n\n[clock daily", "breach = ladder down\n\n[clock daily", "down"),
    ("remind to = handler or department_head\nbreach = ladder up\nbreach template = contact_breach\n\n[clock daily",
     "remind to = boss\nbreach = ladder up\n\n[clock daily", "boss"),
    (", very_urgent 4h ; INT-22", " ; INT-22", "very_urgent"), ("very_urgent 4h ; INT-22", "super 4h ; INT-22", "super"),
    ("within = general 24h", "within = general soon", "soon"), ("stop   = plan\n", "stop   = party\n", "party"),
    ("template = report_at_intake", "template = no_template", "no_template"),
    ("[class request]\ntypes = product_enquiry", "[class request]\ntypes = dreams product_enquiry", "dreams"),
    ("rung = +0    department_head by mail\nrung = +50%  service_head", "rung = +0 department_head by pigeon\nrung = +50% service_head", "pigeon"),
    ("when   = urgency urgent", "when   = urgency hurried", "hurried"),
    ("number   = NR510201A-{seq:06}", "number   = NR510201A", "number"), ("[stage on]", "[stage off]", "stage off"),
    ("create = received", "create = arrived", "arrived"), ("[clock plan]", "[clock plan", ""),
    ("gate close          = contact:result by service_head", "gate close          = contact:bribe by service_head", "bribe"),
    ("language = zh", "language = xx", "xx"), ("quota  = 1..2 contacts per day", "quota  = 5..2 contacts per day", "quota"),
    ("[channels] ", "[channels]\nchannels", ""),
]
PEOPLE_MISTAKES = [
    ("roles      = intake", "roles      = juggler", "juggler"), ("department = training", "department = nowhere", "nowhere"),
    ("mail       = sun.li@example.com", "mail = not an address", "address"), ("[person zhou.tao]", "[person sun.li]", "sun.li"),
    ("mail       = xu.jing@example.com\n", "", "mail"), ("name       = 周涛 | Zhou Tao", "nam = 周涛", "nam"),
    ("[person ma.chao]", "[persons ma.chao]", "persons"),
]
SETTINGS_MISTAKES = [
    ("leader_wait = 10s", "leader_wait = soon", "leader_wait"), ("transport = maildir", "transport = pigeon", "pigeon"),
    ("group = ", "grupo = ", "grupo"), ("[role admin]", "[role king]", "king"), ("[sender]", "[senders]", "senders"),
    ("socket = /", "socket = relative/", "absolute"), ("[desk main]", "[desk Main Desk]", "desk"),
]


def refuses_to_run(duban, file, words, about):
    """--check and a start both end with 78, and name the file, a line of it, and what is wrong."""
    checked, started = duban.check(), duban.run("--config", duban.config)
    for way, done in (("--check", checked), ("start", started)):
        said = done.stdout + done.stderr
        same(done.returncode, EX_CONFIG, f"{about}: {way}: {said}")
        assert re.search(rf"{re.escape(file)}:\d+: ", said), f"{about}: {way} names no line of {file}: {said}"
        assert words in said, f"{about}: {way} does not speak of {words!r}: {said}"


def regime_files_that_are_wrong(world):
    """Unknown keys, dangling references, limits for some urgencies only: refused with file and line, exit 78."""
    text = REGIME.read_text(encoding="utf-8")
    duban = world.duban()
    same(duban.check().returncode, 0, "the shipped regime: " + duban.check().stderr)
    with nothing_is_written(duban):
        for right, wrong, words in REGIME_MISTAKES:
            assert right in text, right
            duban.write_regime(text.replace(right, wrong, 1))
            refuses_to_run(duban, duban.regime_file.name, words, f"{right!r} -> {wrong!r}")
        duban.write_regime("")
        same(duban.check().returncode, EX_CONFIG, "an empty regime")
        duban.regime_file.unlink()
        assert duban.regime_file.name in duban.check().stderr, duban.check().stderr
    same(duban.number("SELECT count(*) FROM duban.desk"), 0, "desks")


def people_files_that_are_wrong(world):
    """Unknown roles and departments, missing addresses, the same person twice, no file at all."""
    text = PEOPLE.read_text(encoding="utf-8")
    duban = world.duban()
    with nothing_is_written(duban):
        for right, wrong, words in PEOPLE_MISTAKES:
            assert right in text, right
            duban.write_people(text.replace(right, wrong, 1))
            refuses_to_run(duban, duban.people_file.name, words, f"{right!r} -> {wrong!r}")
        duban.people_file.unlink()
        for done in (duban.check(), duban.run("--config", duban.config)):
            same(done.returncode, EX_CONFIG, "a missing people file")
            assert duban.people_file.name in done.stderr, done.stderr


def settings_that_are_wrong(world):
    """duban.ini itself: unknown names with a hint, values out of range, roles that are none."""
    duban = world.duban()
    text = duban.config.read_text(encoding="utf-8")
    for right, wrong, words in SETTINGS_MISTAKES:
        assert right in text, right
        duban.config.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        done = duban.check()
        same(done.returncode, EX_CONFIG, f"{right!r} -> {wrong!r}: {done.stderr}")
        assert duban.config.name in done.stderr and words in done.stderr, done.stderr
    duban.config.write_text(text.replace("users = ", "users = nobody-of-that-name, ", 1), encoding="utf-8")
    done = duban.run("--config", duban.config)
    same(done.returncode, EX_CONFIG, done.stderr)
    assert "nobody-of-that-name" in done.stderr, done.stderr
    duban.config.unlink()
    same(duban.check().returncode, EX_CONFIG)


def templates_and_calendars_that_are_wrong(world):
    """A misspelt variable in a notice, a calendar with an impossible day: found at the start, not at night."""
    duban = world.duban()
    for folder in ("templates", "calendars"):
        shutil.copytree(ROOT / "etc" / folder, duban.directory / folder)
        duban.settings["daemon." + folder] = duban.directory / folder
    duban.write_config()
    same(duban.check().returncode, 0, "copies")
    regime = duban.regime_file.name  # a template's mistake is told where the regime names it
    cases = [("templates/zh/contact_breach.txt", "{number}", "{nummer}", (regime, "zh/contact_breach: line 1")),
             ("templates/en/reminder.txt", "Subject:", "Sujet:", (regime, "en/reminder: line 1")),
             ("calendars/cn_office.ini", "2026-", "2026-13-", ("cn_office.ini", "2026-13-"))]
    for name, right, wrong, wrong_place in cases:
        file = duban.directory / name
        text = file.read_text(encoding="utf-8")
        assert right in text, (name, right)
        file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
        refuses_to_run(duban, *wrong_place, name)
        file.write_text(text, encoding="utf-8")
    for language in ("zh", "en"):  # one language alone would do for both
        (duban.directory / "templates" / language / "contact_breach.txt").unlink()
    done = duban.check()
    same(done.returncode, EX_CONFIG, done.stderr)
    assert "contact_breach" in done.stderr, done.stderr


def databases_that_are_wrong(world):
    """No migrations, no database, no server: each is said clearly, with 78 or 75 as it can be waited for or not."""
    duban = world.duban()
    world.postgres.create_database("empty")
    cases = [("empty", EX_CONFIG, "--migrate"), ("no_such_database", 75, "no_such_database")]
    text = duban.config.read_text(encoding="utf-8")
    for name, status, words in cases:
        duban.config.write_text(text.replace(f"dbname={duban.database}", f"dbname={name}"), encoding="utf-8")
        done = duban.run("--config", duban.config)
        same(done.returncode, status, f"{name}: {done.stderr}")
        assert words in done.stderr, done.stderr
        assert not duban.socket.exists(), "it listens without a database"
    duban.config.write_text(text.replace(f"host={world.postgres.directory}", "host=/nonexistent"), encoding="utf-8")
    done = duban.run("--config", duban.config)
    same(done.returncode, 75, done.stderr)
    assert "/nonexistent" in done.stderr, done.stderr


def wrong_command_lines(world):
    """Unknown options and contradictions: 64."""
    duban = world.duban()
    for words in (["--no-such"], ["stray"], ["--check", "--migrate"], ["--conninfo", "x"], ["--config"]):
        same(duban.run(*words).returncode, 64, words)
    same((duban.run("--help").returncode, duban.run("--version").returncode), (0, 0))


def second_daemon(world):
    """Another daemon for the same desk waits, then goes with 75; the first one is not disturbed."""
    with world.duban(settings={"database.leader_wait": "1s"}) as duban:
        done = duban.run("--config", duban.config, "--socket", duban.directory / "second.sock")
        same(done.returncode, 75, done.stderr)
        assert "another daemon leads" in done.stderr, done.stderr
        with Client(duban.socket) as client:
            assert client.call("ticket.create", **a_ticket())["created"]


if __name__ == "__main__":
    main([broken_lines, too_long_lines, every_parameter_of_every_method, words_that_the_regime_does_not_know,
          somebody_to_reach, times_that_cannot_be, tickets_that_are_not_there, odd_filters_break_nothing, impossible_changes,
          regime_files_that_are_wrong, people_files_that_are_wrong, settings_that_are_wrong,
          templates_and_calendars_that_are_wrong, databases_that_are_wrong, wrong_command_lines, second_daemon])
