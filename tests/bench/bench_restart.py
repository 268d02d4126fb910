#!/usr/bin/env python3
"""How long a restart takes with many open tickets, and what one of them costs in memory (P4, P5).

Run as: python3 tests/bench/bench_restart.py BUILD_DIR [--tickets 100000] [--rounds 5] [--quick]

Tickets with two running clocks are filed by SQL; then a daemon works on some of them (creates and contacts through
the socket), so that the tables look used. Each round kills the daemon with SIGKILL and takes the time from exec until
a request is answered. The peer, in turn with it, is copy_out: the same rows by binary COPY over two connections,
thrown away. Memory is the difference in resident size between this and a daemon with an empty desk. `digest_equal`
says that every round held exactly the tickets that the killed daemon had.
"""
import json
import os
import signal
import subprocess
import time

import bench

TABLES = {"load_tickets": "duban.ticket_open", "load_clocks": "duban.clock_open"}


def copy_out_words(daemon):
    """The daemon's own statements without their pages, which copy_out adds."""
    words = [daemon.postgres.conninfo(daemon.database)]
    for statement, table in TABLES.items():
        with open(os.path.join(bench.TOP, "sql", "statements", statement + ".sql"), encoding="utf-8") as file:
            sql = "\n".join(line for line in file.read().splitlines() if not line.startswith("--"))
        words += [table, sql.split("WHERE")[0] + "WHERE desk_id = 1"]
    return words


def use(options, daemon):
    """Some traffic, so that rows are not in the order of their tickets any more."""
    some = max(options.tickets // 10, 100)
    bench.load(options.build, daemon, "--method", "contact", "--clients", 8, "--outstanding", 256, "--tickets",
               options.tickets, "--requests", some)
    bench.load(options.build, daemon, "--clients", 8, "--outstanding", 256, "--requests", some // 10)


def one_round(daemon, words, digest):
    began = time.perf_counter()
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    peer_s = time.perf_counter() - began
    daemon.stop(signal.SIGKILL)
    server_cpu = daemon.postgres.cpu()
    ours_s = daemon.start()
    figures = {"ours_s": ours_s, "peer_s": peer_s, "ratio": ours_s / peer_s, "daemon_cpu_s": daemon.cpu(),
               "server_cpu_s": daemon.postgres.cpu() - server_cpu, "rss_kib": bench.memory_kib(daemon.process.pid),
               "load_ms": daemon.call("system.stats")["load"]["took_ms"]}
    return figures, daemon.digest() == digest


def main():
    options = bench.arguments(__doc__, tickets=100000)
    if options.quick:
        options.tickets = min(options.tickets, 10000)
    with bench.Postgres() as postgres:
        with bench.Daemon(options.build, postgres, "empty") as daemon:
            daemon.start()
            empty_kib = bench.memory_kib(daemon.process.pid)
        with bench.Daemon(options.build, postgres) as daemon:
            bench.say("filing %d tickets" % options.tickets)
            bench.fill(daemon, options.tickets)
            daemon.start()
            use(options, daemon)
            grown_kib, digest = bench.memory_kib(daemon.process.pid), daemon.digest()
            words = [bench.compile_program(options.build, "copy_out", "-lpq", "-lpthread"), *copy_out_words(daemon)]
            peer = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
            results = []
            for number in range(options.rounds):
                results.append(one_round(daemon, words, digest))
                bench.say("round %d: %s" % (number + 1, results[-1]))
            figures = bench.medians([figures for figures, _ in results])
            open_tickets = daemon.call("system.stats")["desk"]["open_tickets"]
            bench.report("restart", {
                "rounds": options.rounds, "open_tickets": open_tickets, **figures,
                "peer": {"name": "binary COPY on two connections", **peer}, "empty_rss_kib": empty_kib,
                "bytes_per_ticket": round((figures["rss_kib"] - empty_kib) * 1024 / open_tickets, 1),
                "bytes_per_ticket_before_kill": round((grown_kib - empty_kib) * 1024 / open_tickets, 1),
                "digest_equal": all(equal for _, equal in results)})


if __name__ == "__main__":
    main()
