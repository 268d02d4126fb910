#!/usr/bin/env python3
"""Runs the C tests of a build directory and counts their cases.

Usage: run_programs.py BUILD_DIR [--suite NAME]... [--only PATTERN] [--jobs N]

Which programs there are, and with what they are run, is what meson knows. A cmocka program is asked for TAP, so that
each of its cases counts; a program that says nothing of the kind (a fuzz target) counts as one. A program that dies
before it has told of all its cases counts as one more that failed. Prints `ok PROGRAM: N cases`, what a program said
when something failed, and `N passed, N failed`.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

PLAN = re.compile(r"^1\.\.(\d+)", re.MULTILINE)
CASE = re.compile(r"^(ok|not ok) \d+ (- \S+|# SKIP)", re.MULTILINE)  # cmocka writes `not ok 7 # SKIP name`


def list_tests(build, suites, pattern):
    """(name, row) of the tests wanted, in meson's order."""
    told = subprocess.run(["meson", "introspect", "--tests", build], capture_output=True, text=True, check=True)
    for row in json.loads(told.stdout):
        row_suites = {suite.rpartition(":")[2] for suite in row["suite"]}
        if (not suites or row_suites & set(suites)) and re.search(pattern, row["name"]):
            yield row


def run(row):
    """(passed, skipped, failed, seconds, output)."""
    began = time.monotonic()
    environment = {**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP", **row["env"]}
    try:
        done = subprocess.run(row["cmd"], cwd=row["workdir"], env=environment, timeout=row["timeout"], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        output, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as late:
        output = (late.stdout or b"").decode(errors="replace") + f"\nstill running after {row['timeout']} s: ended"
        status = -1
    except OSError as error:
        output, status = str(error), -1
    cases = CASE.findall(output)
    skipped = sum(rest == "# SKIP" for _, rest in cases)
    passed = sum(verdict == "ok" and rest != "# SKIP" for verdict, rest in cases)
    failed = len(cases) - passed - skipped
    if not cases:
        passed, failed = (1, 0) if status == 0 else (0, 1)
    elif (status != 0 and failed == 0) or sum(map(int, PLAN.findall(output))) != len(cases):
        output += f"\nthe program ended with status {status} before it had told of all its cases"
        failed += 1
    return passed, skipped, failed, time.monotonic() - began, output


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--suite", action="append", default=[])
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    rows = list(list_tests(arguments.build, arguments.suite, arguments.only))
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for row, (passed, skipped, failed, seconds, output) in zip(rows, pool.map(run, rows)):
            total = [total[0] + passed, total[1] + skipped, total[2] + failed]
            cases = f"{passed} case{'' if passed == 1 else 's'}" + (f", {skipped} skipped" if skipped else "")
            if failed:
                print("# " + output.strip()[-8000:].replace("\n", "\n# "))
                print(f"not ok {row['name']}: {failed} failed, {cases} passed ({seconds:.1f} s)")
            else:
                print(f"ok {row['name']}: {cases} ({seconds:.1f} s)")
            sys.stdout.flush()
    print(f"{total[0]} passed, {total[2]} failed" + (f", {total[1]} skipped" if total[1] else ""))
    return 1 if total[2] else 0


if __name__ == "__main__":
    sys.exit(main())
