#!/usr/bin/env python3
"""Reads over the socket: ticket.get {view:hot}, 16 clients (P12).

Run as: python3 tests/bench/bench_read.py BUILD_DIR [--rounds 5] [--seconds 5] [--tickets 100000] [--quick]

In turn: 16 clients with one request each outstanding, redis-benchmark's GET of as many bytes with 16 clients on a Unix
socket without pipelining (only where redis is installed, else the peer is null), and 16 clients with 512 outstanding.
The tickets are spread over all that are open.
"""
import json
import os
import shutil
import subprocess
import tempfile
import time

import bench


class Redis:
    """A private redis-server on a Unix socket, holding one value."""

    def __init__(self, value):
        self.directory = tempfile.mkdtemp(prefix="duban-redis-")
        self.path = os.path.join(self.directory, "redis.sock")
        self.process = subprocess.Popen(["redis-server", "--port", "0", "--unixsocket", self.path, "--save", "",
                                         "--dir", self.directory], stdout=subprocess.DEVNULL)
        while not os.path.exists(self.path):
            time.sleep(0.01)
        subprocess.run(["redis-cli", "-s", self.path, "-x", "SET", "key"], input=value, check=True,
                       stdout=subprocess.DEVNULL)

    def run(self, requests):
        words = ["redis-benchmark", "-s", self.path, "-c", "16", "-n", str(requests), "--csv", "GET", "key"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        return {"per_second": float(done.stdout.strip().splitlines()[-1].split(",")[1].strip('"'))}

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def main():
    options = bench.arguments(__doc__, seconds=5.0, tickets=100000)
    if options.quick:
        options.tickets, options.seconds = min(options.tickets, 5000), 1.5
    with bench.Postgres() as postgres, bench.Daemon(options.build, postgres) as daemon:
        bench.fill(daemon, options.tickets)
        daemon.start()
        value = json.dumps(daemon.call("ticket.get", ticket="1", view="hot")).encode()
        redis = Redis(value) if shutil.which("redis-benchmark") and shutil.which("redis-server") else None

        def get(outstanding):
            cpu = daemon.cpu()
            figures = bench.load(options.build, daemon, "--method", "get", "--tickets", options.tickets, "--clients",
                                 16, "--outstanding", outstanding, "--seconds", options.seconds)
            figures["daemon_cpu_us"] = round((daemon.cpu() - cpu) * 1e6 / max(figures["sent"], 1), 2)
            return {key: figures[key] for key in ("per_second", "p50_us", "p99_us", "errors", "daemon_cpu_us")}

        rounds = []
        for number in range(options.rounds):
            rounds.append({"alone": get(16), "redis": redis.run(20000 if options.quick else 300000) if redis else None,
                           "pipelined": get(512)})
            bench.say("round %d: %s" % (number + 1, rounds[-1]))
        if redis:
            redis.stop()
        kept = {name: bench.medians([each[name] for each in rounds]) for name in ("alone", "pipelined")}
        peer = bench.medians([each["redis"] for each in rounds]) if redis else None
        bench.report("read", {
            "rounds": options.rounds, "open_tickets": options.tickets, "answer_bytes": len(value), **kept, "peer": peer,
            "ratio": round(kept["alone"]["per_second"] / peer["per_second"], 3) if peer else None})


if __name__ == "__main__":
    main()
