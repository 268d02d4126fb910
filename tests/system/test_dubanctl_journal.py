#!/usr/bin/env python3
"""dubanctl's reading of the journal against a small fake daemon: pages, holes, damage, a daemon that goes on writing.

Run as: python3 tests/system/test_dubanctl_journal.py BUILD_DIR
Prints "ok NAME" or "not ok NAME" for each test and "N passed, N failed" at the end.
"""
import json

from fake_daemon import TOP, Daemon, contains, equal, run, run_tests, test

REGIME = f"{TOP}/etc/regimes/nq510201.ini"
CREATE = {"class": "request", "type": "technical_service", "urgency": "general", "channel": "phone",
          "customer": {"name": "海港医院"}, "contact": {"name": "李雷", "phone": "1"}, "subject": "x"}


def row(sequence, kind, ticket=None, params=None, at="2026-03-02T01:00:00Z", **body):
    body = {"actor": "chen.jie", "role": "intake", **body}
    if params is not None:
        body.update(method=kind, params=params)
    return {"seq": sequence, "at": at, "ticket": ticket, "type": kind, "body": json.dumps(body, ensure_ascii=False), "hash": "00"}


class Journal:
    """Serves rows by journal.read; `newest` is what it says of itself when asked first."""

    def __init__(self, rows, newest=None):
        self.rows, self.newest, self.asked = rows, len(rows) if newest is None else newest, []

    def read(self, params):
        self.asked.append(params)
        return {"rows": [row for row in self.rows if row["seq"] >= params.get("from_seq", 1)][:params.get("limit", 100)]}

    def answers(self):
        return {"journal.read": self.read, "system.stats": lambda params: {"desk": {"journal_sequence": self.newest}}}


def events_of(journal, *words):
    with Daemon(journal.answers()) as daemon:
        return run(daemon, "journal", "--events", *words)


def lines_of(done):
    equal((done.code, done.err), (0, ""))
    return [json.loads(line) for line in done.out.splitlines()]


@test
def another_ticket_by_id_and_number():
    rows = [*many(2), row(3, "ticket.merge", "1", {"ticket": "1", "into": "2"}),
            row(4, "ticket.link", "1", {"ticket": "1", "to": "N-2"}), row(5, "ticket.link", "1", {"ticket": "1", "to": "N-9"}),
            row(6, "ticket.link", "1", {"ticket": "1", "to": "77"}), row(7, "progress.add", "1", {"ticket": "1", "to": "N-9"})]
    done = events_of(Journal(rows))
    equal(done.code, 0)
    named = [(line["method"], line["params"].get("into", line["params"].get("to"))) for line in map(json.loads, done.out.splitlines())]
    equal(named[2:], [("ticket.merge", "2"), ("ticket.link", "2"), ("progress.add", "N-9")])
    contains(done.err, "2 rows left out")


def many(count):
    return [row(i + 1, "ticket.create", str(i + 1), CREATE, number=f"N-{i + 1}") for i in range(count)]


@test
def pages_until_the_newest_row():
    for count in (1, 99, 100, 101, 250):
        journal = Journal(many(count))
        lines = lines_of(events_of(journal))
        equal([line["params"]["ref"] for line in lines], [str(i + 1) for i in range(count)])
        assert len(journal.asked) <= count // 100 + 1, journal.asked


@test
def a_daemon_that_goes_on_writing():
    equal(len(lines_of(events_of(Journal(many(150), newest=120)))), 120)


@test
def a_row_that_is_not_committed_yet():
    equal(len(lines_of(events_of(Journal(many(120), newest=125)))), 120)


@test
def an_empty_journal():
    equal(lines_of(events_of(Journal([]))), [])


@test
def time_passes_to_the_last_verdict():
    rows = [*many(2), row(3, "clock.breached", "1", at="2026-03-03T01:00:00Z", clock="plan")]
    equal(lines_of(events_of(Journal(rows)))[2:], [{"at": "2026-03-03T01:00:00+00:00", "method": "clock.advance"}])


@test
def a_clock_that_was_set_back():
    rows = [*many(1), row(2, "ticket.close", "1", {"ticket": "1"}, at="2026-03-02T00:59:00Z"),
            row(3, "ticket.reopen", "1", {"ticket": "1"}, at="2026-03-02T01:00:01Z")]
    equal([line["at"] for line in lines_of(events_of(Journal(rows)))],
          ["2026-03-02T01:00:00+00:00", "2026-03-02T01:00:00+00:00", "2026-03-02T01:00:01+00:00"])


@test
def damage_ends_it_with_the_number():
    good = many(3)
    cases = [
        ([*good[:1], good[2]], "journal row 2: it is missing"),
        ([*good, row(4, "ticket.create", "2", CREATE)], "journal row 4: it filed a ticket that was filed before"),
        ([*good, dict(good[0], seq=4, body="{")], "journal row 4: its body is no JSON object"),
        ([*good, dict(good[0], seq=4, at="soon")], "journal row 4: its time can't be read"),
        ([*good, row(4, "ticket.fold", "1", {"ticket": "1"})], "journal row 4: this dubanctl does not know its method"),
        ([*good, {"body": "{}"}], "journal row 4: it has no sequence number"),
    ]
    for rows, sentence in cases:
        journal = Journal(rows, newest=10)
        journal.read = lambda params, rows=rows: {"rows": rows}
        with Daemon(journal.answers()) as daemon:
            for words in (("journal", "--events"), ("replay", "--journal", "--policy", REGIME, "--quiet"),
                          ("replay", "--journal", "--policy", REGIME, "--against", REGIME)):
                done = run(daemon, *words)
                equal((done.code, done.err), (1, f"dubanctl: {sentence}\n"))
            equal(run(daemon, "replay", "--journal", "--policy", REGIME, "--against", REGIME, "--exit-code").code, 4)


@test
def a_row_that_replay_cannot_read():
    rows = [*many(1), row(2, "ticket.close", "1", {"ticket": "1"}, role="queen")]
    with Daemon(Journal(rows).answers()) as daemon:
        done = run(daemon, "replay", "--journal", "--policy", REGIME, "--quiet")
        equal(done.code, 1)
        contains(done.err, "journal row 2: unknown role 'queen'")


@test
def a_daemon_that_hangs_up():
    with Daemon(Journal(many(250)).answers(), hang_up_after=3) as daemon:
        done = run(daemon, "replay", "--journal", "--policy", REGIME, "--against", REGIME)
        equal((done.code, done.out), (3, ""))


@test
def one_tickets_rows_have_gaps():
    rows = [row(3, "ticket.create", "7", CREATE), row(9, "ticket.close", "7", {"ticket": "N-7"})]
    lines = lines_of(events_of(Journal(rows, newest=20), "--ticket", "7"))
    equal([line["params"].get("ref", line["params"].get("ticket")) for line in lines], ["7", "7"])


run_tests()
