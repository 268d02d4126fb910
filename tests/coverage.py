#!/usr/bin/env python3
"""Which branches of the judge's modules the tests have taken: coverage.py BUILD_DIR [--missing] [--goal PERCENT] [MODULE…]

BUILD_DIR was built with -Db_coverage=true, and tests have been run in it (`tests/run --coverage` does both). Every
object of lib/ and files/ has counted for all programs and processes that ran, and gcov tells what it counted. A module
is some source files with their headers. Its branches are those that the compiler made of its conditions, every operand
of && and || for itself: two for each, taken and not taken, and one for each label of a switch. What a header's inline function was
compiled into counts as one.

Three kinds of branches can't be taken by design, and only these are left out and counted apart:
  - those of an assertion: that it fails would be a bug;
  - those of a condition of which nothing follows but abort(): the memory is used up;
  - the way past all labels of a switch over an enumeration: the house's rules and -Wswitch-enum let no value
    without its label and no `default:`, and the compiler still makes a jump for a value that isn't one.

Prints a table, with --missing every branch that wasn't taken, and `N passed, N failed`: modules that reach the goal
(95 % of their branches) and those that don't.
"""
import argparse
import collections
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[1]
GOAL = 95.0

# The modules by their files. A pattern may find none; a module without a file is a mistake.
MODULES = {
    "calendar": ["lib/calendar*.[ch]", "lib/zone*.[ch]", "lib/lunar*.[ch]", "lib/base/civil.[ch]", "lib/base/instant.[ch]",
                 "lib/base/span.[ch]"],
    "clock": ["lib/clock*.[ch]", "lib/judge*.[ch]", "lib/promise*.[ch]", "lib/pause*.[ch]", "lib/running_time*.[ch]",
              "lib/anchor*.[ch]", "lib/reminder*.[ch]"],
    "quota": ["lib/quota*.[ch]", "lib/ledger*.[ch]"],
    "ladder": ["lib/ladder*.[ch]"],
    "schedule": ["lib/schedule*.[ch]", "lib/register*.[ch]", "lib/recurrence*.[ch]", "files/recurrence*.[ch]"],
    "policy": ["lib/policy*.[ch]"],
}

Line = collections.namedtuple("Line", "count branches")  # branches: how often each was taken


def files_of(module):
    found = sorted({path.relative_to(TOP).as_posix() for pattern in MODULES[module] for path in TOP.glob(pattern)})
    return found or sys.exit(f"coverage: no file is {module}'s: correct MODULES in {__file__}")


# ---- what gcov counted ----

def read_counts(build):
    """{file: {line: {(function, place of its branches on the line): Line}}} of everything in lib/ and files/."""
    notes = [path.resolve() for part in ("lib", "files") for path in sorted((build / part).rglob("*.gcno"))]
    if not notes:
        sys.exit(f"coverage: nothing in {build} counts; build it with meson setup -Db_coverage=true --buildtype=debug")
    told = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", *map(str, notes)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if told.returncode != 0:
        sys.exit(f"coverage: gcov ended with status {told.returncode}: {told.stderr.strip()}")
    counts = collections.defaultdict(dict)
    for document in told.stdout.splitlines():
        if document.strip():
            take_document(counts, json.loads(document))
    return counts


def take_document(counts, document):
    """One object file. A line may come several times: once for each function that was made of it."""
    here = pathlib.Path(document["current_working_directory"])
    for source in document["files"]:
        path = (here / source["file"]).resolve()
        if not path.is_relative_to(TOP):
            continue
        lines = counts[path.relative_to(TOP).as_posix()]
        for row in source["lines"]:
            taken = [branch["count"] for branch in row["branches"]]
            key = row.get("function_name", "")
            line = lines.setdefault(row["line_number"], {})
            before = line.get(key)
            line[key] = Line(row["count"], taken) if before is None else merge(before, row["count"], taken)


def merge(before, count, taken):
    """The same function in another object: the same branches, if the compiler made as many of it."""
    if len(before.branches) != len(taken):
        longer = max(before.branches, taken, key=len)
        return Line(before.count + count, longer)
    return Line(before.count + count, [one + other for one, other in zip(before.branches, taken)])


# ---- what can't be taken by design ----

def left_out(path):
    """Of a source: the lines of which no branch counts, and the lines of switches whose default doesn't."""
    text = (TOP / path).read_text(encoding="utf-8").splitlines()
    whole, switches = set(), set()
    for number, line in enumerate(text, start=1):
        if re.match(r"\s*assert\(", line):
            whole.update(range(number, end_of_statement(text, number) + 1))
        if re.match(r"\s*abort\(\);", line):
            whole.update(condition_before(text, number))
        if re.match(r"\s*switch \(", line) and is_over_enumeration(text, number):
            switches.add(number)
    return whole, switches


def end_of_statement(text, number):
    while not text[number - 1].rstrip().endswith(";"):
        number += 1
    return number


def condition_before(text, number):
    """The lines of the `if` whose body is this line alone."""
    last = number - 1
    first = last
    while first > 0 and not re.match(r"\s*(if|else if|\} else if) \(", text[first - 1]):
        if re.search(r"[;{}]\s*$", text[first - 1]):
            return range(0)
        first -= 1
    return range(first, last + 1)


def is_over_enumeration(text, number):
    """A switch whose labels are all names of constants, and that has no default."""
    indent = re.match(r"\s*", text[number - 1])[0]
    labels = []
    for line in text[number:]:
        if line == indent + "}":
            break
        found = re.match(re.escape(indent) + r"(?:case (.+?)|(default)):", line)
        if found:
            labels.append(found[1] or found[2])
    return bool(labels) and all(re.fullmatch(r"[A-Z][A-Z0-9_]+", label) for label in labels)


def branches_of(path, lines):
    """((file, line, branch of the line, taken) of those that count, how many are left out)."""
    whole, switches = left_out(path)
    counted, out = [], 0
    for number in sorted(lines):
        for line in lines[number].values():
            taken = list(line.branches)
            if number in whole:
                out += len(taken)
                continue
            if number in switches and taken and taken[-1] == 0:
                taken.pop()  # the compiler puts the way past all labels behind them
                out += 1
            counted += [(path, number, place, count) for place, count in enumerate(taken)]
    return counted, out


# ---- the table ----

def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def measure(counts, files):
    """(lines, lines run, branches, branches taken, left out, those not taken)."""
    lines = run = out = 0
    branches = []
    for path in files:
        rows = counts.get(path, {})
        lines += len(rows)
        run += sum(any(line.count for line in row.values()) for row in rows.values())
        counted, some_out = branches_of(path, rows)
        branches += counted
        out += some_out
    taken = sum(1 for branch in branches if branch[3])
    return lines, run, len(branches), taken, out, [branch for branch in branches if not branch[3]]


def show_missing(missing):
    by_line = collections.Counter((path, number) for path, number, _, _ in missing)
    for (path, number), count in sorted(by_line.items()):
        source = (TOP / path).read_text(encoding="utf-8").splitlines()[number - 1].strip()
        print(f"    {path}:{number}: {count} not taken: {source}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    parser.add_argument("--missing", action="store_true", help="also print each line with a branch that was not taken")
    parser.add_argument("--goal", type=float, default=GOAL)
    arguments = parser.parse_args()
    unknown = set(arguments.modules) - set(MODULES)
    if unknown:
        parser.error(f"no module {', '.join(sorted(unknown))} (there are {', '.join(MODULES)})")
    counts = read_counts(arguments.build)
    passed = failed = 0
    print("| module | lines run | of | | branches taken | of | | left out |")
    print("|---|---|---|---|---|---|---|---|")
    for module in MODULES:
        if arguments.modules and module not in arguments.modules:
            continue
        lines, run, branches, taken, out, missing = measure(counts, files_of(module))
        reached = branches > 0 and percent(taken, branches) >= arguments.goal
        passed, failed = passed + reached, failed + (not reached)
        print(f"| {module} | {run} | {lines} | {percent(run, lines):.1f} % | {taken} | {branches} | "
              f"{percent(taken, branches):.1f} % | {out} |")
        if arguments.missing:
            show_missing(missing)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
