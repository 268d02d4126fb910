#!/usr/bin/env python3
"""A schedule fires around kill -9: one ticket, one notice and one row of schedule_run for each occurrence, whatever dies.

Usage: test_schedule_kill.py BUILD_DIR [--rounds N] [--seed N]

Every round is a day of the daemon's own clock (clock_shim.c), and at nine three schedules fire: one of the desk, one
for each active contract, one that tells somebody. The daemon is killed

    before    the instant, which passes while it is dead;
    judged    after it has judged the run, which waits in PostgreSQL: the transaction is held back by a lock, and ended;
    survived  in the same way, but the transaction is let go behind the dead daemon;
    late      in the same way as judged, but it had found the run late, in its first turn after downtime;
    told      as soon as the rows can be seen;
    closing   so many milliseconds after the instant: nearer to the COMMIT with each round, by whether the last kill
              came before or behind it.

Whether a kill came where it was meant to is looked at in the database before the next start, and the sum is checked.
"""
import argparse
import datetime
import random
import subprocess
import sys
import time

import duban as system
from duban import run_tests, same, wait_until
from test_clock import MovableClock

REGIME = (system.ROOT / "tests/scenario/regimes/contracts.ini").read_text(encoding="utf-8") + """
[schedule review]
title    = 每日评审 | Daily review
at       = FREQ=DAILY 09:00
opens    = class review, type care, urgency general
subject  = review {date} | review {date}
missed   = run each

[schedule care]
title    = 每日关怀 | Daily care
over     = contracts
when     = status active
at       = FREQ=DAILY 09:00
opens    = class visit, type care, urgency general
subject  = care {id} {date} | care {id} {date}

[schedule word]
title    = 每日提醒 | Daily word
over     = contracts
when     = status active
at       = FREQ=DAILY 09:00
sends    = template renewal_notice to service_head
"""
ACTIVE = ("C-1", "C-2", "C-3")
OWED = (("review", ("",), "opened"), ("care", ACTIVE, "opened"), ("word", ACTIVE, "told"))  # every day
ZONE = datetime.timezone(datetime.timedelta(hours=8))
BEGINS = datetime.datetime(2026, 12, 1, 8, 0, tzinfo=ZONE)  # what the daemon's clock shows first
HOUR, SECOND = datetime.timedelta(hours=1), datetime.timedelta(seconds=1)
LEAD = datetime.timedelta(seconds=1)  # from a start to the instant
WAITING = "SELECT pid FROM pg_stat_activity WHERE usename = 'duban_daemon' AND wait_event_type = 'Lock' AND datname = '{}'"
LIVING = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'duban_daemon' AND datname = '{}'"


WANTED_DEATHS = {"before", "told", "judged, and ended with it", "found late, and lost", "ahead of the COMMIT",
                 "behind the COMMIT"}


class Calendar:
    """The days of the daemon's clock; a day's number is the round's."""

    def __init__(self, clock):
        self.clock, self.day = clock, 0

    def nine(self, day=None):
        return BEGINS.replace(hour=9) + datetime.timedelta(days=self.day if day is None else day)

    def show(self, at):
        """From now on the daemon's clock shows this."""
        self.clock.set(round((at.timestamp() - time.time()) * 1000))
        self.ahead_s = at.timestamp() - time.time()

    def left_s(self):
        """Until nine o'clock of the daemon's day."""
        return self.nine().timestamp() - time.time() - self.ahead_s

    def wait_past_nine(self, more_s=0.0):
        """To the instant itself, and so much behind it."""
        until = time.monotonic() + self.left_s() + more_s
        time.sleep(max(0, until - time.monotonic() - 0.002))
        while time.monotonic() < until:
            pass


class Held:
    """Nobody writes to schedule_run: the transaction of a daemon that does waits until this ends."""

    def __init__(self, duban):
        self.duban = duban

    def __enter__(self):
        postgres = self.duban.postgres
        command = [postgres._program("psql"), "-X", "-q", "-A", "-t", "-d", postgres.conninfo(self.duban.database)]
        self.psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.psql.stdin.write("BEGIN; LOCK TABLE duban.schedule_run IN EXCLUSIVE MODE; SELECT 'held';\n")
        self.psql.stdin.flush()
        same(self.psql.stdout.readline(), "held\n", "the lock")
        return self

    def __exit__(self, *_):
        self.psql.stdin.close()
        self.psql.wait(30)
        self.psql.stdout.close()

    def wait_for_waiting(self):
        """The process of the server that waits for the lock, at the daemon's request."""
        query = WAITING.format(self.duban.database)
        return wait_until(lambda: self.duban.sql(query), 20, "the daemon's transaction to wait", 0.005)[0][0]


# --- the ways to die ---

def wait_for_the_dead(duban):
    """Until no process of the server acts for the daemon that was killed."""
    query = LIVING.format(duban.database)
    wait_until(lambda: duban.value(query) == "0", 20, "the server to notice", 0.005)


def runs_of(duban, day_at):
    return duban.number(f"SELECT count(*) FROM duban.schedule_run WHERE occurrence_at = '{day_at.isoformat()}'")


def start(duban, clock):
    with clock:
        duban.start()


def dies_before(duban, calendar, _):
    """An hour before, and the next start is a second late."""
    calendar.show(calendar.nine() - HOUR)
    start(duban, calendar.clock)
    duban.kill()
    same(runs_of(duban, calendar.nine()), 0, "runs before their time")
    calendar.show(calendar.nine() + SECOND)
    return "before"


def dies_in_transaction(duban, calendar, takes_it_along):
    """The daemon's transaction waits; the daemon dies; then the transaction is ended, or goes on."""
    with Held(duban) as held:
        with calendar.clock:
            duban.spawn()
        backend = held.wait_for_waiting()
        duban.kill()
        if takes_it_along:
            same(duban.value(f"SELECT pg_terminate_backend({backend})"), "t", "pg_terminate_backend")
            wait_for_the_dead(duban)
    wait_for_the_dead(duban)
    count = runs_of(duban, calendar.nine())
    assert not takes_it_along or count == 0, "committed by a process that was ended"
    return count


def dies_judged(duban, calendar, _):
    calendar.show(calendar.nine() - LEAD)
    dies_in_transaction(duban, calendar, True)
    return "judged, and ended with it"


def dies_survived(duban, calendar, _):
    calendar.show(calendar.nine() - LEAD)
    count = dies_in_transaction(duban, calendar, False)
    return "carried out although it was dead" if count else "given up by the server"


def dies_late(duban, calendar, dice):
    dies_before(duban, calendar, dice)
    dies_in_transaction(duban, calendar, True)
    return "found late, and lost"


def dies_told(duban, calendar, _):
    calendar.show(calendar.nine() - LEAD)
    start(duban, calendar.clock)
    wait_until(lambda: runs_of(duban, calendar.nine()), 20, "the runs", 0.005)
    duban.kill()
    return "told"


class Closing:
    """Ever nearer to the COMMIT, from both sides; negative: before the instant."""

    def __init__(self):
        self.low_s, self.high_s = -0.03, 0.03

    def __call__(self, duban, calendar, dice):
        at_s = dice.uniform(self.low_s, self.high_s)
        calendar.show(calendar.nine() - LEAD)
        start(duban, calendar.clock)
        calendar.wait_past_nine(at_s)
        duban.kill()
        wait_for_the_dead(duban)
        if runs_of(duban, calendar.nine()):
            self.high_s = (self.high_s + at_s) / 2
            return "behind the COMMIT"
        self.low_s, self.high_s = (self.low_s + at_s) / 2, max(self.high_s, at_s + 0.01)
        return "ahead of the COMMIT"


# --- what must hold ---

def wanted(calendar, days):
    """What every day owes: (schedule, record, instant, outcome)."""
    return sorted((schedule, record, calendar.nine(day).timestamp(), outcome) for day in range(days)
                  for schedule, records, outcome in OWED for record in records)


def look(duban, calendar, days):
    """Each occurrence once, in every table that knows of it."""
    runs = duban.rows("SELECT schedule, record, occurrence_at, outcome, ticket FROM duban.schedule_run")
    got = sorted((row["schedule"], row["record"], system.seconds_of(row["occurrence_at"]), row["outcome"]) for row in runs)
    same(got, wanted(calendar, days), "schedule_run")
    subjects = {(row["subject"], row["ticket"]) for row in duban.rows("SELECT subject, ticket FROM duban.intake")}
    due = {(f"{row['schedule']} {row['record']} ".replace("  ", " ") + day_of(row["occurrence_at"]), row["ticket"])
           for row in runs if row["ticket"]}
    same(subjects, due, "tickets")
    same(len(subjects), days * 4, "tickets")
    journaled = dict(duban.sql("SELECT type, count(*) FROM duban.journal WHERE type LIKE 'schedule.%'"
                               " AND type <> 'schedule.began' GROUP BY 1"))
    same(journaled, {"schedule.opened": str(days * 4), "schedule.told": str(days * 3)}, "journal rows")
    same(duban.number("SELECT count(*) FROM duban.notice WHERE template_name = 'renewal_notice'"), days * 3, "notices")


def day_of(text):
    return datetime.datetime.fromtimestamp(system.seconds_of(text), ZONE).strftime("%Y-%m-%d")


def wait_until_all_ran(duban, calendar):
    wait_until(lambda: runs_of(duban, calendar.nine()) == len(ACTIVE) * 2 + 1, 20, "every run of the day", 0.005)


def one_round(duban, calendar, dice, way):
    """A start shortly before nine, a death, another start: and all of the day is there once."""
    came = way(duban, calendar, dice)
    start(duban, calendar.clock)
    wait_until_all_ran(duban, calendar)
    duban.kill()  # and nothing is repeated behind this one
    look(duban, calendar, calendar.day + 1)
    calendar.day += 1
    return came


def put_records(duban):
    with duban.client() as client:
        client.call("customer.put", id="K-1", fields={"name": "华信物流"})
        for id_ in (*ACTIVE, "C-ended"):
            client.call("contract.put", id=id_, fields={
                "number": id_, "customer": "K-1", "status": "ended" if id_ == "C-ended" else "active",
                "signed": "2026-01-05", "expires": "2026-12-31"})


def look_at_the_end(duban, calendar):
    """One more life without a firing: the same fingerprint, no row more, and every word has left once."""
    start(duban, calendar.clock)
    duban.wait_drained()
    with duban.client() as client:
        digest = client.digest()
    duban.kill()
    start(duban, calendar.clock)
    with duban.client() as client:
        same(client.digest(), digest, "digest")
    look(duban, calendar, calendar.day)
    system.verify_notices(duban)
    system.verify_journal(duban)


def fires_once_around_kills(world):
    """As many rounds as are asked for, the ways to die in turn."""
    dice, calendar = random.Random(OPTIONS.seed), Calendar(MovableClock(world.directory, world.build))
    closing, came = Closing(), {}
    print(f"# seed {OPTIONS.seed}, {OPTIONS.rounds} rounds", flush=True)
    ways = [dies_before, closing, dies_judged, closing, dies_told, closing, dies_late, closing, dies_survived, closing]
    duban = world.duban(regime=REGIME)
    try:
        calendar.show(BEGINS)
        start(duban, calendar.clock)
        put_records(duban)
        duban.kill()
        for number in range(OPTIONS.rounds):
            name = one_round(duban, calendar, dice, ways[number % len(ways)])
            came[name] = came.get(name, 0) + 1
        look_at_the_end(duban, calendar)
        print(f"# {came}; the COMMIT comes {closing.low_s * 1000:.1f} to {closing.high_s * 1000:.1f} ms behind the"
              " instant", flush=True)
        same(WANTED_DEATHS - set(came), set(), "deaths that no round came to")
    finally:
        duban.end()


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=18)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    return parser.parse_args()


if __name__ == "__main__":
    OPTIONS = read_options()
    sys.exit(run_tests([fires_once_around_kills], OPTIONS.build))
