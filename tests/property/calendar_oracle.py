#!/usr/bin/env python3
"""Compares the C calendar with an oracle that shares nothing with it but the rules.

The oracle marks every five minutes (every minute, where a zone needs it) of a window of time as open or
closed, using Python's zoneinfo for what wall clocks show, and answers by counting marks. The rules come from
the domain text: an opening in an hour that comes twice is the first and a closing the last, a skipped wall
time moves forward to the first that exists, a day that never came is no working day.

    calendar_oracle.py PROBE [--cases N] [--seed N] [--zoneinfo DIRECTORY]

PROBE is the program built from calendar_probe.c. Exits 1 on the first zone with differences (printing some).
"""
import argparse
import bisect
import calendar
import datetime
import itertools
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
EPOCH_ORDINAL = EPOCH.toordinal()
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
DAY_MS = 86_400_000

# zone, first year of the window, years, minutes between two marks
WINDOWS = [
    ("Asia/Shanghai", 2024, 3, 5),
    ("Asia/Shanghai", 1986, 3, 5),  # China had summer time then
    ("Etc/UTC", 2030, 2, 5),
    ("Europe/Berlin", 2025, 3, 5),
    ("Europe/Berlin", 2096, 3, 5),  # far beyond the file, 2100 is no leap year
    ("Europe/London", 2036, 3, 5),  # where the file ends and the rule goes on
    ("Europe/Dublin", 2026, 2, 5),  # winter time is the exception there
    ("America/New_York", 2026, 3, 5),
    ("America/Los_Angeles", 2189, 3, 5),
    ("America/Sao_Paulo", 2016, 3, 5),  # changed at midnight
    ("America/Havana", 2025, 2, 5),  # 00:00 is skipped, 00:00-01:00 comes twice
    ("America/Santiago", 2026, 2, 5),  # changes at 24:00
    ("America/St_Johns", 2007, 1, 1),  # changed at 00:01
    ("Africa/Casablanca", 2026, 2, 5),  # Ramadan
    ("Africa/Cairo", 2025, 2, 5),
    ("Asia/Tehran", 2020, 3, 5),
    ("Asia/Gaza", 2026, 2, 5),
    ("Asia/Kathmandu", 2027, 2, 5),
    ("Australia/Lord_Howe", 2026, 3, 5),  # half an hour
    ("Australia/Lord_Howe", 2040, 2, 5),
    ("Australia/Sydney", 2026, 2, 5),
    ("Pacific/Apia", 2010, 3, 5),  # had no 2011-12-30
    ("Pacific/Auckland", 2031, 2, 5),
    ("Pacific/Chatham", 2026, 2, 5),  # quarter hours
]


class Window:
    """A stretch of time cut into cells; `wall[i]` is what clocks show at the start of cell i, in minutes."""

    def __init__(self, name, year, years, step):
        self.zone = zoneinfo.ZoneInfo(name)
        self.name, self.step_ms = name, step * 60_000
        first = datetime.datetime(year, 1, 1, tzinfo=UTC)
        self.start_ms = int(first.timestamp()) * 1000
        self.end_ms = int(datetime.datetime(year + years, 1, 1, tzinfo=UTC).timestamp()) * 1000
        self.cells = (self.end_ms - self.start_ms) // self.step_ms
        delta = datetime.timedelta(minutes=step)
        self.wall, self.first, self.last, self.gaps, self.folds = [], {}, {}, [], []
        at, before = first, None
        for cell in range(self.cells):
            shown = at.astimezone(self.zone).replace(tzinfo=None) - EPOCH
            minute = shown.days * 1440 + shown.seconds // 60
            if before is not None and minute > before + step:
                self.gaps.append((before + step, minute, cell))
            if before is not None and minute < before + step:
                self.folds.append(cell)
            self.wall.append(minute)
            self.first.setdefault(minute, cell)
            self.last[minute] = cell
            before = minute
            at += delta
        self.days = {minute // 1440 for minute in self.wall}

    def at(self, cell):
        return self.start_ms + cell * self.step_ms

    def cell_of(self, minute, seen):
        """The cell at which clocks show a wall minute; None outside the window."""
        if minute in seen:
            return seen[minute]
        for low, high, cell in self.gaps:
            if low <= minute < high:
                return cell
        return None

    def edge_days(self):
        """Days near a change of the clocks: where mistakes live."""
        return [self.wall[cell] // 1440 for cell in [gap[2] for gap in self.gaps] + self.folds]


class Calendar:
    """Facts, and the marks they make in a window."""

    def __init__(self, window, week, exceptions):
        self.window, self.week, self.exceptions = window, week, exceptions
        marks = bytearray(window.cells)
        for day in window.days:
            for opens, closes in self.hours(day):
                low = window.cell_of(day * 1440 + opens, window.first)
                high = window.cell_of(day * 1440 + closes, window.last)
                if low is None and high is None:
                    continue
                low = 0 if low is None else low
                high = window.cells if high is None else high
                if high > low:
                    marks[low:high] = b"\1" * (high - low)
        self.marks = bytes(marks)
        self.sums = list(itertools.accumulate(marks, initial=0))

    def hours(self, day):
        if day not in self.window.days:
            return []
        return self.exceptions.get(day, self.week[(day + 3) % 7])

    def cell(self, at):
        return (at - self.window.start_ms) // self.window.step_ms

    def open_ms(self, at):
        """Open time from the window's start."""
        cell, step = self.cell(at), self.window.step_ms
        inside = (at - self.window.start_ms) % step if self.marks[cell] else 0
        return self.sums[cell] * step + inside

    def is_open(self, at):
        return bool(self.marks[self.cell(at)])

    def next_open(self, at):
        if self.is_open(at):
            return at
        cell = self.marks.find(1, self.cell(at))
        return None if cell < 0 else self.window.at(cell)

    def next_close(self, at):
        opens = self.marks.find(1, self.cell(at))
        closes = self.marks.find(0, opens) if opens >= 0 else -1
        return None if closes < 0 else self.window.at(closes)

    def add(self, at, span):
        step, start = self.window.step_ms, self.window.start_ms
        if span == 0:
            cell = self.cell(at)
            is_edge = (at - start) % step == 0 and cell > 0 and self.marks[cell - 1]
            return at if is_edge else self.next_open(at)
        target = self.open_ms(at) + span
        if span > 0:
            cell = bisect.bisect_left(self.sums, -(-target // step))
            if cell >= len(self.sums):
                return None
            return start + (cell - 1) * step + target - self.sums[cell - 1] * step
        if target < 0:
            return None
        cell = bisect.bisect_right(self.sums, target // step) - 1
        if cell == 0 or cell >= self.window.cells:
            return None
        return start + cell * step + target - self.sums[cell] * step

    def wall_day(self, at):
        return self.window.wall[self.cell(at)] // 1440

    def nth_working_day(self, day, count, direction):
        if count == 0:
            day -= direction
            count = 1
        lowest, highest = min(self.window.days), max(self.window.days)
        while count:
            day += direction
            if not lowest <= day <= highest:
                return None
            count -= bool(self.hours(day))
        return day

    def on_day(self, day, minute, seen):
        if day is None:
            return None
        cell = self.window.cell_of(day * 1440 + minute, seen)
        return None if cell is None else self.window.at(cell)

    def add_working_days(self, at, count):
        day = self.nth_working_day(self.wall_day(at), count, 1)
        return None if day is None else self.on_day(day, self.hours(day)[-1][1], self.window.last)

    def same_time(self, at, day):
        """The local time of `at` on another day, the last if it comes twice, moved forward if skipped."""
        if day == self.wall_day(at):
            return at
        zone = self.window.zone
        local = datetime.datetime.fromtimestamp(at // 1000, UTC).astimezone(zone).replace(tzinfo=None)
        moved = datetime.datetime.combine(datetime.date.fromordinal(day + EPOCH_ORDINAL), local.time())
        wanted = moved.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if wanted.astimezone(zone).replace(tzinfo=None) == moved:
            return int(wanted.timestamp()) * 1000 + at % 1000
        minutes = (moved - EPOCH) // datetime.timedelta(minutes=1)
        for low, high, cell in self.window.gaps:
            if low <= minutes < high:
                return self.window.at(cell)
        return None

    def add_months(self, at, months):
        date = datetime.date.fromordinal(self.wall_day(at) + EPOCH_ORDINAL)
        count = date.year * 12 + date.month - 1 + months
        year, month = count // 12, count % 12 + 1
        day = min(date.day, calendar.monthrange(year, month)[1])
        return self.same_time(at, datetime.date(year, month, day).toordinal() - EPOCH_ORDINAL)


    def day_at(self, at, days, minute):
        return self.on_day(self.wall_day(at) + days, minute, self.window.last)

    def working_day_at(self, at, count, minute):
        direction, seen = (1, self.window.last) if count > 0 else (-1, self.window.first)
        return self.on_day(self.nth_working_day(self.wall_day(at), abs(count), direction), minute, seen)

    def passed(self, at, to, add):
        """How many of a unit lie between: the most that `add` doesn't lead beyond `to`, and what is left."""
        count, reached = 0, at
        for tried in itertools.count(1):
            there = add(at, tried)
            if there is None:
                return None
            if there > to + 3 * DAY_MS:  # closings and local times may stand out of order by hours, not by days
                return count, to - reached
            if there <= to:
                count, reached = tried, there


def hours_text(hours):
    return " ".join(f"{o // 60:02}:{o % 60:02}-{c // 60:02}:{c % 60:02}" for o, c in hours) or "closed"


def date_text(day):
    return datetime.date.fromordinal(day + EPOCH_ORDINAL).isoformat()


def join_touching(hours):
    joined = []
    for opens, closes in hours:
        if joined and joined[-1][1] == opens:
            joined[-1] = (joined[-1][0], closes)
        else:
            joined.append((opens, closes))
    return joined


def random_hours(rng):
    kind = rng.randrange(7)
    if kind == 0:
        return [(540, 720), (780, 1080)]  # with a lunch break
    if kind == 1:
        return [(0, 1440)]
    if kind == 2:
        return [(0, 135), (150, 165), (180, 420), (1320, 1440)]  # where clocks change
    if kind == 3:
        return [(rng.randrange(0, 100) * 5, rng.randrange(120, 288) * 5)]
    if kind == 4:
        return [(1200, 1440)]
    cuts = sorted(rng.sample(range(289), 2 * rng.randrange(1, 5)))
    return [(cuts[i] * 5, cuts[i + 1] * 5) for i in range(0, len(cuts), 2)]


def random_calendar(rng, window, directory):
    """A calendar of the oracle's, and the INI text that says the same."""
    if rng.randrange(3) == 0:
        usual = random_hours(rng)
        week = [usual] * 5 + [[], []]
    else:
        week = [random_hours(rng) if rng.randrange(4) else [] for _ in WEEKDAYS]
    if not any(week):
        week[0] = [(0, 1440)]
    open_days = [i for i in range(7) if week[i]]
    lines = ["[calendar]", "name = tried", f"zone = {window.name}", "[hours]"]
    lines += [f"{name} = {hours_text(hours)}" for name, hours in zip(WEEKDAYS, week)]
    days, exceptions = sorted(window.days), {}
    wanted = {"holidays": [], "working_days": [], "short_days": []}
    near = window.edge_days() or days
    for _ in range(rng.randrange(0, 120)):
        day = rng.choice(near) + rng.randrange(-2, 3) if rng.randrange(3) == 0 else rng.choice(days)
        kind = rng.choice(list(wanted))
        if day in exceptions:
            continue
        if kind == "holidays":
            last = day
            while last - day < rng.randrange(9) and last + 1 not in exceptions:
                last += 1
            for each in range(day, last + 1):
                exceptions[each] = []
            key = date_text(day) if last == day else f"{date_text(day)}..{date_text(last)}"
            wanted[kind].append(f"{key} = 节日 | festival")
        elif kind == "working_days":
            model = rng.choice(open_days)
            is_default = bool(week[0]) and rng.randrange(2)
            exceptions[day] = week[0 if is_default else model]
            suffix = "" if is_default else f" as {WEEKDAYS[model]}"
            wanted[kind].append(f"{date_text(day)} = 调休{suffix}")
        else:
            exceptions[day] = random_hours(rng)
            wanted[kind].append(f"{date_text(day)} = {hours_text(exceptions[day])} short")
    for section, entries in wanted.items():
        lines += [f"[{section}]"] + entries
    path = os.path.join(directory, "tried.ini")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return Calendar(window, week, exceptions), f"calendar {path}"


def random_daily(rng, window):
    opens, closes = rng.choice([(510, 1200), (0, 1440), (1320, 360), (480, 480), (135, 165), (0, 30),
                                (1430, 1440)])
    parts = [(opens, closes)] if closes > opens else [(0, closes), (opens, 1440)]
    hours = join_touching([part for part in parts if part[0] < part[1]])
    return Calendar(window, [hours] * 7, {}), f"daily {opens} {closes}"


def random_instant(rng, chosen):
    window = chosen.window
    low = window.start_ms + 3 * DAY_MS
    edges = [gap[2] for gap in window.gaps] + window.folds
    kind = rng.randrange(4)
    if kind == 0 and edges:
        at = window.at(rng.choice(edges)) + rng.randrange(-30, 31) * 300_000
    elif kind == 1:  # exactly an opening, a closing or near one
        at = chosen.next_close(rng.randrange(low, window.end_ms)) or low
        at += rng.choice([0, 0, -1, 1, 60_000])
    else:
        at = rng.randrange(low, window.end_ms - 3 * DAY_MS)
    return max(low, min(at, window.end_ms - 3 * DAY_MS))


def business_text(amount):
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    parts = [(amount // 3_600_000, "bh"), (amount // 60_000 % 60, "bm"), (amount // 1000 % 60, "bs"),
             (amount % 1000, "bms")]
    return sign + "".join(f"{number}{unit}" for number, unit in parts if number) or "0bh"


def ask_business(rng, chosen, at):
    span = rng.choice([0, 28_800_000, rng.randrange(3_600_000), rng.randrange(400) * 3_600_000,
                       rng.randrange(40) * 60_000, rng.randrange(2_000_000_000)])
    if rng.randrange(2):  # exactly until a closing
        closes = chosen.next_close(at)
        span = chosen.open_ms(closes) - chosen.open_ms(at) if closes else span
    if rng.randrange(4) == 0:
        span = -span
    return f"add {at} {business_text(span)}", chosen.add(at, span)


def ask_between(rng, chosen, at):
    other = random_instant(rng, chosen)
    return f"between {at} {other}", chosen.open_ms(other) - chosen.open_ms(at)


def ask_working_days(rng, chosen, at):
    count = rng.choice([0, 1, 1, 2, 3, 5, 10, rng.randrange(200)])
    return f"add {at} {count}wd", chosen.add_working_days(at, count)


def ask_before(rng, chosen, at):
    day, count, minute = chosen.wall_day(at), rng.randrange(0, 30), rng.choice([540, 0, 150, 1435])
    found = chosen.nth_working_day(day, count, -1)
    return f"before {day} {count} {minute}", chosen.on_day(found, minute, chosen.window.first)


def ask_roll(rng, chosen, at):
    day, minute = chosen.wall_day(at), rng.choice([540, 0, 150, 1435])
    found = chosen.nth_working_day(day, 0, 1)
    return f"roll {day} {minute}", chosen.on_day(found, minute, chosen.window.first)


def ask_working_day_at(rng, chosen, at):
    count, minute = rng.choice([1, 1, 2, 3, rng.randrange(1, 60), -1, -3]), rng.choice([960, 0, 150, 90, 1435, 1440])
    written = "next wd" if count == 1 and rng.randrange(2) else f"{count}wd"
    return f"add {at} {written} {minute // 60:02}:{minute % 60:02}", chosen.working_day_at(at, count, minute)


def ask_day_at(rng, chosen, at):
    days, minute = rng.choice([1, 1, 2, rng.randrange(1, 200), -1]), rng.choice([960, 0, 150, 90, 1435, 1440])
    written = "next d" if days == 1 and rng.randrange(2) else f"{days}d"
    return f"add {at} {written} {minute // 60:02}:{minute % 60:02}", chosen.day_at(at, days, minute)


def ask_measure(rng, chosen, at):
    """calendar_between(): of any two instants, or exactly where a span of the unit leads (then nothing is left)."""
    unit, add = rng.choice([("wd", chosen.add_working_days), ("mo", chosen.add_months),
                            ("d", lambda start, days: chosen.same_time(start, chosen.wall_day(start) + days))])
    to = random_instant(rng, chosen) if rng.randrange(2) else add(at, rng.randrange(1, 20))
    if to is None or to < at or to - at > 200 * DAY_MS:
        return f"measure {at} {at} 1{unit}", "0 0"
    to += rng.choice([0, 0, -1, 1])
    if to < at:
        return f"measure {at} {at} 1{unit}", "0 0"
    measured = chosen.passed(at, to, add)
    return f"measure {at} {to} 1{unit}", None if measured is None else f"{measured[0]} {measured[1]}"


def ask_days(rng, chosen, at):
    days = rng.randrange(-40, 400)
    return f"add {at} {days}d", chosen.same_time(at, chosen.wall_day(at) + days)


def ask_months(rng, chosen, at):
    months = rng.randrange(-6, 18)
    return f"add {at} {months}mo", chosen.add_months(at, months) if months else at


def ask_real(rng, chosen, at):
    span = rng.randrange(100_000)
    return f"add {at} {span}m", at + span * 60_000


def ask_open(rng, chosen, at):
    return f"open {at}", "yes" if chosen.is_open(at) else "no"


def ask_next_open(rng, chosen, at):
    return f"next_open {at}", chosen.next_open(at)


def ask_next_close(rng, chosen, at):
    return f"next_close {at}", chosen.next_close(at)


def ask_works(rng, chosen, at):
    day = chosen.wall_day(at) + rng.randrange(-1, 2)
    return f"works {day}", "yes" if chosen.hours(day) else "no"


def ask_civil(rng, chosen, at):
    local = datetime.datetime.fromtimestamp(at // 1000, UTC).astimezone(chosen.window.zone)
    return f"civil {at}", " ".join(map(str, local.timetuple()[:6]))


def random_wall(rng, chosen, at):
    minute = chosen.window.wall[chosen.cell(at)] + rng.randrange(-10, 11) * (chosen.window.step_ms // 60_000)
    return minute, (EPOCH + datetime.timedelta(minutes=minute)).timetuple()[:6]


def ask_wall(rng, chosen, at):
    minute, wall = random_wall(rng, chosen, at)
    choice = rng.choice(["first", "last"])
    seen = chosen.window.first if choice == "first" else chosen.window.last
    cell = chosen.window.cell_of(minute, seen)
    return f"wall {' '.join(map(str, wall))} {choice}", None if cell is None else chosen.window.at(cell)


def ask_exists(rng, chosen, at):
    minute, wall = random_wall(rng, chosen, at)
    return f"exists {' '.join(map(str, wall))}", "yes" if minute in chosen.window.first else "no"


def ask_day_start(rng, chosen, at):
    day = chosen.wall_day(at) + rng.randrange(-1, 2)
    return f"day_start {day}", chosen.on_day(day, 0, chosen.window.first)


QUESTIONS = [ask_business, ask_business, ask_business, ask_between, ask_between, ask_working_days,
             ask_working_days, ask_working_day_at, ask_day_at, ask_measure, ask_before, ask_roll, ask_days, ask_months, ask_real, ask_open, ask_next_open,
             ask_next_close, ask_works, ask_civil, ask_wall, ask_exists, ask_day_start]


def try_window(arguments, rng, description, cases, directory):
    """Number of answers that agreed; exits on a difference."""
    window = Window(*description)
    zone_file = os.path.join(arguments.zoneinfo, window.name)
    asked, wanted = [f"zone {window.name} {zone_file}"], ["ok"]
    while len(asked) <= cases:
        chosen, load = random_daily(rng, window) if rng.randrange(5) == 0 \
            else random_calendar(rng, window, directory)
        asked.append(load)
        wanted.append("ok")
        if load.startswith("calendar"):  # each calendar has a file of its own, read when its turn comes
            path = os.path.join(directory, f"{len(asked)}.ini")
            os.rename(os.path.join(directory, "tried.ini"), path)
            asked[-1] = f"calendar {path}"
        count = 0
        while count < 400:
            question, answer = rng.choice(QUESTIONS)(rng, chosen, random_instant(rng, chosen))
            if answer is None:  # the answer lies outside the window
                continue
            asked.append(question)
            wanted.append(str(answer))
            count += 1
    output = subprocess.run([arguments.probe], input="\n".join(asked) + "\n", text=True, check=True,
                            stdout=subprocess.PIPE).stdout.splitlines()
    wrong = [(q, w, g) for q, w, g in itertools.zip_longest(asked, wanted, output) if w != g]
    for question, want, got in wrong[:10]:
        print(f"{window.name}: {question}: wanted {want}, got {got}")
    if wrong:
        last = next(i for i, (w, g) in enumerate(itertools.zip_longest(wanted, output)) if w != g)
        load = next(a for a in reversed(asked[:last + 1]) if a.split()[0] in ("calendar", "daily"))
        print(f"the first under {load}")
        if load.startswith("calendar"):
            print(open(load.split()[1], encoding="utf-8").read())
    return len(asked) - len(wrong), len(wrong)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("--cases", type=int, default=110_000)
    parser.add_argument("--seed", type=int, default=20260302)
    parser.add_argument("--zoneinfo", default="/usr/share/zoneinfo")
    arguments = parser.parse_args()
    zoneinfo.reset_tzpath([arguments.zoneinfo])
    rng = random.Random(arguments.seed)
    agreed = differed = 0
    for description in WINDOWS:
        with tempfile.TemporaryDirectory() as directory:
            cases = arguments.cases // len(WINDOWS) + 1
            right, wrong = try_window(arguments, rng, description, cases, directory)
        agreed, differed = agreed + right, differed + wrong
        if wrong:
            break
    print(f"{agreed} passed, {differed} failed "
          f"(calendar against an independent oracle, seed {arguments.seed})")
    return 1 if differed else 0


if __name__ == "__main__":
    sys.exit(main())
