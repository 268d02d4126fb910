#!/usr/bin/env python3
"""The wall clock is set while duband runs: seen, journaled, and nothing is told early, twice or never.

Usage: test_clock.py BUILD_DIR [NAME...]

The daemon runs with another clock_gettime in front of the C library's (clock_shim.c), which a file moves.
"""
import json
import os
import time

import duban as system
from duban import a_ticket, clock_of, main, quick_regime, same, wait_until

HOUR_MS = 3600 * 1000


class MovableClock:
    """The environment of a daemon whose wall clock a test sets."""

    def __init__(self, directory, build):
        self.file = directory / "clock"
        self.build, self.before = build, {}
        self.set(0)

    def set(self, offset_ms):
        new = self.file.with_suffix(".new")
        new.write_text(str(offset_ms), encoding="utf-8")
        new.rename(self.file)

    def __enter__(self):
        wanted = {"LD_PRELOAD": system.program(self.build, "tests/clock_shim.so", "tests/libclock_shim.so"),
                  "DUBAN_TEST_CLOCK": str(self.file)}
        self.before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        return self

    def __exit__(self, *_):
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def started(world, clock, regime):
    """A daemon on that clock; the test itself stays on the true one."""
    duban = world.duban(regime=regime)
    with clock:
        duban.start()
    return duban


def steps_of(duban):
    return [json.loads(row["body"]) for row in
            duban.rows("SELECT body FROM duban.journal WHERE type = 'clock.stepped' ORDER BY sequence")]


def rungs_told(duban, ticket):
    return [notice["rung"] for notice in duban.notices(f"ticket = {ticket} AND clock = 'first_contact' AND rung > 0")]


def is_breached(client, ticket):
    return clock_of(client.call("clock.list", ticket=ticket), "first_contact")["state"] == "breached"


def set_back_an_hour(world):
    """Told once before, and not again when the hour comes a second time; what is due later waits for its time."""
    clock = MovableClock(world.directory, world.build)
    duban = started(world, clock, quick_regime(2))
    try:
        with duban.client() as client:
            told = client.call("ticket.create", **a_ticket(urgency="general"))["ticket"]
            wait_until(lambda: is_breached(client, told), 10, "the breach")
            wait_until(lambda: len(rungs_told(duban, told)) >= 3, 10, "the whole ladder")
            before = rungs_told(duban, told)
            clock.set(-HOUR_MS)
            wait_until(lambda: client.call("system.ping") and client.call("system.stats")["loop"]["clock_steps"] == 1, 10,
                       "the step to be seen")
            later = client.call("ticket.create", **a_ticket(urgency="general"))["ticket"]
            assert not is_breached(client, later), "breached an hour early"
            wait_until(lambda: is_breached(client, later), 10, "the breach in the hour that came again")
            time.sleep(1)
            same(rungs_told(duban, told), before, "rungs told after the clock was set back")
            clock.set(0)
            wait_until(lambda: client.call("system.ping") and client.call("system.stats")["loop"]["clock_steps"] == 2, 10,
                       "the step forward to be seen")
            duban.wait_drained()
        same(sorted(rungs_told(duban, told)), sorted(before), "rungs told in the end")
        steps = steps_of(duban)
        same([step["from"] > step["to"] for step in steps], [True, False], "from and to")
        same(len(duban.log_lines("clock_stepped")), 2, "lines in the log")
        system.verify_notices(duban)
        system.verify_journal(duban)
    finally:
        duban.end()


def set_forward_a_day(world):
    """All that became due is told at once, the first rung only; and once."""
    clock = MovableClock(world.directory, world.build)
    duban = started(world, clock, system.REGIME.read_text(encoding="utf-8"))
    try:
        with duban.client() as client:
            tickets = [client.call("ticket.create", **a_ticket(urgency="general"))["ticket"] for _ in range(20)]
            clock.set(24 * HOUR_MS + 1000)
            wait_until(lambda: client.call("system.ping") and all(is_breached(client, ticket) for ticket in tickets), 10,
                       "every limit to be missed")
            duban.wait_drained()
        for ticket in tickets:
            same(rungs_told(duban, ticket), [1], f"rungs of ticket {ticket}")
        same(len(steps_of(duban)), 1, "steps")
        same(duban.number("SELECT count(*) FROM duban.journal WHERE type = 'clock.breached'"),
             duban.number("SELECT count(*) FROM duban.clock WHERE state = 'breached'"), "verdicts")
        system.verify_notices(duban)
        system.verify_journal(duban)
    finally:
        duban.end()


if __name__ == "__main__":
    main([set_back_an_hour, set_forward_a_day])
