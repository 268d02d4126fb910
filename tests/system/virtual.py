"""A daemon in a time of the test's own: real PostgreSQL, real mail, and weeks that pass in seconds.

    clock = VirtualClock("2026-03-02 09:00", directory, build)
    with clock:
        duban.start()
    clock.follow(duban)
    clock.until("2026-03-09 18:00")
    clock.close()

Wall and monotonic clock go together, so that for the daemon nothing was set and time just passed. It passes from one
deadline to the next, and goes on only when what the last one caused is committed and mailed: everything is found in its
time, as it would be in real weeks. Beijing's clock, as in the regimes.
"""
import os
import time

import duban as system
from duban import seconds_of, wait_until
from year.almanac import at, written


class VirtualClock:
    """Time for the daemons that are started within; the test's own process stays on the true one."""

    def __init__(self, begin, directory, build):
        self.file, self.build, self.before, self.client = directory / "clock", build, {}, None
        self.offset_s = at(begin) - time.time()
        self._write()

    def _write(self):
        new = self.file.with_suffix(".new")
        new.write_text(str(round(self.offset_s * 1000)), encoding="utf-8")
        new.rename(self.file)

    def __enter__(self):
        wanted = {"LD_PRELOAD": system.program(self.build, "tests/clock_shim.so", "tests/libclock_shim.so"),
                  "DUBAN_TEST_CLOCK": str(self.file), "DUBAN_TEST_CLOCK_PASSES": "1"}
        self.before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        return self

    def __exit__(self, *_):
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def close(self):
        if self.client:
            self.client.close()

    def now(self):
        return time.time() + self.offset_s

    def text(self, later_s=0):
        """An instant of this time, RFC 3339."""
        return written(int(self.now() + later_s))

    def follow(self, duban, **hello):
        """The daemon whose deadlines time stops at; after a restart again. `hello` may name its desk."""
        self.close()
        self.client = duban.client()
        self.client.call("system.hello", client="test", protocol=[1], **hello)

    def _is_settled(self):
        stats = self.client.call("system.stats")
        wakes_at = stats["loop"]["wakes_at"]
        return (stats["loop"]["waiting_rows"] == 0 and stats["desk"]["queued_notices"] == 0
                and (wakes_at is None or seconds_of(wakes_at) > self.now()) and stats)

    def settle(self):
        """Until what is due is judged, committed and mailed; when the next deadline is, in seconds, or None."""
        stats = wait_until(self._is_settled, 60, "everything to be judged, committed and mailed", 0.003)
        wakes_at = stats["loop"]["wakes_at"]
        return None if wakes_at is None else seconds_of(wakes_at)

    def until(self, when):
        """Lets time pass until "2026-03-09 18:00" or so many seconds since 1970."""
        goal = at(when) if isinstance(when, str) else when
        assert goal >= self.now(), f"{when} is over"
        while True:
            due = self.settle()
            stop = goal if due is None else min(due, goal)
            self.offset_s += max(stop - self.now(), 0) + 0.001
            self._write()
            if stop == goal:
                self.settle()
                return

    def more(self, seconds):
        self.until(self.now() + seconds)
