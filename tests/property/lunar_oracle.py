#!/usr/bin/env python3
"""Compares the Chinese calendar (lib/lunar.c) with what others say.

    lunar_oracle.py PROBE [HOLIDAYS_DIRECTORY]

Four judges, each of which is skipped, visibly, when it is not there:

    lunardate          Debian's python3-lunardate: the lunar festivals of 1950 to 2099, where its table ends
    the_moon           Debian's python3-ephem: every month and festival of 1950 to 2100 from the rules of the calendar, and
                       every Qingming of 1901 to 2100, by the moon and the sun themselves
    lunar_javascript   npm's lunar-javascript, where node finds it: every month and festival of 1901 to 2100
    statutory          China's published holidays (YEAR.ics): the festival lies in the holiday that bears its name, or on the
                       weekend beside it when only the day in lieu was published

Prints TAP, what differs, and `N passed, N failed, N skipped`. Exits 1 when something differs.
"""
import bisect
import collections
import datetime
import importlib.util
import json
import math
import os
import re
import subprocess
import sys

DEBIANS_PYTHON = "/usr/bin/python3"  # knows Debian's packages; the first python3 in the path may be another
DAY = datetime.timedelta(days=1)
LUNAR = {"spring_festival": (1, 1), "lantern": (1, 15), "dragon_boat": (5, 5), "qixi": (7, 7), "mid_autumn": (8, 15),
         "double_ninth": (9, 9)}

# Where lunardate's table (Hong Kong's) is not the mainland's: there the new moon of 1978-09-03 was at 00:09, and that of
# 2057-09-29 is expected seconds after midnight.
LUNARDATE_ERRS = {("mid_autumn", 1978): datetime.date(1978, 9, 16), ("double_ninth", 2057): datetime.date(2057, 10, 6)}
# A new moon so near to midnight may be on either day, by how fast the Earth is thought to turn until then.
TOO_NEAR_S = 60


class Skip(Exception):
    pass


class Ours:
    """What the probe printed."""

    def __init__(self, probe):
        self.festivals, self.months, self.titles = {}, {}, {}
        for line in subprocess.run([probe], capture_output=True, text=True, check=True).stdout.splitlines():
            kind, *words = line.split()
            if kind == "festival":
                self.festivals[words[0], int(words[2])] = datetime.date.fromisoformat(words[3])
                self.titles[words[1]] = words[0]
            else:
                year, month, leap = map(int, words[:3])
                self.months[year, month, leap] = datetime.date.fromisoformat(words[3]), int(words[4])


class Comparison:
    def __init__(self):
        self.count, self.wrong, self.notes = 0, [], []

    def equal(self, what, ours, theirs):
        self.count += 1
        if ours != theirs:
            self.wrong.append(f"{what}: ours {ours}, theirs {theirs}")


# ---- python3-lunardate ----

def lunardate(ours, compare):
    if not importlib.util.find_spec("lunardate"):
        raise Skip("python3-lunardate is not installed")
    from lunardate import LunarDate
    for year in range(1950, 2100):
        first = LunarDate(year, 1, 1).toSolarDate()
        theirs = {name: LunarDate(year, *date).toSolarDate() for name, date in LUNAR.items()}
        theirs["new_years_eve"] = first - DAY
        for name, date in theirs.items():
            if LUNARDATE_ERRS.get((name, year)) == date:
                compare.notes.append(f"{name} {year}: {date} is Hong Kong's; ours is {ours.festivals[name, year]}")
                continue
            compare.equal(f"{name} {year}", ours.festivals[name, year], date)


# ---- python3-ephem: the rules of the calendar ----

Moon = collections.namedtuple("Moon", "date is_doubtful")


def beijing(ephem, instant):
    """The time of day in Beijing (its own until 1928, then UTC+8) at an instant of ephem's."""
    seconds = 27940 if instant < ephem.Date("1928/12/31 16:00") else 28800
    return (ephem.Date(instant).datetime() + datetime.timedelta(seconds=seconds))


def new_moons(ephem, first_year, last_year):
    instant = ephem.Date(f"{first_year - 1}/11/1")
    while instant < ephem.Date(f"{last_year + 1}/3/1"):
        instant = ephem.next_new_moon(instant)
        local = beijing(ephem, instant)
        second = local.hour * 3600 + local.minute * 60 + local.second
        yield Moon(local.date(), min(second, 86400 - second) < TOO_NEAR_S)
        instant = ephem.Date(instant + 20)


def longitude(ephem, instant):
    """The sun's apparent longitude in degrees, from the equinox of the date."""
    sun = ephem.Sun(instant, epoch=instant)
    place = ephem.Ecliptic(ephem.Equatorial(sun.g_ra, sun.g_dec, epoch=instant), epoch=instant)
    return math.degrees(float(place.lon))


def sign(ephem, date):
    """Which of the twelve signs the sun is in when a date begins in Beijing; 9 begins with the winter solstice."""
    return int(longitude(ephem, ephem.Date(f"{date - DAY:%Y/%m/%d} 16:00:00")) // 30)


def number_months(moons, signs):
    """(month, is leap) of each span between two moons. The solstice is in the 11th; of 13 months between two solstices the
    first in which the sun enters no sign is the leap one."""
    enters = [(after - before) % 12 for before, after in zip(signs, signs[1:])]
    elevenths = [i for i, n in enumerate(enters) if any((signs[i] + k) % 12 == 9 for k in range(1, n + 1))]
    names = {}
    for begin, end in zip(elevenths, elevenths[1:]):
        leap = next((i for i in range(begin, end) if enters[i] == 0), None) if end - begin == 13 else None
        number = 11
        for i in range(begin, end):
            names[i] = ((number - 2) % 12 + 1, True) if i == leap else (number, False)
            if i != leap:
                number = number % 12 + 1
    return names


def compare_moons(ours, compare, moons, names):
    dates = [moon.date for moon in moons]
    by_date = {}
    for (year, month, leap), (first, _) in ours.months.items():
        i = bisect.bisect_right(dates, first + DAY) - 1  # the moon of this month, or one a day beside it
        by_date[year, month, leap] = i
        if not 1950 <= year <= 2100:
            continue
        if moons[i].is_doubtful:
            compare.notes.append(f"{year}-{month}: the new moon is within {TOO_NEAR_S} s of midnight; ours is {first}")
            compare.equal(f"month {year} {month} {leap}, near", abs(first - dates[i]) <= DAY, True)
        else:
            compare.equal(f"month {year} {month} {leap}", first, dates[i])
        compare.equal(f"name of the month at {first}", (month, bool(leap)), names.get(i))
    return by_date


def the_moon(ours, compare):
    if not importlib.util.find_spec("ephem"):
        raise Skip("python3-ephem is not installed")
    import ephem
    moons = list(new_moons(ephem, 1949, 2101))
    names = number_months(moons, [sign(ephem, moon.date) for moon in moons])
    index = compare_moons(ours, compare, moons, names)
    for (name, year), date in ours.festivals.items():
        if name in LUNAR and year >= 1950:
            month, day = LUNAR[name]
            moon = moons[index[year, month, 0]]
            if not moon.is_doubtful:
                compare.equal(f"{name} {year}", date, moon.date + (day - 1) * DAY)
        elif name == "new_years_eve" and year >= 1950:
            compare.equal(f"{name} {year}", date, moons[index[year, 1, 0]].date - DAY)
        elif name == "qingming":
            noon = ephem.Date(f"{date:%Y/%m/%d} 04:00")
            begin = noon - 0.5 - (0 if year > 1928 else -860 / 86400)
            compare.equal(f"{name} {year}", longitude(ephem, begin) < 15 <= longitude(ephem, begin + 1), True)


# ---- npm's lunar-javascript ----

JAVASCRIPT = """
const {Solar, LunarYear} = require('lunar-javascript');
for (let year = 1901; year <= 2100; year++) {
    const months = LunarYear.fromYear(year).getMonthsInYear().map(m => [Math.abs(m.getMonth()), m.getMonth() < 0 ? 1 : 0,
        Solar.fromJulianDay(m.getFirstJulianDay()).toYmd(), m.getDayCount()]);
    const qingming = Solar.fromYmd(year, 4, 15).getLunar().getJieQiTable()['清明'].toYmd();
    console.log(JSON.stringify({year, months, qingming}));
}
"""


def lunar_javascript(ours, compare):
    try:
        done = subprocess.run(["node", "-e", JAVASCRIPT], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Skip("there is no node") from None
    if done.returncode:
        if "Cannot find module 'lunar-javascript'" in done.stderr:
            raise Skip("npm's lunar-javascript is not installed where node looks for it")
        raise RuntimeError(done.stderr)
    months = 0
    for row in map(json.loads, done.stdout.splitlines()):
        year, firsts = row["year"], {}
        for month, leap, first, days in row["months"]:
            months += 1
            firsts[month, leap] = datetime.date.fromisoformat(first)
            compare.equal(f"month {year} {month} {leap}", ours.months.get((year, month, leap)), (firsts[month, leap], days))
        for name, (month, day) in LUNAR.items():
            compare.equal(f"{name} {year}", ours.festivals[name, year], firsts[month, 0] + (day - 1) * DAY)
        compare.equal(f"new_years_eve {year}", ours.festivals["new_years_eve", year], firsts[1, 0] - DAY)
        compare.equal(f"qingming {year}", ours.festivals["qingming", year], datetime.date.fromisoformat(row["qingming"]))
    compare.equal("months in all", len(ours.months), months)


# ---- the published holidays ----

def read_holidays(path):
    """(first day, day behind the last, summary) of every event."""
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\r\n", "\n").replace("\n ", "")
    for block in text.split("BEGIN:VEVENT")[1:]:
        fields = dict(re.findall(r"^(DTSTART|DTEND|SUMMARY)[^:\n]*:(.*)$", block, re.MULTILINE))
        begin, end = (datetime.datetime.strptime(fields[name][:8], "%Y%m%d").date() for name in ("DTSTART", "DTEND"))
        yield begin, end, fields["SUMMARY"]


def statutory(ours, compare, directory):
    paths = sorted(entry.path for entry in os.scandir(directory) if entry.name.endswith(".ics")) \
        if os.path.isdir(directory) else []
    if not paths:
        raise Skip(f"there are no published holidays at {directory}")
    events = [event for path in paths for event in read_holidays(path)]
    worked = {begin + DAY * n for begin, end, summary in events if summary.startswith("上班") for n in range((end - begin).days)}
    for begin, end, summary in events:
        titles = [] if summary.startswith("上班") else [t for t in ("春节", "清明", "端午", "中秋") if t in summary]
        first = begin
        while (first - DAY).weekday() >= 5 and first - DAY not in worked:
            first -= DAY
        for title in titles:
            date = ours.festivals[ours.titles[title], begin.year]
            compare.equal(f"{summary} {first} until before {end} holds {date}", first <= date < end, True)


# ---- the whole ----

def under_debians_python():
    """Starts over where Debian's packages are, when they are not here."""
    missing = [name for name in ("lunardate", "ephem") if not importlib.util.find_spec(name)]
    if missing and os.path.exists(DEBIANS_PYTHON) and not os.environ.get("LUNAR_ORACLE_AGAIN"):
        os.environ["LUNAR_ORACLE_AGAIN"] = "1"
        os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])


def main():
    if len(sys.argv) < 2:
        sys.exit("usage: lunar_oracle.py PROBE [HOLIDAYS_DIRECTORY]")
    under_debians_python()
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    directory = sys.argv[2] if len(sys.argv) > 2 else os.path.join(top, "..", "shared", "data", "holiday-cn")
    ours = Ours(sys.argv[1])
    judges = [lunardate, the_moon, lunar_javascript, lambda o, c: statutory(o, c, directory)]
    names = ["lunardate", "the_moon", "lunar_javascript", "statutory"]
    passed = failed = skipped = 0
    print(f"1..{len(judges)}")
    for number, (name, judge) in enumerate(zip(names, judges), 1):
        compare = Comparison()
        try:
            judge(ours, compare)
        except Skip as reason:
            skipped += 1
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
            continue
        for line in compare.notes + compare.wrong:
            print(f"# {line}")
        is_fine = compare.count > 0 and not compare.wrong
        passed, failed = passed + is_fine, failed + (not is_fine)
        print(f"{'ok' if is_fine else 'not ok'} {number} - {name} ({compare.count} comparisons)", flush=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
