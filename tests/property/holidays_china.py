#!/usr/bin/env python3
"""Compares working days with a published list of China's holidays: every day of 2019 to 2026.

    holidays_china.py PROBE CALENDAR ICS_DIRECTORY [--zoneinfo DIRECTORY] [--dubanctl PROGRAM]

CALENDAR is the shipped cn_office, which knows the last years of these; all of them stand in what `dubanctl calendar
import` makes of the lists, and once more in what it makes of CALENDAR and the lists of the years before it.

ICS_DIRECTORY holds one YEAR.ics a year whose events are holidays, or make-up days when their summary begins
with 上班 ("at work"). A year's file may also speak about days of the year before. Without the directory the
check is skipped, visibly. Exits 1 on any day that differs.
"""
import argparse
import datetime
import os
import subprocess
import sys
import tempfile

FIRST_YEAR, SHIPPED_YEAR, LAST_YEAR = 2019, 2024, 2026
DAY = datetime.timedelta(days=1)
EPOCH = datetime.date(1970, 1, 1)


def to_date(text):
    return datetime.datetime.strptime(text[:8], "%Y%m%d").date()


def read_events(path):
    """(first day, day behind the last, summary) of every event, folded lines joined."""
    text = open(path, encoding="utf-8").read().replace("\r\n", "\n").replace("\n ", "")
    for block in text.split("BEGIN:VEVENT")[1:]:
        fields = dict(line.partition(":")[::2] for line in block.split("\n") if ":" in line)
        fields = {name.split(";")[0]: value for name, value in fields.items()}
        begins, ends = to_date(fields["DTSTART"]), to_date(fields.get("DTEND", fields["DTSTART"]))
        yield begins, max(ends, begins + DAY), fields["SUMMARY"]


def read_reference(directory):
    """Day -> True (make-up day) or False (holiday), the later year's word last."""
    works = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 2):
        path = os.path.join(directory, f"{year}.ics")
        if not os.path.exists(path):
            continue
        for day, end, summary in read_events(path):
            while day < end:
                works[day] = summary.startswith("上班")
                day += DAY
    return works


def import_years(dubanctl, directory, years, path, *base):
    """What `dubanctl calendar import` makes of the lists of these years, all in one."""
    files = [os.path.join(directory, f"{year}.ics") for year in years]
    done = subprocess.run([dubanctl, "calendar", "import", *base, "--output", path, *filter(os.path.exists, files)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"dubanctl calendar import: {done.stderr}")
    return path


def compare(arguments, calendar, reference, first_year):
    """How many days from the first year to LAST_YEAR agree, and how many don't."""
    begin, end = datetime.date(first_year, 1, 1), datetime.date(LAST_YEAR + 1, 1, 1)
    days = [begin + DAY * n for n in range((end - begin).days)]
    lines = [f"zone Asia/Shanghai {os.path.join(arguments.zoneinfo, 'Asia/Shanghai')}",
             f"calendar {calendar}"] + [f"works {(day - EPOCH).days}" for day in days]
    answers = subprocess.run([arguments.probe], input="\n".join(lines) + "\n", text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    if answers[:2] != ["ok", "ok"]:
        sys.exit("\n".join(answers[:2]))
    failed = 0
    for day, answer in zip(days, answers[2:], strict=True):
        wanted = reference.get(day, day.weekday() < 5)
        if wanted != (answer == "yes"):
            print(f"{os.path.basename(calendar)}: {day}: wanted {'work' if wanted else 'rest'}, the calendar says otherwise")
            failed += 1
    print(f"{os.path.basename(calendar)}: {len(days) - failed} days of {first_year} to {LAST_YEAR} agree, {failed} don't")
    return len(days) - failed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("calendar")
    parser.add_argument("directory", nargs="?", default="")
    parser.add_argument("--zoneinfo", default="/usr/share/zoneinfo")
    parser.add_argument("--dubanctl", help="default: client/dubanctl of the build that the probe is of")
    arguments = parser.parse_args()
    if not os.path.isfile(os.path.join(arguments.directory, f"{FIRST_YEAR}.ics")):
        print(f"SKIP holidays_china: no published holidays at '{arguments.directory}' (0 passed, 0 failed)")
        return 77
    build = os.path.dirname(os.path.dirname(os.path.abspath(arguments.probe)))
    dubanctl = arguments.dubanctl or os.path.join(build, "client", "dubanctl")
    reference = read_reference(arguments.directory)
    with tempfile.TemporaryDirectory() as directory:
        imported = import_years(dubanctl, arguments.directory, range(FIRST_YEAR, LAST_YEAR + 2),
                                os.path.join(directory, "imported.ini"))
        completed = import_years(dubanctl, arguments.directory, range(FIRST_YEAR, SHIPPED_YEAR),
                                 os.path.join(directory, "completed.ini"), "--base", arguments.calendar)
        sums = [compare(arguments, arguments.calendar, reference, SHIPPED_YEAR),
                compare(arguments, imported, reference, FIRST_YEAR),
                compare(arguments, completed, reference, FIRST_YEAR)]
    passed, failed = map(sum, zip(*sums))
    print(f"{passed} passed, {failed} failed (days of {FIRST_YEAR} to {LAST_YEAR}, "
          f"{sum(d.year <= LAST_YEAR for d in reference)} of them exceptions)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
