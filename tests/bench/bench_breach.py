#!/usr/bin/env python3
"""Everything due in one instant: how long until every notice is committed (P8).

Run as: python3 tests/bench/bench_breach.py BUILD_DIR [--tickets 100000] [--rounds 5] [--quick]

Tickets are filed by SQL with one deadline at the same instant; the daemon is running when it comes, judges all, renders
a notice each, writes clocks, journal and outbox, and hands notices to its senders meanwhile. The time is from that
instant until a count over the outbox finds them all (asked every 100 ms). The peer only claims: the same clocks,
1,000 a transaction by FOR UPDATE SKIP LOCKED on an indexed due column, an outbox row each, two pgbench clients.
"""
import os
import subprocess
import time

import bench

LEAD_S = 12
CLAIM = """
WITH due AS (
    SELECT desk_id, ticket, clock, open FROM duban.clock_open
    WHERE state = 'running' AND due_at <= now() ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
claimed AS (
    UPDATE duban.clock_open AS clock SET state = 'breached', breached_at = clock.due_at, fired_at = now(), rungs = 1
    FROM due
    WHERE (clock.desk_id, clock.ticket, clock.clock, clock.open) = (due.desk_id, due.ticket, due.clock, due.open)
    RETURNING clock.ticket, clock.clock)
INSERT INTO outbox SELECT ticket, clock, now() FROM claimed;
"""


def fill(daemon, tickets, lead_s):
    """All `plan` clocks due at one instant, which is returned; nothing else is due for a month."""
    bench.fill(daemon, tickets, "general", clocks=("first_contact", "plan"))
    at = time.time() + lead_s + tickets / 20000
    daemon.psql("UPDATE duban.clock_open SET due_at = to_timestamp(%.3f) WHERE clock = 'plan';"
                "UPDATE duban.clock_open SET reminders = '0%%,50%%,80%%'" % at)
    daemon.psql("VACUUM ANALYZE")
    return at


def ours(options, postgres, number):
    with bench.Daemon(options.build, postgres, "ours%d" % number) as daemon:
        at = fill(daemon, options.tickets, LEAD_S)
        daemon.start()
        early = int(daemon.psql("SELECT count(*) FROM duban.notice"))
        time.sleep(max(at - time.time() - 0.2, 0))
        cpu, server_cpu, wal = daemon.cpu(), postgres.cpu(), postgres.wal()[0]
        while int(daemon.psql("SELECT count(*) FROM duban.notice WHERE rung = 1")) < options.tickets:
            if time.time() > at + 600:
                raise RuntimeError("not all notices were written within ten minutes")
            time.sleep(0.1)
        return {"ours_s": time.time() - at, "early": early, "daemon_cpu_s": daemon.cpu() - cpu,
                "server_cpu_s": postgres.cpu() - server_cpu,
                "wal_bytes_each": (postgres.wal()[0] - wal) / options.tickets,
                "max_stall_us": daemon.call("system.stats")["loop"]["max_stall_us"]}


def peer(options, postgres, number):
    with bench.Daemon(options.build, postgres, "peer%d" % number) as daemon:
        fill(daemon, options.tickets, -options.tickets)
        daemon.psql("CREATE INDEX ON duban.clock_open (due_at) WHERE state = 'running';"
                    "CREATE TABLE outbox (ticket bigint, clock text, at timestamptz, PRIMARY KEY (ticket, clock))")
        path = os.path.join(daemon.directory, "claim.sql")
        with open(path, "w", encoding="utf-8") as file:
            file.write(" ".join(CLAIM.split()))
        began = time.perf_counter()
        while int(daemon.psql("SELECT count(*) FROM outbox")) < options.tickets:
            subprocess.run([os.path.join(postgres.bin, "pgbench"), "-n", "-M", "prepared", "-c", "2", "-j", "2", "-t",
                            str(options.tickets // 2000 + 1), "-f", path, "-h", postgres.directory, "-U", "postgres",
                            daemon.database], check=True, capture_output=True)
        return {"peer_s": time.perf_counter() - began}


def main():
    options = bench.arguments(__doc__, tickets=100000)
    if options.quick:
        options.tickets = min(options.tickets, 5000)
    rounds = []
    with bench.Postgres() as postgres:
        for number in range(options.rounds):
            rounds.append({**peer(options, postgres, number), **ours(options, postgres, number)})
            rounds[-1]["ratio"] = rounds[-1]["ours_s"] / rounds[-1]["peer_s"]
            bench.say("round %d: %s" % (number + 1, rounds[-1]))
    bench.report("breach", {"rounds": options.rounds, "tickets": options.tickets, **bench.medians(rounds),
                            "peer": "FOR UPDATE SKIP LOCKED LIMIT 1000, two clients"})


if __name__ == "__main__":
    main()
