#!/usr/bin/env python3
"""dubanctl import against a small fake daemon: batches, keys, resuming, refusals, events for replay, wrong files.

Run as: python3 tests/system/test_dubanctl_import.py BUILD_DIR
Prints "ok NAME" or "not ok NAME" for each test and "N passed, N failed" at the end.
"""
import gzip
import json
import tempfile

from fake_daemon import Daemon, Refusal, contains, equal, run, run_tests, test

COLUMNS = ("number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,"
           "opened_at,sys_updated_at,contact_type,location,category,subcategory,u_symptom,impact,urgency,priority,"
           "assignment_group,assigned_to,resolved_by,resolved_at,closed_at\n")


def row(number, state, updated, priority="3 - Moderate"):
    return (f"{number},{state},true,0,0,0,true,Caller 7,Opened by 1,2016-07-01T08:00,{updated},Email,Location 3,"
            f"Category 5,Subcategory 6,Symptom 7,2 - Medium,2 - Medium,{priority},Group 9,,Resolved by 2,,x\n")


LOG = (COLUMNS + row("INC1", "New", "2016-07-01T08:05") + row("INC2", "Active", "2016-07-01T08:06")
       + row("INC1", "Active", "2016-07-01T08:07", "1 - Critical") + row("INC2", "Resolved", "2016-07-01T08:09")
       + row("INC1", "Closed", "2016-07-02T08:00", "1 - Critical"))


class Desk:
    """Files what an import sends, by idempotency key."""

    def __init__(self, **refusals):
        self.keys, self.tickets, self.refusals = {}, 0, refusals

    def answers(self):
        methods = ("ticket.create", "ticket.classify", "contact.record", "progress.add", "ticket.solve",
                   "ticket.close", "ticket.reopen")
        return {method: lambda params, method=method: self.take(method, params) for method in methods}

    def take(self, method, params):
        refusal = self.refusals.get(method.replace(".", "_"))
        if refusal:
            raise refusal
        key = params["idempotency_key"]
        if key in self.keys:
            # Only a create's answer tells that it was given before.
            return dict(self.keys[key], **({"created": False} if method == "ticket.create" else {}))
        if method == "ticket.create":
            self.tickets += 1
        result = ({"ticket": str(self.tickets), "created": True} if method == "ticket.create"
                  else {"ticket": params["ticket"], "revision": 1})
        self.keys[key] = result
        return result


@test
def import_files_a_log_and_can_be_repeated():
    desk = Desk()
    with Daemon(desk.answers()) as daemon:
        done = run(daemon, "import", "--map", "incidents", "-", "--zone", "Europe/Lisbon", stdin=LOG)
        equal(done.code, 0)
        contains(done.out, "2 incidents, 5 updates, 8 calls")
        contains(done.out, "tickets: 2 created, 0 already there\ncalls: 8 accepted, 0 refused, 0 skipped")
        contains(done.err, "100 %")
        methods = [call[0] for call in daemon.calls]
        equal(methods[:2], ["ticket.create", "ticket.create"])
        first = daemon.calls[0][1]
        equal((first["ref"], first["received_at"], first["history"], first["idempotency_key"], first["channel"]),
              ("INC1", "2016-07-01T08:00:00+01:00", True, "incidents:INC1:0", "email"))
        one = [(method, params["at"], params["idempotency_key"]) for method, params in daemon.calls
               if params.get("ticket") == "1"]
        equal(one, [("ticket.classify", "2016-07-01T08:07:00+01:00", "incidents:INC1:1"),
                    ("contact.record", "2016-07-01T08:07:00+01:00", "incidents:INC1:2"),
                    ("ticket.solve", "2016-07-02T08:00:00+01:00", "incidents:INC1:3"),
                    ("ticket.close", "2016-07-02T08:00:00+01:00", "incidents:INC1:4")])
        again = json.loads(run(daemon, "import", "--map", "incidents", "-", "--json", "--zone", "Europe/Lisbon",
                               stdin=LOG).out)
        equal((again["created"], again["already_there"], again["accepted"]), (0, 2, 8))


@test
def import_counts_refusals_by_reason():
    desk = Desk(ticket_close=Refusal(1011, "gate_closed", "ticket", "missing: result"))
    with Daemon(desk.answers()) as daemon:
        done = run(daemon, "import", "--map", "incidents", "-", stdin=LOG)
        equal(done.code, 1)
        contains(done.out, "refused 1 × ticket.close: gate_closed (first on line 6: not yet possible, missing: result")
    desk = Desk(ticket_create=Refusal(-32602, "invalid_params", "urgency", "unknown"))
    with Daemon(desk.answers()) as daemon:
        report = json.loads(run(daemon, "import", "--map", "incidents", "-", "--json", stdin=LOG).out)
        equal((report["refused"], report["skipped"]), (2, 6))
        equal(report["reasons"]["ticket.create: invalid_params"],
              {"count": 2, "line": 2, "first": "urgency: unknown (invalid_params)"})


@test
def import_stops_when_the_daemon_needs_patience():
    desk = Desk(contact_record=Refusal(1006, "storage_unavailable", None, "database away", True))
    with Daemon(desk.answers()) as daemon:
        done = run(daemon, "import", "--map", "incidents", "-", stdin=LOG)
        equal(done.code, 1)
        contains(done.err, "stopped: database away (storage_unavailable)")
        contains(done.err, "goes on where this one ended")


@test
def a_lost_import_is_resumed_by_the_same_command():
    log = COLUMNS + "".join(row(f"INC{i}", state, f"2016-07-01T{8 + i // 60:02}:{i % 60:02}")
                            for i in range(300) for state in ("Active", "Closed"))
    desk = Desk()
    with Daemon(desk.answers(), hang_up_after=400) as daemon:
        done = run(daemon, "import", "--map", "incidents", "-", stdin=log)
        equal(done.code, 3)
        contains(done.err, "closed the connection")
        contains(done.out, " accepted, 0 refused")
        daemon.hang_up_after = None
        done = run(daemon, "import", "--map", "incidents", "-", stdin=log)
        equal(done.code, 0)
        equal((desk.tickets, len(desk.keys)), (300, 1200))


@test
def a_large_import_goes_in_batches_and_in_order():
    log = COLUMNS + "".join(row(f"INC{i}", state, f"2016-07-{1 + i // 1440:02}T{i // 60 % 24:02}:{i % 60:02}")
                            for i in range(2000) for state in ("New", "Active", "Resolved", "Closed"))
    desk = Desk()
    with Daemon(desk.answers()) as daemon, tempfile.NamedTemporaryFile(suffix=".csv.gz") as file:
        file.write(gzip.compress(log.encode()))
        file.flush()
        done = run(daemon, "import", "--map", "incidents", file.name)
        equal(done.code, 0)
        contains(done.out, "tickets: 2000 created, 0 already there\ncalls: 8000 accepted")
        assert daemon.most_in_flight <= 64, daemon.most_in_flight
        assert max(len(json.loads(line)) for line in daemon.lines if line.startswith(b"[")) > 1
        seen = {}
        for _, params in daemon.calls:
            number, count = params["idempotency_key"].split(":")[1:]
            equal(int(count), seen.get(number, -1) + 1)
            seen[number] = int(count)
        equal(len(done.err.splitlines()), 10)


@test
def import_can_stop_early_count_or_write_events():
    with Daemon() as daemon:
        words = ["import", "--map", "incidents", "-"]
        counted = json.loads(run(daemon, *words, "--dry-run", "--json", stdin=LOG).out)
        equal((counted["incidents"], counted["updates"], counted["calls"]), (2, 5, 8))
        early = json.loads(run(daemon, *words, "--dry-run", "--json", "--until", "2016-07-01", stdin=LOG).out)
        equal((early["updates"], early["left_out"]), (4, 1))
        done = run(daemon, *words, "--replay", stdin=LOG)
        equal((done.code, done.err), (0, ""))
        events = [json.loads(line) for line in done.out.splitlines()]
        equal(len(events), 8)
        equal([event["at"] for event in events], sorted(event["at"] for event in events))
        equal(sorted(events[0]), ["actor", "at", "method", "params", "role"])
        equal((events[0]["method"], events[0]["params"]["ref"], events[0]["role"]), ("ticket.create", "INC1", "gateway"))
        equal({event["params"]["ticket"] for event in events if "ticket" in event["params"]}, {"INC1", "INC2"})
        assert all(event["params"]["history"] for event in events)
        live = run(daemon, *words, "--replay", "--live", stdin=LOG).out
        assert "history" not in live
        equal({json.loads(line)["role"] for line in live.splitlines()}, {"intake", "handler"})
        equal(daemon.calls, [])


@test
def wrong_input_ends_with_4_and_its_line():
    gz = gzip.compress(LOG.encode() * 1)
    rows = [(b"", "stdin:1: the file is empty"), (b"a,b\n", "stdin:1: unknown column: a"),
            ((COLUMNS.replace(",made_sla", "")).encode(), "stdin:1: missing column: made_sla"),
            ((LOG + "INC1,New\n").encode(), "stdin:7: there are 2 fields instead of 24"),
            ((LOG + row("INC3", "Lost", "2016-07-01T08:05")).encode(), "stdin:7: incident_state: Lost"),
            (gz[:-20], "can't be read")]
    with Daemon() as daemon:
        for stdin, part in rows:
            done = run(daemon, "import", "--map", "incidents", "-", stdin=stdin)
            equal((part, done.code), (part, 4))
            contains(done.err, part)
        equal(run(daemon, "import", "--map", "incidents", "/nonexistent.csv").code, 4)
        equal(daemon.calls, [])


run_tests()
