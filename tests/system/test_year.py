#!/usr/bin/env python3
"""A year of each regime, with China's real calendar, against a tally that shares nothing with the program.

Run as `python3 tests/system/test_year.py BUILD_DIR [NAME...]`. Each module of tests/system/year makes thousands of lives of
tickets and registers, tells them to `dubanctl replay` as events, and counts by the words of the regulation what must come
of them: for each clock how many were opened, breached, and how many persons were reminded, told and told of the end.
DUBAN_SEED takes another year.
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from year import aftersales, control, intake, response, standard, tally  # noqa: E402

TOP = pathlib.Path(__file__).resolve().parents[2]
REGIMES = {"intake": intake, "control": control, "response": response, "standard": standard, "aftersales": aftersales}


def replay(build, year, directory):
    """What dubanctl prints of the year's events, as lines."""
    story = year.make(random.Random(int(os.environ.get("DUBAN_SEED", "2026"))))
    events, people = directory / "events.jsonl", directory / "people.ini"
    story.write(events)
    people.write_text(tally.people_file(year.PEOPLE), encoding="utf-8")
    done = subprocess.run([build / "client/dubanctl", "replay", "--regime", TOP / f"etc/regimes/{year.REGIME}.ini",
                           "--calendar", TOP / "etc/calendars/cn_office.ini", "--people", people, events],
                          capture_output=True, timeout=600, env={"PATH": "/usr/bin:/bin", "TZ": "Asia/Shanghai"})
    assert done.returncode == 0, done.stderr.decode()[:2000]
    return story, done.stdout.splitlines()


def differences(wanted, got):
    for key in sorted(wanted.keys() | got.keys()):
        if wanted[key] != got[key]:
            yield f"{key[0]} {key[1]}: {got[key]} instead of {wanted[key]}"


def live_through(build, name, directory):
    """True when every count agrees; prints the table."""
    story, lines = replay(build, REGIMES[name], directory)
    got, wrong = tally.counted(lines), list(differences(story.tally, tally.counted(lines)))
    for clock in sorted({key[0] for key in story.tally}):
        print(f"# {name} {clock}: " + ", ".join(f"{what} {got[key]}" for key in sorted(got) if key[0] == clock
                                              for what in key[1:]))
    for line in wrong:
        print(f"# {name} {line}")
    print(f"{'not ok' if wrong else 'ok'} {name}: {story.count} lives, {len(lines)} lines, {len(story.tally)} counts")
    return not wrong


def main(build, wanted):
    chosen = [name for name in REGIMES if not wanted or name in wanted]
    passed = 0
    for name in chosen:
        with tempfile.TemporaryDirectory(prefix="duban-year-") as directory:
            passed += live_through(build, name, pathlib.Path(directory))
    print(f"{passed} passed, {len(chosen) - passed} failed")
    return 0 if chosen and passed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]))
