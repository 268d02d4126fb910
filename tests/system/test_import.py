#!/usr/bin/env python3
"""A real company's incident log through the socket into a running duband: all of it, again, in halves, and in part.

Usage: test_import.py BUILD_DIR [NAME...]

What must be in the database afterwards is counted here from the log itself, by the rules that dubanctl(1) documents
and by none of the client's code. Without the test data all of it is skipped.
"""
import collections
import csv
import datetime
import gzip
import os
import signal
import subprocess
import time

import duban as system
from duban import main, need_data, same, seconds_of, wait_until

URGENCY = {"1": "very_urgent", "2": "urgent", "3": "general", "4": "general"}
WORKING = {"New", "Active", "Awaiting User Info", "Awaiting Vendor", "Awaiting Problem", "Awaiting Evidence", "-100"}
LOG = "incidents.csv.gz"
UNTIL = "2016-04-01"  # many incidents are open then


class Incident:
    """What one incident must look like in the end, as its rows go by."""

    def __init__(self, row):
        self.counts = collections.Counter(create=1)
        self.urgency = URGENCY[row["priority"][0]]
        self.received = min(row["opened_at"], row["sys_updated_at"])
        self.solved = self.closed = self.active = False
        self.rows = 0

    def take(self, row):
        self.rows += 1
        state, urgency = row["incident_state"], URGENCY[row["priority"][0]]
        if self.closed and state in ("Resolved", "Closed"):
            return
        if self.solved and state in WORKING:
            self.counts["reopen"] += 1
            self.solved = self.closed = False
        if urgency != self.urgency:
            self.counts["classify"] += 1
            self.urgency = urgency
        if state == "Resolved":
            self.counts["progress" if self.solved else "solve"] += 1
            self.solved = True
        elif state == "Closed":
            self.counts["solve"] += not self.solved
            self.counts["close"] += 1
            self.solved = self.closed = True
        else:
            self.work(state)

    def work(self, state):
        is_contact = state == "Awaiting User Info" or (state == "Active" and not self.active)
        self.active |= state == "Active"
        if is_contact:
            self.counts["contact"] += 1
        elif self.rows > 1 or state != "New":
            self.counts["progress"] += 1

    def expected(self):
        """As the database is asked: open, solved, urgency, received at, contacts, progress entries."""
        at = datetime.datetime.fromisoformat(self.received).replace(tzinfo=datetime.timezone.utc)
        return (not self.closed, self.solved, self.urgency, at.timestamp(), self.counts["contact"], self.counts["progress"])


def tally(until=None):
    """{incident: Incident} of the log, up to and including the day `until`."""
    incidents = {}
    with gzip.open(need_data(LOG), "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not until or row["sys_updated_at"][:10] <= until]
    rows.sort(key=lambda row: row["sys_updated_at"])  # stable: within a minute the file's order
    for row in rows:
        incidents.setdefault(row["number"], None)
        if incidents[row["number"]] is None:
            incidents[row["number"]] = Incident(row)
        incidents[row["number"]].take(row)
    return incidents


def stored(duban):
    """The same of the database, by the incident's number."""
    rows = duban.rows(
        "SELECT intake.reference, ticket.open, ticket.solved_at IS NOT NULL AS solved, ticket.urgency,"
        " extract(epoch FROM ticket.received_at)::float AS received, ticket.class_name, ticket.types,"
        " (SELECT count(*) FROM duban.contact WHERE contact.ticket = ticket.ticket) AS contacts, ticket.contacts AS told,"
        " (SELECT count(*) FROM duban.progress WHERE progress.ticket = ticket.ticket) AS progress"
        " FROM duban.ticket JOIN duban.intake USING (desk_id, ticket)")
    for row in rows:
        same((row["class_name"], row["types"]), ("request", "technical_service"), row["reference"])
        same(row["told"], row["contacts"], row["reference"] + ": counted contacts")
    return {row["reference"]: (row["open"], row["solved"], row["urgency"], row["received"], row["contacts"],
                               row["progress"]) for row in rows}


def check_against_log(duban, incidents):
    """Every incident is there once and as the log says; the journal has exactly the calls that it means."""
    there = stored(duban)
    same(len(there), len(incidents), "tickets")
    wrong = [(name, there.get(name), one.expected()) for name, one in incidents.items()
             if there.get(name) != one.expected()]
    same(wrong[:5], [], f"{len(wrong)} incidents differ")
    wanted = sum((one.counts for one in incidents.values()), collections.Counter())
    names = {"contact.record": "contact", "progress.add": "progress"}
    found = {names.get(kind, kind.split(".")[1]): int(count) for kind, count in duban.sql(
        "SELECT type, count(*) FROM duban.journal WHERE body LIKE '{\"actor\"%' GROUP BY 1")}
    same(found, {verb: count for verb, count in wanted.items() if count}, "calls in the journal")
    return sum(wanted.values())


def check_nobody_was_told(duban):
    """The past is on record and nobody was mailed about it."""
    told = duban.sql("SELECT DISTINCT state, detail FROM duban.notice")
    same(told, [["suppressed", "imported history"]], "states of notices")
    same(duban.mails(), [], "mails")


def due_times(duban):
    """Every clock's state and due time, from the database."""
    return duban.rows("SELECT ticket, clock, state, cycle, due_at, breached_at, rungs, reminders FROM duban.clock"
                      " WHERE open ORDER BY ticket, clock")


def shown_clocks(duban, tickets):
    """What the daemon answers about them, from memory."""
    with duban.client() as client:
        return client.pipeline(("clock.list", {"ticket": ticket}) for ticket in tickets)


def check_restart(duban):
    """A restart changes neither the fingerprint nor a single due time."""
    before = due_times(duban)
    tickets = list(dict.fromkeys(str(row["ticket"]) for row in before))[:2000]
    with duban.client() as client:
        digest = client.digest()
    shown = shown_clocks(duban, tickets)
    duban.restart()
    with duban.client() as client:
        same(client.digest(), digest, "digest after the restart")
        loaded = client.call("system.stats")["load"]
    same(loaded["quarantined"], 0, "rows that could not be restored")
    same(shown_clocks(duban, tickets), shown, "clocks after the restart")
    same(due_times(duban), before, "due times after the restart")
    return loaded


def run_import(duban, *words):
    """The import to its end; its summary's lines."""
    done = duban.ctl("import", "--map", "incidents", *words, need_data(LOG))
    assert done.returncode == 0, f"import ended with {done.returncode}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done.stdout


def everything_is_imported(world):
    """20,769 incidents: states, counts and urgencies as the log says; nobody told; the same after a restart."""
    incidents = tally()
    same(len(incidents), 20769, "incidents in the log")
    with world.duban() as duban:
        began = time.monotonic()
        summary = run_import(duban)
        print(f"# imported in {time.monotonic() - began:.0f} s: {summary.splitlines()[-1]}", flush=True)
        calls = check_against_log(duban, incidents)
        assert f"{calls} accepted, 0 refused, 0 skipped" in summary, summary
        assert f"tickets: {len(incidents)} created, 0 already there" in summary, summary
        check_nobody_was_told(duban)
        system.verify_numbers(duban)
        print(f"# restarted with {check_restart(duban)}", flush=True)
        check_again(duban, incidents, calls)
        print(f"# {system.verify_journal(duban)} journal rows verified", flush=True)


def check_again(duban, incidents, calls):
    """The same import once more: all of it is there already, and nothing changes (now also after the restart)."""
    with duban.client() as client:
        before, digest = duban.counts(), client.digest()
        began = time.monotonic()
        summary = run_import(duban)
        print(f"# again in {time.monotonic() - began:.0f} s", flush=True)
        assert f"tickets: 0 created, {len(incidents)} already there" in summary, summary
        assert f"{calls} accepted, 0 refused, 0 skipped" in summary, summary
        same(duban.counts(), before, "rows after importing again")
        same(client.digest(), digest, "digest after importing again")


def interrupted_import_is_resumed(world):
    """SIGINT in the middle, then the same command again: the end is that of one import without interruption."""
    incidents = tally(UNTIL)
    with world.duban() as duban:
        words = [duban.dubanctl, "import", "--map", "incidents", "--until", UNTIL, str(need_data(LOG))]
        with open(duban.directory / "import.out", "wb") as out:
            process = subprocess.Popen(words, stdout=out, stderr=out, env={**os.environ, "DUBAN_SOCKET": str(duban.socket)})
        wait_until(lambda: duban.number("SELECT count(*) FROM duban.request_key") > 5000, 60, "a part of the import")
        process.send_signal(signal.SIGINT)
        same(process.wait(30), 5, "exit code of the interrupted import")
        created = duban.number("SELECT count(*) FROM duban.intake")
        assert 0 < created < len(incidents), created
        summary = run_import(duban, "--until", UNTIL)
        there = int(summary.split(" already there")[0].split()[-1])
        assert there >= created, (created, summary)
        assert f"tickets: {len(incidents) - there} created, {there} already there" in summary, summary
        check_against_log(duban, incidents)
        check_nobody_was_told(duban)
        system.verify_numbers(duban)
        system.verify_journal(duban)


def import_of_a_part_leaves_many_open(world):
    """Up to a day in April: what is open keeps its due times over a restart, and nobody is told yet."""
    incidents = tally(UNTIL)
    still_open = sum(not one.closed for one in incidents.values())
    assert still_open > 1000, still_open
    with world.duban() as duban:
        run_import(duban, "--until", UNTIL)
        check_against_log(duban, incidents)
        with duban.client() as client:
            same(client.call("system.info")["desks"][0]["open_tickets"], still_open, "open tickets")
        loaded = check_restart(duban)
        same(loaded["tickets"], still_open, "tickets loaded")
        print(f"# restarted with {loaded}", flush=True)
        check_nobody_was_told(duban)
        late = max((seconds_of(row["due_at"]) for row in due_times(duban) if row["state"] == "running"), default=0)
        assert late, "no clock runs on"
        same(duban.missed(), [], "missed_escalations while history is being imported")


if __name__ == "__main__":
    main([everything_is_imported, interrupted_import_is_resumed, import_of_a_part_leaves_many_open])
