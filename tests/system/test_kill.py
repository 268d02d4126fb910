#!/usr/bin/env python3
"""kill -9 of duband at random moments under load: nothing acknowledged is lost, nothing is done or told twice.

Usage: test_kill.py BUILD_DIR [--kills N] [--seed N]

Clients file tickets and record contacts, each call with an idempotency key of its own, and repeat a call until it is
answered, as the protocol asks of them. Tickets were received in the past, so that limits break and notices leave all
the time. The seed, which is printed, decides what clients do and when the daemon dies; threads and disks do not obey
it, so a failure may need several runs to come back.
"""
import argparse
import random
import sys
import threading
import time

import duban as system
from duban import Client, Disconnected, RpcError, a_ticket, instant, run_tests, same, wait_until

WRITERS = 4
SENDERS = 4  # as many as there are writers, so that the queue drains soon after the end
LONGEST_LIFE_S = 1.0


class Acknowledged:
    """What was answered: by key the call and its result. A key's answer must never change."""

    def __init__(self):
        self.lock = threading.Lock()
        self.answers = {}
        self.contradictions = []
        self.repeated = 0

    def note(self, key, method, params, result):
        with self.lock:
            known = self.answers.get(key)
            if known is None:
                self.answers[key] = (method, params, result)
                return
            self.repeated += 1
            one, other = dict(known[2], created=None), dict(result, created=None)
            if one != other:
                self.contradictions.append((key, known[2], result))

    def some(self, dice):
        """One of the acknowledged calls, or None."""
        with self.lock:
            return dice.choice(list(self.answers.items())) if self.answers else None

    def tickets(self):
        with self.lock:
            return [result["ticket"] for method, _, result in self.answers.values() if method == "ticket.create"]

    def of(self, method):
        return {key: (params, result) for key, (done, params, result) in self.answers.items() if done == method}


class Writer(threading.Thread):
    """A client that never gives up on a call."""

    def __init__(self, path, number, seed, acknowledged, stop):
        super().__init__(name=f"writer {number}")
        self.path, self.number, self.acknowledged, self.stopping = path, number, acknowledged, stop
        self.dice = random.Random(f"{seed}/{number}")
        self.client = None
        self.made = 0
        self.wrong = None

    def run(self):
        try:
            while not self.stopping.is_set():
                self.act()
        except Exception as error:  # the main thread reports it
            self.wrong = f"{self.name}: {error!r}"

    def act(self):
        """One call: mostly new ones; now and then one that was acknowledged long ago, with its old key."""
        choice = self.dice.random()
        tickets = self.acknowledged.tickets() if choice < 0.4 else []
        old = self.acknowledged.some(self.dice) if choice > 0.9 else None
        if old:
            self.insist(old[0], old[1][0], old[1][1])
        elif tickets:
            self.insist(self.new_key(), "contact.record",
                        {"ticket": self.dice.choice(tickets), "channel": "phone", "direction": "out", "reached": True,
                         "note": f"{self.name} {self.made}"})
        else:
            self.insist(self.new_key(), "ticket.create", self.new_ticket())
        time.sleep(self.dice.uniform(0, 0.05))

    def new_key(self):
        self.made += 1
        return f"w{self.number}:{self.made}"

    def new_ticket(self):
        """Some overdue at once, some within a second or two, some in time."""
        urgency, limit_s = self.dice.choice((("general", 86400), ("urgent", 28800), ("very_urgent", 14400)))
        type_ = self.dice.choice(("product_enquiry", "training", "software_product", "technical_service"))
        left_s = self.dice.choice((-600, -1, 0.2, 0.5, 1, 2, 3600))
        return a_ticket(urgency=urgency, type=type_, received_at=instant(left_s - limit_s), ref=f"{self.name} {self.made}")

    def insist(self, key, method, params):
        """Asks with the same key until there is an answer, over as many connections as it takes."""
        while True:
            try:
                self.client = self.client or Client(self.path, timeout_s=20)
                result = self.client.call(method, idempotency_key=key, **params)
                self.acknowledged.note(key, method, params, result)
                return
            except RpcError as error:
                assert error.retryable, f"{method} {params}: {error}"
            except (Disconnected, OSError):
                if self.client:
                    self.client.close()
                self.client = None
                if self.stopping.is_set():
                    return
            time.sleep(0.01)


def one_life(duban, dice):
    """A start, a while of service (sometimes none at all), a kill. Returns how long the start took."""
    began = time.monotonic()
    duban.spawn()
    if dice.random() < 0.15:  # in the middle of coming up
        time.sleep(dice.uniform(0, 0.15))
        duban.kill()
        return None
    duban.wait_ready()
    took = time.monotonic() - began
    time.sleep(dice.uniform(0, LONGEST_LIFE_S))
    duban.kill()
    return took


def check_acknowledged(duban, acknowledged):
    """Promise 1: what was answered is in the database, as it was answered, once."""
    filed = {row["key"]: row for row in duban.rows(
        "SELECT body::jsonb -> 'params' ->> 'idempotency_key' AS key, ticket::text, type FROM duban.journal"
        " WHERE body LIKE '%idempotency_key%'")}
    count = duban.number("SELECT count(*) FROM duban.journal WHERE body LIKE '%idempotency_key%'")
    same(count, len(filed), "journal rows per key")
    numbers = dict(duban.sql("SELECT ticket, number FROM duban.intake"))
    for key, (method, _, result) in acknowledged.answers.items():
        assert key in filed, f"acknowledged and lost: {method} {key}"
        same((filed[key]["ticket"], filed[key]["type"]), (result["ticket"], method), key)
        if method == "ticket.create":
            same(numbers.get(result["ticket"]), result["number"], key)
    notes = [row[0] for row in duban.sql("SELECT note FROM duban.contact")]
    same(len(set(notes)), len(notes), "contacts recorded twice")
    missing = [params["note"] for params, _ in acknowledged.of("contact.record").values() if params["note"] not in notes]
    same(missing, [], "acknowledged contacts that are not there")


def check_retries(duban, acknowledged):
    """A retry of every acknowledged call: the same answer, and created:false."""
    calls = [(key, method, params) for key, (method, params, _) in acknowledged.answers.items()]
    before = duban.counts()
    with duban.client() as client:
        answers = client.pipeline((method, dict(params, idempotency_key=key)) for key, method, params in calls)
    for (key, method, params), answer in zip(calls, answers):
        assert method != "ticket.create" or answer["created"] is False, answer
        acknowledged.note(key, method, params, answer)
    same(acknowledged.contradictions, [], "contradictory answers")
    after = duban.counts()
    same({table: after[table] for table in ("intake", "contact", "request_key")},
         {table: before[table] for table in ("intake", "contact", "request_key")}, "rows after retries")


def check_sent_once(duban):
    """Promise 3, and that every breach was told: all notices end as accepted or suppressed."""
    duban.wait_drained(60)
    count = system.verify_notices(duban)
    states = dict(duban.sql("SELECT state, count(*) FROM duban.notice GROUP BY 1"))
    same(set(states) - {"accepted", "suppressed"}, set(), f"states {states}")
    untold = duban.rows("SELECT ticket, clock FROM duban.clock WHERE state = 'breached' AND rungs = 0")
    same(untold, [], "breached and nobody told")
    return count


def kill_again_and_again(world):
    """Promises 1, 2, 3 and 8 after each of many kills, and all of them together at the end."""
    options, dice, acknowledged, stop = OPTIONS, random.Random(OPTIONS.seed), Acknowledged(), threading.Event()
    print(f"# seed {options.seed}, {options.kills} kills", flush=True)
    duban = world.duban(settings={"sender.senders": SENDERS})
    writers = [Writer(duban.socket, number, options.seed, acknowledged, stop) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    starts = []
    try:
        for life in range(options.kills):
            starts.append(one_life(duban, dice))
            if life % 10 == 9:
                system.verify_journal(duban)
        duban.start()
        wait_until(lambda: not duban.missed(), 15, "missed_escalations to be empty")
        let_writers_end(writers, stop)
        duban_is_right(duban, writers, acknowledged, sorted(took for took in starts if took))
    finally:
        let_writers_end(writers, stop)
        duban.end()


def let_writers_end(writers, stop):
    stop.set()
    for writer in writers:
        writer.join(30)


def duban_is_right(duban, writers, acknowledged, starts):
    same([writer.wrong for writer in writers if writer.wrong], [], "writers")
    system.verify_numbers(duban)
    check_acknowledged(duban, acknowledged)
    check_retries(duban, acknowledged)
    notices = check_sent_once(duban)
    same(duban.missed(), [], "missed_escalations")
    rows = system.verify_journal(duban)
    epoch = duban.number("SELECT epoch FROM duban.desk")
    print(f"# {len(acknowledged.answers)} calls acknowledged, {acknowledged.repeated} repeated, {len(duban.mails())} of"
          f" {notices} notices sent, {rows} journal rows, epoch {epoch}; ready again after {starts[len(starts) // 2]:.2f} s"
          f" in the middle, {starts[-1]:.2f} s at the most")


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    return parser.parse_args()


if __name__ == "__main__":
    OPTIONS = read_options()
    sys.exit(run_tests([kill_again_and_again], OPTIONS.build))
