#!/usr/bin/env python3
"""Are the random histories able to fail? python3 tests/property/bend.py [ROUNDS]

Bends the judge in one place at a time (the all-clear is told twice, a quota has no end), builds what property_judge and
property_restart need in a copy of the tree, and lives histories with it. A bent judge that both agree with means that no
invariant looks at that place: it is printed as `not ok`, and the exit code is 1.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PROGRAMS = ("property_judge", "property_restart")
ROUNDS = "200"

BENDS = [  # what it is, the file, its text, what that becomes
    ("whoever was told of two breaches hears the all-clear twice", "lib/ticket_rare.c",
     "            comes_before(&rare->told[i], told))\n            return false;",
     "            comes_before(&rare->told[i], told))\n            return true;"),
    ("a met breach tells nobody", "lib/ladder.c", "else if (ladder_tells_end(desk, breached))", "else if (breached == NULL)"),
    ("a breach that a merger brings is told in a cycle that is over", "lib/judge_moves.c",
     "(uint16_t)(clock->cycle + is_over)", "clock->cycle"),
    ("the all-clear goes to whoever was told last only", "lib/notice.c",
     "for (uint16_t i = 0; i < rare->told_count; i++) {", "for (uint16_t i = rare->told_count; i-- > 0 && i + 1 == rare->told_count;) {"),
    ("a window takes any number of contacts", "lib/quota.c", " && clock->credited < rule->target)", ")"),
    ("a contact fills a window twice", "lib/quota.c",
     "    credit_slot(desk, credited, clock, clock->credited, clock->anchor_at);\n",
     "    credit_slot(desk, credited, clock, clock->credited, clock->anchor_at);\n" * 2),
    ("what is sent is not looked at again", "lib/notice_send.c", "if (!notice_reason_holds(desk, entry))", "if (desk == NULL)"),
    ("whoever was told is not written", "lib/settle.c", ".told_since = ticket_told_since(ticket, clock)", ".told_since = 0"),
    ("a merger does not say who came along", "lib/method_merge.c", "row->value = brought;", "row->value = brought ? NULL : brought;"),
    ("missed windows come back empty", "lib/restore.c", ".credited = row->credited,\n        .is_final", ".credited = 0,\n        .is_final"),
    ("a breach that goes on begins another cycle", "lib/judge_moves.c",
     "    clock->ladder_running = false;\n    clock->withdrawn = was_in_time;",
     "    clock->ladder_running = was_breached;\n    clock->withdrawn = was_in_time;"),
]


def copy_tree(place):
    ignored = shutil.ignore_patterns("build*", "run", ".git", "__pycache__")
    shutil.copytree(TOP, place, ignore=ignored, symlinks=True)


def build(place):
    done = subprocess.run(["ninja", "-C", place / "build", *(f"tests/{name}" for name in PROGRAMS)],
                          capture_output=True, text=True, check=False)
    return done.returncode == 0 or done.stdout[-2000:]


def noticed_by(place, rounds):
    """The first program that fails, and what it says; None: both agree."""
    environment = dict(os.environ, DUBAN_ETC=str(place / "etc"), DUBAN_ROUNDS=rounds, DUBAN_SEED="1")
    for name in PROGRAMS:
        done = subprocess.run([place / "build/tests" / name], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in (done.stdout + done.stderr).splitlines() if "seed" in line or "ssert" in line]
            return f"{name}: {said[0][:160] if said else 'ended with ' + str(done.returncode)}"
    return None


def try_bend(place, rounds, bend):
    title, file, old, new = bend
    path = place / file
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        return f"not ok {title}: {file} says this {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    built = build(place)
    noticed = noticed_by(place, rounds) if built is True else None
    path.write_text(text, encoding="utf-8")
    if built is not True:
        return f"not ok {title}: it does not build: {built}"
    return f"ok {title}: {noticed}" if noticed else f"not ok {title}: nobody noticed"


def main():
    rounds = sys.argv[1] if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "tree"
        copy_tree(place)
        subprocess.run(["meson", "setup", place / "build", place], check=True, capture_output=True)
        built = build(place)
        if built is not True or noticed_by(place, rounds):
            sys.exit(f"the judge as it is: {built if built is not True else noticed_by(place, rounds)}")
        outcomes = []
        for bend in BENDS:
            outcomes.append(try_bend(place, rounds, bend))
            print(outcomes[-1], flush=True)
    survived = sum(outcome.startswith("not ok") for outcome in outcomes)
    print(f"{len(outcomes) - survived} passed, {survived} failed")
    sys.exit(survived > 0)


if __name__ == "__main__":
    main()
