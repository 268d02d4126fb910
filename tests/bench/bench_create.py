#!/usr/bin/env python3
"""Durable writes a second over the socket, and what each costs (P1, P2, P3).

Run as: python3 tests/bench/bench_create.py BUILD_DIR [--rounds 5] [--seconds 6] [--tickets 100000] [--quick]

Every round measures in turn, on one private cluster with default durability:
  create_many    16 clients, 512 outstanding: ticket.create (general, two clocks)
  create_peer    pgbench -c16: intake, ticket, two clocks and journal row, one statement a transaction
  contact_many   16 clients, 512 outstanding: contact.record on --tickets tickets (moves the deadline of a silence)
  contact_peer   pgbench -c16: the same rows: ticket and clock updated, contact and journal inserted
  create_one     1 client, 1 outstanding; create_one_peer: pgbench -c1
  fdatasync      8 KiB written and flushed, by itself: the floor of every commit
  half_rate      creates at half of the rate that create_many has just reached, 16 clients, open loop
The peer writes into the same schema in a database of its own, with prepared statements, and has to parse no request,
judge nothing and chain no hashes. A CHECKPOINT before each measurement makes full-page images alike. Per request:
WAL bytes, flushes of WAL, CPU of the server's processes and of duband (microseconds; from /proc, 10 ms ticks).
Ratios are ours by the peer's.
"""
import json
import os
import re
import subprocess
import time

import bench

CREATE_PEER = r"""
\set customer random(0, 999)
WITH id AS MATERIALIZED (SELECT nextval('ticket_ids') AS ticket, now() AS at),
intake AS (
    INSERT INTO duban.intake (desk_id, ticket, number, contact_name, phone, subject)
    SELECT 1, ticket, 'NR510201A-' || ticket, 'Li Lei', '+86 10 5550 0101',
           'The report of stock movements is empty since this morning' FROM id),
ticket AS (
    INSERT INTO duban.ticket_open (desk_id, revision, ticket, received_at, created_at, open, number, class_name, types,
            urgency, channel, stage, customer, staffed, department, handler, recorder, facts)
    SELECT 1, 1, ticket, at, at, true, 'NR510201A-' || ticket, 'request', 'training', 'general', 'phone', 'received',
           'Customer ' || :customer, '24h', 'training', '', '', '' FROM id),
clocks AS (
    INSERT INTO duban.clock_open (desk_id, cycle, ticket, anchor_at, due_at, reminders, rungs, credited, ladder,
            ladder_running, was_late, withdrawn, acknowledged, open, clock, state)
    SELECT 1, 1, ticket, at, at + interval '24 hours', '', 0, 0, 0, false, false, false, false, true, clock, 'running'
    FROM id, (VALUES ('first_contact'), ('plan')) AS clocks (clock))
INSERT INTO duban.journal (desk_id, sequence, at, ticket, type, hash, body)
SELECT 1, nextval('journal_ids'), at, ticket, 'ticket.create', 'HASH', 'BODY' FROM id;
"""

CONTACT_PEER = r"""
\set ticket random(1, TICKETS)
WITH ticket AS (
    UPDATE duban.ticket_open SET revision = revision + 1, contacted_at = now(), contacts = contacts + 1
    WHERE desk_id = 1 AND ticket = :ticket AND open RETURNING contacts),
clock AS (
    UPDATE duban.clock_open SET anchor_at = now(), due_at = now() + interval '2 hours', reminders = ''
    WHERE desk_id = 1 AND ticket = :ticket AND clock = 'contact_silence' AND open),
contact AS (
    INSERT INTO duban.contact (desk_id, contact, ticket, at, recorded_at, minutes, reached, automatic, channel,
            direction, kind, role, actor, note, credited)
    SELECT 1, contacts, :ticket, now(), now(), 5, true, false, 'phone', 'out', 'progress', 'admin', 'root',
           'Told them that the fix is being tested', '[{"clock":"contact_silence","cycle":1,"slot":1}]' FROM ticket)
INSERT INTO duban.journal (desk_id, sequence, at, ticket, type, hash, body)
SELECT 1, nextval('journal_ids'), now(), :ticket, 'contact.record', 'HASH', 'BODY';
"""

COSTS = ("wal_bytes", "wal_flushes", "server_cpu_us", "daemon_cpu_us")


class Meter:
    """What `count` requests cost the server and the daemon while a block ran."""

    def __init__(self, postgres, daemon=None):
        self.postgres, self.daemon, self.figures = postgres, daemon, {}

    def read(self):
        wal, flushes = self.postgres.wal()
        return wal, flushes, self.postgres.cpu() * 1e6, (self.daemon.cpu() if self.daemon else 0) * 1e6

    def run(self, function):
        """`function` gives its own figures, with how many requests there were as `sent`."""
        self.postgres.psql("CHECKPOINT")
        before = self.read()
        figures = function()
        time.sleep(0.3)  # WAL statistics are reported at the end of transactions, at most every so often
        after = self.read()
        for name, first, last in zip(COSTS, before, after):
            figures[name] = round((last - first) / max(figures["sent"], 1), 4)
        return figures


class Bench:
    def __init__(self, options, postgres, daemon):
        self.options, self.postgres, self.daemon = options, postgres, daemon
        self.seconds = 1.5 if options.quick else options.seconds
        self.scripts = {}

    def prepare_peer(self, database):
        """Peer scripts with the journal's text as the daemon wrote it for such a request."""
        self.database = database
        self.postgres.psql("CREATE SEQUENCE ticket_ids START 10000001; CREATE SEQUENCE journal_ids START 10000001",
                           database)
        for name, text, kind in (("create", CREATE_PEER, "ticket.create"), ("contact", CONTACT_PEER, "contact.record")):
            body = self.daemon.psql("SELECT body FROM duban.journal WHERE type = '%s' ORDER BY sequence DESC LIMIT 1"
                                    % kind)
            body = re.sub(r":(?=[a-z])", ": ", body).replace("'", "''")  # pgbench would take :true for a variable
            path = os.path.join(self.daemon.directory, name + ".sql")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace("BODY", body).replace("HASH", r"\x" + "ab" * 32)
                           .replace("TICKETS", str(self.options.tickets)))
            self.scripts[name] = path

    def load(self, *words):
        return lambda: bench.load(self.options.build, self.daemon, "--seconds", self.seconds, *words)

    def pgbench(self, name, clients):
        def run():
            words = [os.path.join(self.postgres.bin, "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j",
                     str(min(clients, 2)), "-T", str(max(round(self.seconds), 1)), "-f", self.scripts[name], "-h",
                     self.postgres.directory, "-U", "postgres", "-l", "--log-prefix=pgbench", self.database]
            done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=self.daemon.directory)
            if done.returncode:
                raise RuntimeError("pgbench: " + done.stderr[-2000:])
            latencies = []
            for entry in os.listdir(self.daemon.directory):
                if entry.startswith("pgbench."):
                    path = os.path.join(self.daemon.directory, entry)
                    with open(path, encoding="ascii") as file:
                        latencies += [int(line.split()[2]) for line in file]
                    os.unlink(path)
            latencies.sort()
            return {"sent": len(latencies), "per_second": float(re.search(r"tps = ([0-9.]+)", done.stdout).group(1)),
                    "p50_us": latencies[len(latencies) // 2], "p99_us": latencies[len(latencies) * 99 // 100]}
        return run

    def one_round(self):
        """Everything once, ours and the peer's next to each other."""
        many = ("--clients", 16, "--outstanding", 512)
        ours, peer = Meter(self.postgres, self.daemon), Meter(self.postgres)
        contacts = ("--method", "contact", "--tickets", self.options.tickets)
        done = {"create_many": ours.run(self.load(*many)), "create_peer": peer.run(self.pgbench("create", 16)),
                "contact_many": ours.run(self.load(*many, *contacts)),
                "contact_peer": peer.run(self.pgbench("contact", 16)),
                "create_one": ours.run(self.load()), "create_one_peer": peer.run(self.pgbench("create", 1))}
        done["fdatasync"] = bench.fdatasync_us(self.postgres.directory)
        rate = done["create_many"]["per_second"] / 2
        done["half_rate"] = ours.run(self.load("--clients", 16, "--outstanding", 16, "--rate", rate))
        return done


def ratios(figures):
    """Ours by the peer's, for what the goals name."""
    def ratio(ours, peer, name):
        return round(figures[ours][name] / max(figures[peer][name], 1e-9), 3)

    many, one = figures["create_many"], figures["half_rate"]
    return {
        "P1_creates": ratio("create_many", "create_peer", "per_second"),
        "P1_wal": ratio("create_many", "create_peer", "wal_bytes"),
        "P1_server_cpu": ratio("create_many", "create_peer", "server_cpu_us"),
        "P1_daemon_by_server_cpu": round(many["daemon_cpu_us"] / max(many["server_cpu_us"], 1e-9), 3),
        "P2_latency": ratio("create_one", "create_one_peer", "p50_us"),
        "P2_half_rate_p50_by_fdatasync": round(one["p50_us"] / figures["fdatasync"]["p50_us"], 2),
        "P2_half_rate_p99_by_fdatasync": round(one["p99_us"] / figures["fdatasync"]["p50_us"], 2),
        "P3_contacts": ratio("contact_many", "contact_peer", "per_second"),
        "P3_wal": ratio("contact_many", "contact_peer", "wal_bytes"),
        "P3_server_cpu": ratio("contact_many", "contact_peer", "server_cpu_us"),
    }


def main():
    options = bench.arguments(__doc__, seconds=6.0, tickets=100000)
    if options.quick:
        options.tickets = min(options.tickets, 5000)
    with bench.Postgres() as postgres, bench.Daemon(options.build, postgres) as daemon, \
            bench.Daemon(options.build, postgres, "peer") as peer:
        bench.say("filing %d tickets" % options.tickets)
        for each in (daemon, peer):
            bench.fill(each, options.tickets)
        daemon.start()
        one = Bench(options, postgres, daemon)
        bench.load(options.build, daemon, "--requests", 10)
        bench.load(options.build, daemon, "--method", "contact", "--requests", 10, "--tickets", 1)
        one.prepare_peer("peer")
        rounds = []
        for number in range(options.rounds):
            rounds.append(one.one_round())
            bench.say("round %d: %s" % (number + 1, json.dumps(ratios(rounds[-1]))))
        kept = {name: bench.medians([{key: value for key, value in each[name].items() if key != "method"}
                                     for each in rounds]) for name in rounds[0]}
        bench.report("create", {
            "rounds": options.rounds, "seconds": one.seconds, "errors": sum(
                each[name].get("errors", 0) for each in rounds for name in each),
            "peer": subprocess.run([os.path.join(postgres.bin, "pgbench"), "--version"], capture_output=True,
                                   text=True, check=True).stdout.strip(),
            **kept, "ratios": bench.medians([ratios(each) for each in rounds])})


if __name__ == "__main__":
    main()
