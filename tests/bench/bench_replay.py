#!/usr/bin/env python3
"""How fast the judge replays a file of events (P13): `dubanctl replay --quiet --digest`.

Run as: python3 tests/bench/bench_replay.py BUILD_DIR [EVENTS] [--rounds 5] [--quick]

Without EVENTS there are two files. `desk_year` is generated (always the same): a year of 10,000 tickets with plans,
contacts, progress, solutions and closings. `real_log` is made of the incident log of a real IT company (UCI machine
learning repository no. 498) when ../shared/data/incidents.csv.gz lies beside the project: an incident's first row files
a ticket, later ones hand it over, record contacts and progress, solve, reopen and close it. `updates` are the lines.
The same digest must come out of every round.
"""
import csv
import datetime
import gzip
import json
import os
import random
import statistics
import subprocess
import tempfile
import time

import bench

REAL_LOG = os.path.join(bench.TOP, "..", "shared", "data", "incidents.csv.gz")
URGENCIES = {"1": "very_urgent", "2": "urgent"}
DEPARTMENTS = ("training", "project_management", "service_planning", "software_marketing", "service_centre")
TYPES = ("product_enquiry", "training", "software_product", "project_integration", "technical_service")


def line(at, method, params):
    return json.dumps({"at": at, "method": method, "params": params, "role": "admin", "actor": "bench"},
                      separators=(",", ":")) + "\n"


def create(ref, urgency, channel, customer, kind):
    return {"ref": ref, "class": "request", "type": kind, "urgency": urgency, "channel": channel,
            "customer": {"name": customer}, "contact": {"name": customer, "phone": "5550101"},
            "subject": "a problem of " + customer}


def contact(ref, direction="out"):
    return {"ticket": ref, "channel": "phone", "direction": direction, "reached": True, "kind": "progress"}


def desk_year(tickets):
    """Lines in the order of time: each ticket lives from hours to weeks."""
    chance, events = random.Random(498), []
    for number in range(tickets):
        at, ref = chance.random() * 365 * 86400, "Y%06d" % number
        urgency = chance.choices(("general", "urgent", "very_urgent"), (80, 17, 3))[0]
        events.append((at, "ticket.create", create(ref, urgency, "phone", "Customer %d" % (number % 500),
                                                   chance.choice(TYPES))))
        at += chance.expovariate(1 / 5400)
        events.append((at, "contact.record", contact(ref)))
        at += chance.expovariate(1 / 7200)
        expected = at + 86400 * (1 + chance.randrange(5))
        events.append((at, "ticket.plan", {"ticket": ref, "measures": "look at it", "expected_at": expected}))
        for _ in range(chance.randrange(6)):
            at += chance.expovariate(1 / 30000)
            events.append((at, "contact.record", contact(ref)) if chance.random() < 0.6
                          else (at, "progress.add", {"ticket": ref, "note": "worked on it"}))
        at += chance.expovariate(1 / 40000)
        events.append((at, "ticket.solve", {"ticket": ref, "result": "done"}))
        events.append((at + 3600, "ticket.close", {"ticket": ref}))
    events.sort(key=lambda event: (event[0], event[2].get("ref", event[2].get("ticket"))))
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

    def text(seconds):
        return (start + datetime.timedelta(seconds=int(seconds))).strftime("%Y-%m-%dT%H:%M:%SZ")

    for at, method, params in events:
        if "expected_at" in params:
            params["expected_at"] = text(params["expected_at"])
        yield line(text(at), method, params)


def real_log():
    """An update of the log, a line."""
    seen = {}
    with gzip.open(REAL_LOG, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ref, state, at = row["number"], row["incident_state"], row["sys_updated_at"] + ":00+00:00"
            before = seen.get(ref)
            seen[ref] = row
            if not before:
                kind = TYPES[hash_of(row["category"]) % len(TYPES)]
                yield line(at, "ticket.create", create(ref, URGENCIES.get(row["priority"][:1], "general"),
                                                       "email" if row["contact_type"] == "Email" else "phone",
                                                       row["caller_id"] or "Caller", kind))
            elif row["reopen_count"] != before["reopen_count"]:
                yield line(at, "ticket.reopen", {"ticket": ref})
            elif state != before["incident_state"] and state == "Resolved":
                yield line(at, "ticket.solve", {"ticket": ref, "result": "resolved"})
            elif state != before["incident_state"] and state == "Closed":
                yield line(at, "ticket.close", {"ticket": ref})
            elif row["assignment_group"] != before["assignment_group"] and row["assignment_group"]:
                department = DEPARTMENTS[hash_of(row["assignment_group"]) % len(DEPARTMENTS)]
                yield line(at, "ticket.assign", {"ticket": ref, "department": department})
            elif state.startswith("Awaiting"):
                yield line(at, "contact.record", contact(ref))
            else:
                yield line(at, "progress.add", {"ticket": ref, "note": "updated"})


def hash_of(text):
    return sum(ord(letter) * (i + 1) for i, letter in enumerate(text))


def replay(program, events):
    began = time.perf_counter()
    done = subprocess.run([program, "replay", "--regime", os.path.join(bench.TOP, "etc", "regimes", "nq510201.ini"),
                           "--quiet", "--digest", events], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError("dubanctl replay: " + done.stderr[-1000:])
    return seconds, json.loads(done.stdout.strip().splitlines()[-1])


def main():
    options = bench.arguments(__doc__, positional="events")
    program = bench.program(options.build, "client/dubanctl", "dubanctl")
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as directory:
        files = {}
        if options.events:
            files["events"] = options.events
        else:
            sources = {"desk_year": desk_year(500 if options.quick else 10000)}
            if os.path.exists(REAL_LOG) and not options.quick:
                sources["real_log"] = real_log()
            for name, lines in sources.items():
                files[name] = os.path.join(directory, name + ".jsonl")
                with open(files[name], "w", encoding="utf-8") as file:
                    file.writelines(lines)
        runs = {name: [] for name in files}
        for _ in range(options.rounds):
            for name, path in files.items():
                runs[name].append(replay(program, path))
        figures = {}
        for name, done in runs.items():
            seconds = statistics.median(seconds for seconds, _ in done)
            told = done[0][1]
            figures[name] = {"seconds": round(seconds, 4), "updates_per_second": round(told["lines"] / seconds),
                             **{key: told[key] for key in ("lines", "accepted", "refused", "breaches", "notices",
                                                           "suppressed", "digest")},
                             "digest_equal": len({each["digest"] for _, each in done}) == 1}
        bench.report("replay", {"rounds": options.rounds, **figures, "peer": None})


if __name__ == "__main__":
    main()
