#!/usr/bin/env python3
"""Compares recurrence rules (files/recurrence.c, by libical) with python3-dateutil on random rules.

    recurrence_oracle.py PROBE [--cases N] [--seed N]

A rule, a first day and a day after which the next days are asked for: both must name the same days. What the probe
refuses must be refused for a reason: rules that no day fits. Without dateutil it says that it is skipped.
"""
import datetime
import importlib.util
import os
import random
import subprocess
import sys

DEBIANS_PYTHON = "/usr/bin/python3"
EPOCH = datetime.date(1970, 1, 1)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
WANTED = 12

# Rules as people write them in regimes, beside the random ones.
WRITTEN = ["FREQ=MONTHLY;BYMONTHDAY=10", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1",
           "FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=25", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=-1FR",
           "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "FREQ=DAILY",
           "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "FREQ=MONTHLY;INTERVAL=3;COUNT=5",
           "FREQ=YEARLY;BYYEARDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=WEEKLY"]


def some(chance, values, most):
    return ",".join(map(str, sorted(chance.sample(values, chance.randint(1, most)))))


def random_rule(chance):
    frequency = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"])
    rule = [f"FREQ={frequency}"]
    if chance.random() < 0.4:
        rule.append(f"INTERVAL={chance.randint(1, 5)}")
    if chance.random() < 0.2:
        rule.append(f"COUNT={chance.randint(1, 20)}")
    elif chance.random() < 0.15:
        rule.append(f"UNTIL={chance.randint(2020, 2035)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}")
    if frequency == "YEARLY" and chance.random() < 0.15:
        rule.append("BYYEARDAY=" + some(chance, [1, 59, 60, 100, 200, 365, 366, -1, -366, -100], 3))
        return ";".join(rule)
    if chance.random() < 0.35 and (frequency == "YEARLY" or "INTERVAL" not in rule[-1] + rule[-2 % len(rule)]):
        rule.append("BYMONTH=" + some(chance, range(1, 13), 4))
    days = chance.random()
    if frequency == "DAILY":
        return ";".join(rule)
    if days < 0.35 and frequency != "WEEKLY" and (frequency == "MONTHLY" or "BYMONTH" in rule[-1]):
        rule.append("BYMONTHDAY=" + some(chance, [*range(1, 32), -1, -2, -15, -31], 3))
    elif days < 0.7:
        numbers = [""] if frequency == "WEEKLY" or chance.random() < 0.5 else [1, 2, 3, 4, -1, -2]
        rule.append("BYDAY=" + ",".join(f"{chance.choice(numbers)}{day}" for day in chance.sample(DAYS, chance.randint(1, 3))))
    if rule[-1].startswith(("BYDAY", "BYMONTHDAY")) and chance.random() < 0.2 and frequency in ("MONTHLY", "YEARLY"):
        rule.append("BYSETPOS=" + some(chance, [1, 2, -1, -2], 2))
    return ";".join(rule)


def expected(rrule, rule, first, after):
    """What dateutil says. It has no answer for a day and its number in one, as RFC 5545 has."""
    begin = datetime.datetime.combine(first, datetime.time())
    days = rrule.rrulestr(rule, dtstart=begin)
    found = []
    for day in days:
        if day.date() > after:
            found.append((day.date() - EPOCH).days)
        if len(found) == WANTED or day.year > 2180:
            break
    return found


def main():
    if not importlib.util.find_spec("dateutil"):
        if os.path.exists(DEBIANS_PYTHON) and not os.environ.get("RECURRENCE_ORACLE_AGAIN"):
            os.environ["RECURRENCE_ORACLE_AGAIN"] = "1"
            os.execv(DEBIANS_PYTHON, [DEBIANS_PYTHON, *sys.argv])
        print("skip recurrence: there is no python3-dateutil\n0 passed, 0 failed, 1 skipped")
        return 0
    from dateutil import rrule
    arguments = dict(zip(sys.argv[2::2], sys.argv[3::2]))
    chance = random.Random(int(arguments.get("--seed", 1)))
    cases = []
    for number in range(int(arguments.get("--cases", 1000))):
        rule = WRITTEN[number] if number < len(WRITTEN) else random_rule(chance)
        first = datetime.date(chance.randint(2000, 2030), 1, 1) + datetime.timedelta(days=chance.randrange(365))
        cases.append((rule, first, first + datetime.timedelta(days=chance.choice([-1, 0, 1, 30, 400, 2000]))))
    lines = "".join(f"{rule} {(first - EPOCH).days} {(after - EPOCH).days} {WANTED}\n" for rule, first, after in cases)
    told = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    if len(told) != len(cases):
        print(f"not ok recurrence: {len(told)} answers to {len(cases)} questions\n0 passed, 1 failed")
        return 1
    wrong = refused = 0
    for (rule, first, after), answer in zip(cases, told):
        wanted = expected(rrule, rule, first, after)
        if answer.startswith("refused"):
            refused += 1
            anything = expected(rrule, rule, datetime.date(2000, 1, 1), datetime.date(1999, 12, 31))
            came = None if not anything else answer
        else:
            days = [int(day) for day in answer.split()[1:]]
            # far days are cut where dateutil was cut
            came = None if days[:len(wanted)] == wanted and (len(days) == len(wanted) or days[len(wanted)] > 75000) else days
        if came is not None:
            wrong += 1
            if wrong <= 20:
                print(f"# {rule} from {first} after {after}: {came} instead of {wanted}")
    print(f"# {len(cases)} rules, {refused} of them refused because no day fits")
    print(f"{'not ok' if wrong else 'ok'} recurrence: {wrong} rules differ from dateutil's")
    print(f"{int(not wrong)} passed, {int(bool(wrong))} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
