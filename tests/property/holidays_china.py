#!/usr/bin/env python3
"""Compares the working days of the shipped calendar cn_office with a published list of China's holidays.

    holidays_china.py PROBE CALENDAR ICS_DIRECTORY [--zoneinfo DIRECTORY]

ICS_DIRECTORY holds one YEAR.ics a year whose events are holidays, or make-up days when their summary begins
with 上班 ("at work"). A year's file may also speak about days of the year before. Without the directory the
check is skipped, visibly. Exits 1 on any day that differs.
"""
import argparse
import datetime
import os
import subprocess
import sys

FIRST_YEAR, LAST_YEAR = 2024, 2026
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("calendar")
    parser.add_argument("directory", nargs="?", default="")
    parser.add_argument("--zoneinfo", default="/usr/share/zoneinfo")
    arguments = parser.parse_args()
    if not os.path.isfile(os.path.join(arguments.directory, f"{FIRST_YEAR}.ics")):
        print(f"SKIP holidays_china: no published holidays at '{arguments.directory}' (0 passed, 0 failed)")
        return 77
    reference = read_reference(arguments.directory)
    days = [EPOCH + DAY * n for n in range((datetime.date(FIRST_YEAR, 1, 1) - EPOCH).days,
                                           (datetime.date(LAST_YEAR + 1, 1, 1) - EPOCH).days)]
    lines = [f"zone Asia/Shanghai {os.path.join(arguments.zoneinfo, 'Asia/Shanghai')}",
             f"calendar {arguments.calendar}"] + [f"works {(day - EPOCH).days}" for day in days]
    answers = subprocess.run([arguments.probe], input="\n".join(lines) + "\n", text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    if answers[:2] != ["ok", "ok"]:
        print("\n".join(answers[:2]))
        return 1
    failed = 0
    for day, answer in zip(days, answers[2:], strict=True):
        wanted = reference.get(day, day.weekday() < 5)
        if wanted != (answer == "yes"):
            print(f"{day}: wanted {'work' if wanted else 'rest'}, the calendar says otherwise")
            failed += 1
    print(f"{len(days) - failed} passed, {failed} failed (days of {FIRST_YEAR} to {LAST_YEAR}, "
          f"{sum(d.year <= LAST_YEAR for d in reference)} of them exceptions)")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
