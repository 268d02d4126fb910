#!/usr/bin/env python3
"""Replay is a pure function of its input: the same events give the same bytes, twice, also for a year of a real log.

Run as `python3 tests/system/test_replay.py BUILD_DIR`. The real log is found beside the project as
../shared/data/incidents.csv.gz; without it its tests are skipped in sight.
"""
import csv
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
REGIME = TOP / "etc/regimes/nq510201.ini"
LOG = TOP.parent / "shared/data/incidents.csv.gz"

STORY = [
    ("2026-03-02T09:00:00+08:00", "intake", "ticket.create",
     {"ref": "T1", "class": "request", "type": "technical_service", "urgency": "very_urgent", "channel": "phone",
      "customer": {"name": "海港医院", "staffed": "08:00-20:00"}, "contact": {"name": "李雷", "phone": "0755-5550101"},
      "subject": "系统宕机"}),
    ("2026-03-02T14:00:00+08:00", "handler", "contact.record",
     {"ticket": "T1", "channel": "phone", "direction": "out", "reached": True}),
    ("2026-03-04T10:00:00+08:00", "handler", "ticket.solve", {"ticket": "T1", "result": "已恢复"}),
]


def replay(build, events, *options):
    """The bytes that one run of replay prints."""
    run = subprocess.run([build / "client/dubanctl", "replay", "--regime", REGIME, *options, events],
                         capture_output=True, timeout=600)
    if run.returncode:
        raise AssertionError(f"exit {run.returncode}: {run.stderr.decode().strip()}")
    return run.stdout


def write_story(directory):
    path = pathlib.Path(directory) / "story.jsonl"
    lines = [{"at": at, "actor": role, "role": role, "method": method, "params": params}
             for at, role, method, params in STORY]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return path


def the_same_story_twice(build, directory):
    """Every line equal, and among them a breach, its notice and the all-clear."""
    path = write_story(directory)
    first, second = replay(build, path, "--digest"), replay(build, path, "--digest")
    assert first == second, "two runs differ"
    lines = [json.loads(line) for line in first.splitlines()]
    assert any(line.get("state") == "breached" for line in lines), "no breach"
    assert any(line.get("template") == "all_clear" for line in lines), "no all-clear"
    assert lines[-1]["kind"] == "digest", "the digest is not last"
    quiet = replay(build, path, "--digest", "--quiet")
    assert quiet.splitlines() == first.splitlines()[-1:], "judged without words, and judged otherwise"


def a_line_that_cannot_be_read(build, directory):
    """Exit 1 and the number of the line."""
    path = write_story(directory)
    path.write_text(path.read_text() + '{"at":"2026-03-05T10:00:00","method":"clock.advance"}\n')
    run = subprocess.run([build / "client/dubanctl", "replay", "--regime", REGIME, path], capture_output=True, timeout=60)
    assert run.returncode == 1, f"exit {run.returncode}"
    assert b"story.jsonl:4:" in run.stderr, run.stderr.decode()


def tally_log():
    """Updates and incidents of the log, counted by hand."""
    with gzip.open(LOG, "rt", encoding="utf-8", newline="") as file:
        numbers = [row["number"] for row in csv.DictReader(file)]
    return len(numbers), len(set(numbers))


def the_real_log_twice(build, directory):
    """A year of a real log under the regime: nothing refused, each incident filed, the same digest twice."""
    events = pathlib.Path(directory) / "log.jsonl"
    with open(events, "wb") as out:
        subprocess.run([build / "client/dubanctl", "import", "--map", "incidents", "--replay", "--live", LOG], stdout=out,
                       check=True, timeout=300)
    updates, incidents = tally_log()
    began = time.monotonic()
    first = json.loads(replay(build, events, "--digest", "--quiet").splitlines()[-1])
    took = time.monotonic() - began
    second = json.loads(replay(build, events, "--digest", "--quiet").splitlines()[-1])
    created = sum(1 for line in open(events, encoding="utf-8") if '"method":"ticket.create"' in line.replace(": ", ":"))
    print(f"# {updates} updates of {incidents} incidents, {first['lines']} events in {took:.1f} s, "
          f"{first['breaches']} breaches, {first['notices']} notices")
    assert first == second, f"{first} and {second}"
    assert first["refused"] == 0, f"{first['refused']} refused"
    assert created == incidents, f"{created} filed, {incidents} in the log"
    assert first["lines"] >= updates, f"{first['lines']} events for {updates} updates"
    outputs = [replay(build, events, "--digest") for _ in range(2)]
    assert outputs[0] == outputs[1], "two runs print different lines"
    assert json.loads(outputs[0].splitlines()[-1]) == first, "judged without words, and judged otherwise"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    passed = failed = skipped = 0
    for test in (the_same_story_twice, a_line_that_cannot_be_read, the_real_log_twice):
        if test is the_real_log_twice and not LOG.exists():
            print(f"skip {test.__name__}: SKIP, no {LOG.name} beside the project")
            skipped += 1
            continue
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(build, directory)
                print(f"ok {test.__name__}")
                passed += 1
            except (AssertionError, subprocess.SubprocessError) as error:
                print(f"not ok {test.__name__}: {error}")
                failed += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
