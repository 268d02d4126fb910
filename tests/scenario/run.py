#!/usr/bin/env python3
"""Runs stories about the judge: python3 tests/scenario/run.py BUILD_DIR [--regime FILE] [--until-failure] [FILE…]

--regime takes FILE instead of the shipped regime of the same name, and only the stories under that one; --until-failure
ends with the first story that does not come true.

A story is read aloud as it is written; README in this directory describes the language. Each scenario is
translated into the replay format (one line an action), runs in a `dubanctl replay` of its own, and every
`expect` is held against the lines that came out. Words are checked against the regime: a misspelt clock or role
is an error with its file and line, not an expectation that can never fail.

Prints `ok` or `not ok` a scenario and `N passed, N failed`; exit code 1 when one failed, 2 when a story cannot
be read.
"""
import concurrent.futures
import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

HERE = Path(__file__).resolve().parent
ETC = HERE.parent.parent / "etc"
PEOPLE = {"intake": "chen.jie", "handler": "zhang.wei", "department_head": "wang.fang",
          "service_head": "zhao.min", "leadership": "liu.yang", "gateway": "import", "admin": "root",
          "auditor": "audit"}
CHANNELS = ("mail", "sms", "chat")
STATES = ("running", "paused", "met", "breached", "cancelled", "shortfall", "withdrawn")
VERDICTS = ("in_time", "late", "not_missed", "missed")
ALARMING = ("breached", "shortfall", "withdrawn")


class Unreadable(Exception):
    """A story that says nothing definite: unknown word, missing part."""


class Words:
    """The regime's vocabulary, taken from the regime file itself."""

    def __init__(self, regime):
        self.sets, section = {}, None
        for line in Path(regime).read_text(encoding="utf-8").splitlines():
            header = re.match(r"\[([^]]+)\]", line)
            if header:
                section, _, subject = header[1].partition(" ")
                if subject and section in ("clock", "report"):
                    self.sets.setdefault("clock", set()).add(subject)
                if subject and section in ("register", "schedule", "field", "decision"):
                    self.sets.setdefault(section + "s", set()).add(subject)
            elif re.match(r"[a-z][a-z0-9_]*\s*=", line):
                self.sets.setdefault(section, set()).add(line.split("=")[0].strip())
        self.sets["template"] = {path.stem for path in (ETC / "templates/en").glob("*.txt")}

    def has(self, kind, word):
        return word in self.sets.get(kind, ())

    def also(self, other):
        """The words of both: of a regime and of the one that replaced it."""
        both = Words.__new__(Words)
        both.sets = {kind: self.sets.get(kind, set()) | other.sets.get(kind, set()) for kind in self.sets | other.sets}
        return both

    def need(self, kind, word):
        if not self.has(kind, word):
            raise Unreadable(f"unknown {kind} '{word}' (known: {', '.join(sorted(self.sets.get(kind, ())))})")
        return word


REPLACED = {}  # shipped regimes that others stand in for


def replaced(regime):
    return REPLACED.get(regime, regime)


@functools.cache
def words_of(regime):
    return Words(regime)


class Tokens:
    """The words of one line, taken from the left; commas are only for the reader."""

    def __init__(self, text):
        lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
        lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t,", True, "#"
        self.words = list(lexer)

    def __bool__(self):
        return bool(self.words)

    def next(self, what="a word"):
        if not self.words:
            raise Unreadable(f"{what} is missing at the end")
        return self.words.pop(0)

    def skip(self, *wanted):
        if self.words[:len(wanted)] == list(wanted):
            del self.words[:len(wanted)]
            return True
        return False

    def must(self, *wanted):
        if not self.skip(*wanted):
            raise Unreadable(f"expected '{' '.join(wanted)}' before '{' '.join(self.words) or 'the end'}'")

    def is_time(self):
        return bool(self.words) and re.fullmatch(r"\d{4}-\d\d-\d\d", self.words[0]) is not None

    def time(self, zone):
        day, clock = self.next("a date"), self.next("a time of day")
        try:
            return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)
        except ValueError as wrong:
            raise Unreadable(f"'{day} {clock}' is no time ({wrong})") from None

    def end(self):
        if self.words:
            raise Unreadable(f"'{' '.join(self.words)}' is not understood")


class Scenario:
    def __init__(self, path, line, title, regime, words):
        self.path, self.line, self.title = path, line, title
        self.regime, self.words = regime, words
        self.zone, self.people = timezone(timedelta(hours=8)), ETC / "people.ini"
        self.calendars = []  # files besides those that stand beside the regime
        self.events, self.expectations = [], []
        self.answers = 0  # events that are answered: all but the passing of time


# ---- actions ----

def put(params, path, value):
    *parents, name = path.split(".")
    for parent in parents:
        params = params.setdefault(parent, {})
    if value is None:
        params.pop(name, None)
    else:
        params[name] = value


def literal(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def act_files(tokens, words, _zone):
    ref = tokens.next("a ticket")
    params = {"ref": ref, "class": words.need("classes", tokens.next()), "channel": "phone", "subject": f"problem {ref}",
              "customer": {"name": "Huaxin Logistics"}, "contact": {"name": "Ms Li", "phone": "010-5550100"}}
    for name, kind in (("type", "types"), ("urgency", "urgencies")):
        if tokens and words.has(kind, tokens.words[0]):
            params[name] = tokens.next()
    return "ticket.create", params


def act_contacts(tokens, _words, _zone):
    return "contact.record", {"ticket": tokens.next("a ticket"), "channel": "phone", "direction": "out",
                              "reached": True}


def act_classifies(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("as")
    for name, kind in (("class", "classes"), ("type", "types"), ("urgency", "urgencies")):
        if tokens and words.has(kind, tokens.words[0]):
            params[name] = tokens.next()
    return "ticket.classify", params


def act_hands(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    while tokens.skip("to"):
        who = tokens.next("a department or a person")
        params["handler" if "." in who else "department"] = who if "." in who else words.need("departments", who)
    return "ticket.assign", params


def act_plans(tokens, _words, zone):
    params = {"ticket": tokens.next("a ticket"), "measures": "replace the part"}
    tokens.must("for")
    params["expected_at"] = tokens.time(zone).isoformat()
    return "ticket.plan", params


def act_notes(tokens, _words, zone):
    tokens.must("progress", "of")
    params = {"ticket": tokens.next("a ticket"), "note": "worked on it"}
    for name in ("from", "to"):
        if tokens.skip(name):
            params[name] = tokens.time(zone).isoformat()
    return "progress.add", params


def act_asks(tokens, words, zone):
    """asks for T1 CLOCK until DATE TIME; asks for escalation of T1"""
    tokens.must("for")
    if tokens.skip("escalation", "of"):
        params = {"ticket": tokens.next("a ticket"), "reason": "beyond my authority"}
        if tokens.skip("to"):
            params["department"] = words.need("departments", tokens.next())
        return "escalation.request", params
    params = {"ticket": tokens.next("a ticket"), "clock": words.need("clock", tokens.next("a clock")),
              "reason": "the part comes later"}
    tokens.must("until")
    return "extension.request", {**params, "until": tokens.time(zone).isoformat()}


def act_decides(approve):
    def act(tokens, _words, zone):
        method = "extension.decide" if tokens.skip("extension") else "escalation.decide"
        if method == "escalation.decide":
            tokens.must("escalation")
        tokens.must("of")
        params = {"ticket": tokens.next("a ticket"), "approve": approve}
        if tokens.skip("until"):
            params["until"] = tokens.time(zone).isoformat()
        return method, params
    return act


def act_merges(tokens, _words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("into")
    return "ticket.merge", {**params, "into": tokens.next("a ticket")}


def act_does(done):
    def act(tokens, words, _zone):
        step = words.need("steps", tokens.next("a step"))
        tokens.must("of")
        params = {"ticket": tokens.next("a ticket"), "step": step}
        return "step.done", params if done else {**params, "done": False}
    return act


def act_fills(tokens, words, _zone):
    field = words.need("fields", tokens.next("a field"))
    tokens.must("of")
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("with")
    return "ticket.update", {**params, "fields": {field: literal(tokens.next("a value"))}}


def act_empties(tokens, words, _zone):
    field = words.need("fields", tokens.next("a field"))
    tokens.must("of")
    return "ticket.update", {"ticket": tokens.next("a ticket"), "fields": {field: None}}


def act_signs(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("as")
    return "sign", {**params, "signature": words.need("signatures", tokens.next("a signature"))}


def act_finds(tokens, words, _zone):
    tokens.must("the", "customer", "of")
    params = {"ticket": tokens.next("a ticket")}
    return "satisfaction.record", {**params, "level": words.need("satisfaction", tokens.next("a level"))}


def act_acknowledges(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    if tokens and words.has("clock", tokens.words[0]):
        params["clock"] = tokens.next()
    return "escalation.ack", params


def act_puts(tokens, words, _zone):
    record = tokens.next("a record")
    tokens.must("into")
    params = {"register": words.need("registers", tokens.next("a register")), "id": record, "fields": {}}
    if tokens.skip("with"):
        while tokens:
            field = tokens.next("a field")
            params["fields"][field] = tokens.next("a value")
    return "register.put", params


def act_removes(tokens, words, _zone):
    record = tokens.next("a record")
    tokens.must("from")
    return "register.remove", {"register": words.need("registers", tokens.next("a register")), "id": record}


def act_mails(tokens, words, _zone):
    params = {"template": words.need("template", tokens.next("a template"))}
    if tokens.skip("for"):
        params["ticket"] = tokens.next("a ticket")
    tokens.must("to")
    params["register"] = words.need("registers", tokens.next("a register"))
    if tokens.skip("of"):
        params["ids"] = [tokens.next("a record")]
        while tokens.skip("and"):
            params["ids"].append(tokens.next("a record"))
    elif tokens.skip("when"):
        params["when"] = " ".join(tokens.words)
        tokens.words.clear()
    return "mailing.start", params


def act_cancels(tokens, _words, _zone):
    return "mailing.cancel", {"mailing": tokens.next("a mailing").removeprefix("mailing/")}


def act_hears(tokens, _words, _zone):
    address = tokens.next("an address")
    tokens.must("wants")
    declines = tokens.skip("no", "such")
    tokens.must("mail")
    return ("optout.add" if declines else "optout.remove"), {"address": address}


def act_releases(tokens, words, _zone):
    if tokens.skip("all", "notices"):
        return "notice.release", {"all": True}
    if tokens.skip("notices"):
        ids = [tokens.next("a notice's number")]
        while tokens.skip("and"):
            ids.append(tokens.next("a notice's number"))
        return "notice.release", {"ids": ids}
    tokens.must("the", "notices", "of")
    return "notice.release", {"recipient": tokens.next("a person")}


def act_pauses(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("for")
    params["reason"] = words.need("pauses", tokens.next("a reason"))
    return "ticket.pause", params


def act_resumes(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    if tokens.skip("from"):
        params["reason"] = words.need("pauses", tokens.next("a reason"))
    return "ticket.resume", params


def act_moves(tokens, words, _zone):
    params = {"ticket": tokens.next("a ticket")}
    tokens.must("to")
    params["stage"] = words.need("stages", tokens.next("a stage"))
    return "ticket.move", params


def act_lists(tokens, _words, _zone):
    tokens.must("tickets")
    return "ticket.list", {}


def simple(method, **more):
    return lambda tokens, _words, _zone: (method, {"ticket": tokens.next("a ticket"), **more})


VERBS = {"puts": act_puts, "removes": act_removes, "files": act_files, "contacts": act_contacts, "classifies": act_classifies, "hands": act_hands,
         "plans": act_plans, "notes": act_notes, "acknowledges": act_acknowledges, "releases": act_releases,
         "asks": act_asks, "grants": act_decides(True), "denies": act_decides(False), "merges": act_merges, "corrects": simple("ticket.update"), "fills": act_fills, "empties": act_empties, "does": act_does(True), "undoes": act_does(False), "signs": act_signs, "finds": act_finds,
         "pauses": act_pauses, "resumes": act_resumes, "moves": act_moves,
         "solves": simple("ticket.solve", result="it works again"), "closes": simple("ticket.close"),
         "lists": act_lists, "mails": act_mails, "cancels": act_cancels, "hears": act_hears,
         "reopens": simple("ticket.reopen", reason="it came back")}


def read_clause(tokens, words, zone, params):
    """What may follow any action: how, by whom, since when, and every other member of the parameters."""
    if tokens.skip("by"):
        put(params, "channel", words.need("channels", tokens.next()))
    elif tokens.skip("as", "history"):
        put(params, "history", True)
    elif tokens.skip("as"):
        put(params, "kind", words.need("kinds", tokens.next()))
    elif tokens.skip("without", "reaching", "anybody"):
        put(params, "reached", False)
    elif tokens.skip("automatically"):
        put(params, "automatic", True)
    elif tokens.skip("at", "their", "call"):
        put(params, "direction", "in")
    elif tokens.skip("promising"):
        put(params, "next_at" if "direction" in params else "promise_at", tokens.time(zone).isoformat())
    elif tokens.skip("staffed"):
        put(params, "customer.staffed", tokens.next("hours"))
    elif tokens.skip("handler"):
        put(params, "handler", tokens.next("a person"))
    elif tokens.skip("supported", "by"):
        put(params, "supporting", read_list(tokens, words, "departments"))
    elif tokens.skip("also"):
        put(params, "types", read_list(tokens, words, "types"))
    elif tokens.skip("received"):
        put(params, "received_at", tokens.time(zone).isoformat())
    elif tokens.skip("happened"):
        put(params, "at", tokens.time(zone).isoformat())
    elif tokens.skip("with"):
        path = tokens.next("a parameter")
        put(params, path, literal(tokens.next("a value")))
    elif tokens.skip("without"):
        put(params, tokens.next("a parameter"), None)
    else:
        tokens.end()


def read_list(tokens, words, kind):
    """`quality and training`."""
    found = [words.need(kind, tokens.next())]
    while tokens.skip("and"):
        found.append(words.need(kind, tokens.next()))
    return found


def read_reload(scenario, tokens, at):
    """`the regime becomes FILE`, `the people become FILE`, `the calendars become FILE and FILE`: a reload."""
    params = {}
    for name, verb in (("regime", "becomes"), ("people", "become"), ("calendars", "become")):
        if tokens.skip("the", name, verb) or tokens.skip("and", "the", name, verb):
            files = [str((scenario.path.parent / tokens.next("a file")).resolve())]
            while tokens and tokens.words[:2] != ["and", "the"] and tokens.skip("and"):
                files.append(str((scenario.path.parent / tokens.next("a file")).resolve()))
            params[name] = files if name == "calendars" else files[0]
            if name != "calendars" and len(files) > 1:
                raise Unreadable(f"one file for the {name}")
    tokens.end()
    if "regime" in params:
        scenario.words = scenario.words.also(words_of(Path(params["regime"])))
    scenario.events.append({"at": at, "method": "system.reload", "params": params})
    scenario.answers += 1


def read_relay(scenario, tokens, at, channel):
    """`the mail to PERSON is refused`: from then on, until another line says otherwise."""
    person = tokens.next("a person")
    tokens.must("is")
    answer = tokens.next("what becomes of it")
    if answer not in ("accepted", "deferred", "refused"):
        raise Unreadable(f"mail is accepted, deferred or refused, not '{answer}'")
    tokens.end()
    scenario.events.append({"at": at, "method": "relay.answers", "params": {"person": person, "channel": channel, "answer": answer}})


def read_action(scenario, tokens, words):
    at = tokens.time(scenario.zone).isoformat()
    for channel in CHANNELS:
        if tokens.skip("the", channel, "to"):
            read_relay(scenario, tokens, at, channel)
            return
    if tokens.skip("the", "clock", "is", "set", "to"):
        scenario.events.append({"at": at, "method": "clock.set", "params": {"to": tokens.time(scenario.zone).isoformat()}})
        tokens.end()
        return
    if tokens.words[:1] == ["the"]:
        read_reload(scenario, tokens, at)
        return
    if tokens.skip("until"):
        scenario.events.append({"at": at, "method": "clock.advance"})
        back_at = tokens.time(scenario.zone).isoformat()
        tokens.must("the", "daemon", "is", "down")
        tokens.end()
        scenario.events.append({"at": back_at, "method": "clock.downtime"})
        return
    if tokens.skip("time", "passes"):
        scenario.events.append({"at": at, "method": "clock.advance"})
        return
    role, _, person = tokens.next("a role").partition(":")
    if role not in PEOPLE and not (person and words.has("roles", role)):
        raise Unreadable(f"unknown role '{role}' (known: {', '.join(sorted(PEOPLE))}; others of the regime as ROLE:PERSON)")
    verb = tokens.next("what was done")
    if verb not in VERBS:
        raise Unreadable(f"unknown action '{verb}' (known: {', '.join(sorted(VERBS))})")
    method, params = VERBS[verb](tokens, words, scenario.zone)
    while tokens:
        read_clause(tokens, words, scenario.zone, params)
    scenario.events.append({"at": at, "actor": person or PEOPLE[role], "role": role, "method": method,
                            "params": params})
    scenario.answers += 1


# ---- expectations: each becomes a function of the output that returns None or what came instead ----

def instant(text):
    return datetime.fromisoformat(text) if text else None


def show(lines):
    wanted = []
    for line in lines[:8]:
        at = instant(line["at"]).strftime("%m-%d %H:%M:%S")
        who = ",".join(sorted({to["role"] for to in line.get("to", [])}))
        wanted.append(f"{at} {line.get('clock', '')} {line.get('state') or who + ' ' + line['template']}"
                      f"{' (' + line['why'] + ')' if line.get('why') else ''}")
    return "; ".join(wanted) or "nothing of the kind"


def state_of(line):
    return line["why"] if line.get("why") in ("shortfall", "withdrawn") else line["state"]


class Output:
    def __init__(self, lines):
        self.answers = [line for line in lines if line["kind"] in ("accepted", "refused")]
        self.clocks = [line for line in lines if line["kind"] == "clock"]
        self.notices = [line for line in lines if line["kind"] == "notice"]
        self.reviewed = [line for line in lines if line["kind"] == "reviewed"]
        self.runs = [line for line in lines if line["kind"] in ("opened", "schedule")]
        self.suppressed = [line for line in lines if line["kind"] == "suppressed"]
        self.held = [line for line in lines if line["kind"] == "held"]
        self.digests = [line for line in self.notices if line["template"] == "digest"]
        self.ladders = [line for line in lines if line["kind"] == "ladder"]
        self.order = {id(line): place for place, line in enumerate(lines)}
        self.seen = set()

    def verdicts(self, ref, clock, state=None):
        return [line for line in self.clocks if line["ref"] == ref and line["clock"] == clock
                and state in (None, state_of(line))]


class Telling:
    """`tells A and B TEMPLATE of CLOCK`: whom, in which words, about which clock."""

    def __init__(self, tokens, words, needs_template):
        self.people, self.template, self.clock = [], None, None
        while not self.people or tokens.skip("and"):
            who = tokens.next("whom")
            self.people.append(who if "." in who or "/" in who or who == "customer" else words.need("roles", who))
        if needs_template or (tokens and words.has("template", tokens.words[0])):
            self.template = words.need("template", tokens.next("a template"))
        if tokens.skip("of"):
            self.clock = words.need("clock", tokens.next("a clock"))
        self.channel = tokens.next("a way") if tokens.skip("by") else None
        if self.channel not in (None, *CHANNELS):
            raise Unreadable(f"nobody is told by {self.channel} (known: {', '.join(CHANNELS)})")

    def fits(self, ref, line):
        is_meant = line.get("ref") == ref or (line.get("ref") is None and line["clock"] == ref)  # or what a schedule sends
        return is_meant and self.template in (None, line["template"]) and \
            self.clock in (None, line["clock"]) and self.channel in (None, *(to["channel"] for to in line["to"]))

    def means(self, to):
        return (to["person"] in self.people or to["role"] in self.people) and self.channel in (None, to["channel"])

    def exactly(self, lines):
        told = [to for line in lines for to in line["to"] if self.channel in (None, to["channel"])]
        names = {name for to in told for name in (to["person"], to["role"])}
        keys = [(line["clock"], line["cycle"], line["rung"], to["person"], to["channel"]) for line in lines
                for to in line["to"]]
        return bool(told) and len(keys) == len(set(keys)) and all(map(self.means, told)) and \
            names.issuperset(self.people)


def expect_tells(ref, at, telling, pick):
    def check(output):
        alike = [line for line in pick(output) if telling.fits(ref, line)]
        lines = [line for line in alike if instant(line["at"]) == at]
        output.seen.update(map(id, lines))
        return None if telling.exactly(lines) else show(lines or alike)
    return check


def expect_kept(ref, at, telling, why):
    def pick(output):
        return [line for line in output.suppressed if not why or why in line.get("reason", "")]
    return expect_tells(ref, at, telling, pick)


def expect_held(ref, at, telling, until):
    """What it waits for in the end: found late and too much of it, a notice waits twice in one instant."""
    def check(output):
        alike = [line for line in output.held if telling.fits(ref, line)]
        lines = [line for line in alike if instant(line["at"]) == at]
        last = {(line["clock"], line["cycle"], line["rung"], to["person"]): line for line in lines for to in line["to"]}
        lines = [line for line in lines if any(line is one for one in last.values())]
        came = {"released" if line["hold"] == "release" else instant(line["until"]) for line in lines}
        if not telling.exactly(lines):
            return show(alike)
        return None if until is None or came == {until} else f"until {', '.join(map(str, came))}"
    return check


class Digest:
    """`digest to WHO of T1 [CLOCK] and T2 [CLOCK] …`: every notice in it, a ticket as often as it is in it."""

    def __init__(self, tokens, words):
        self.who, self.items = tokens.next("whom"), []
        if "." not in self.who:
            words.need("roles", self.who)
        tokens.must("of")
        while not self.items or tokens.skip("and"):
            ref = tokens.next("a ticket")
            if not re.fullmatch(r"T\d+", ref):
                raise Unreadable(f"'{ref}' is no ticket")
            is_clock = tokens and words.has("clock", tokens.words[0])
            self.items.append((ref, tokens.next() if is_clock else None))
        self.is_in_order = tokens.skip("in", "this", "order")

    def means(self, line):
        return self.who in (line["to"][0]["person"], line["to"][0]["role"])

    def lists(self, line):
        left = [(item["ref"], item["clock"]) for item in line["items"]]
        if self.is_in_order:
            return [ref for ref, _ in left] == [ref for ref, _ in self.items]
        for ref, clock in sorted(self.items, key=lambda item: item[1] is None):  # those that say most first
            found = next((one for one in left if one[0] == ref and clock in (None, one[1])), None)
            if not found:
                return False
            left.remove(found)
        return not left


def show_digests(lines):
    return "; ".join(f"{instant(line['at']).strftime('%m-%d %H:%M:%S')} to {line['to'][0]['person']} of " + " and ".join(
        f"{item['ref']} {item['clock']} {item['template']}" for item in line["items"]) for line in lines[:6]) or "no digest"


def expect_digest(at, digest):
    def check(output):
        alike = [line for line in output.digests if digest.means(line)]
        lines = [line for line in alike if instant(line["at"]) == at]
        output.seen.update(map(id, lines))
        return None if len(lines) == 1 and digest.lists(lines[0]) else show_digests(lines or alike)
    return check


def expect_no_digest(who):
    def check(output):
        lines = [line for line in output.digests if who in (None, line["to"][0]["person"], line["to"][0]["role"])]
        return show_digests(lines) if lines else None
    return check


def expect_count(ref, telling, count):
    def check(output):
        lines = [line for line in output.notices if telling.fits(ref, line)
                 for to in line["to"] if telling.means(to)]
        if count:
            output.seen.update(map(id, lines))
        return None if len(lines) == count else show(lines)
    return check


def expect_state(ref, at, clock, state, also):
    def check(output):
        lines = [line for line in output.verdicts(ref, clock, state) if instant(line["at"]) == at
                 and (also["due"] is None or instant(line["due_at"]) == also["due"])
                 and line.get("provisional", False) == also["provisional"]
                 and also["cycle"] in (None, line["cycle"]) and also["overrun"] in (None, line.get("overrun_s", 0))]
        output.seen.update(map(id, lines))
        return None if len(lines) == 1 else show(output.verdicts(ref, clock)) + \
            (f" ({len(lines)} times)" if lines else "")
    return check


def expect_ladder(ref, at, clock, rung, what):
    def check(output):
        alike = [line for line in output.ladders if line["ref"] == ref and line["clock"] == clock]
        lines = [line for line in alike if instant(line["at"]) == at and line["rung"] == rung and line["what"] == what]
        return None if len(lines) == 1 else "; ".join(
            f"{instant(line['at']):%m-%d %H:%M:%S} {line['clock']} rung {line['rung']} {line['what']}" for line in alike) or "nothing"
    return check


def expect_never(ref, clock, state):
    def check(output):
        lines = output.verdicts(ref, clock, state)
        return show(lines) if lines else None
    return check


def show_runs(lines):
    return "; ".join(f"{instant(line['at']).strftime('%Y-%m-%d %H:%M')} {line['schedule']} {line['outcome']} {line.get('class', '')}"
                     f" for {line['record']}" for line in lines[:8]) or "nothing of the kind"


def expect_run(schedule, at, wanted, count=1):
    """Runs of the schedule at that instant, exactly so many that have all members of `wanted`."""
    def check(output):
        runs = [line for line in output.runs if line["schedule"] == schedule]
        lines = [line for line in runs if instant(line["at"]) == at
                 and all(line.get(member) == value for member, value in wanted.items())]
        output.seen.update(map(id, lines))
        return None if len(lines) == count else show_runs(runs)
    return check


def expect_no_run(schedule, wanted):
    def check(output):
        lines = [line for line in output.runs if line["schedule"] == schedule
                 and all(line.get(member) == value for member, value in wanted.items())]
        return show_runs(lines) if lines else None
    return check


def expect_no_other_runs():
    def check(output):
        lines = [line for line in output.runs if id(line) not in output.seen]
        return show_runs(lines) if lines else None
    return check


def expect_reviewed(ref, clock, wanted):
    """After reloads that change days that have been: verdicts on record that would be others now, as (was, would be)."""
    def check(output):
        lines = [line for line in output.reviewed if line["ref"] == ref and line["clock"] == clock]
        return None if [(line["was"], line["would_be"]) for line in lines] == wanted else json.dumps(lines)
    return check


def expect_before(first, second):
    def check(output):
        lines = [output.verdicts(*which) for which in (first, second)]
        in_order = all(lines) and output.order[id(lines[0][0])] < output.order[id(lines[1][0])]
        return None if in_order else show(lines[0] + lines[1])
    return check


def expect_nothing_else(ref, clock, told_only):
    def check(output):
        alarming = [] if told_only else [line for line in output.clocks if state_of(line) in ALARMING]
        lines = [line for line in output.notices + alarming if id(line) not in output.seen
                 and ref in (None, line.get("ref")) and clock in (None, line["clock"])]
        return show(lines) if lines else None
    return check


def expect_answer(place, member, value):
    def check(output):
        answer = output.answers[place]
        came = answer.get(member)
        if member == "credited":
            came = sorted(entry["clock"] for entry in came or [])
        fits = value in came if member in ("detail", "uncounted") and came else came == value
        return None if fits else json.dumps(answer, ensure_ascii=False)
    return check


def expect_decision(place, name, is_missing, word):
    """What the regime decides of the ticket after the last action, or what must be known before it can."""
    def check(output):
        answer = output.answers[place]
        came = [row for row in answer.get("decisions") or [] if row["decision"] == name]
        fits = len(came) == 1 and (came[0].get("missing") if is_missing else came[0]["word"]) == word
        return None if fits else json.dumps(answer, ensure_ascii=False)
    return check


def read_answer(tokens, words, place):
    """What the last action was answered."""
    if tokens.skip("refused"):
        checks = [expect_answer(place, "kind", "refused"), expect_answer(place, "error", tokens.next("an error"))]
        if tokens.skip("about"):
            checks.append(expect_answer(place, "field", tokens.next("a field")))
        if tokens.skip("saying"):
            checks.append(expect_answer(place, "detail", tokens.next("a text")))
        return lambda output: next((wrong for wrong in (check(output) for check in checks) if wrong), None)
    if tokens.skip("uncounted"):
        return expect_answer(place, "uncounted", tokens.next("a text"))
    if tokens.skip("credited", "nothing"):
        return expect_answer(place, "credited", [])
    if tokens.skip("credited"):
        clocks = [words.need("clock", tokens.next())]
        while tokens.skip("and"):
            clocks.append(words.need("clock", tokens.next()))
        return expect_answer(place, "credited", sorted(clocks))
    if tokens.skip("tickets"):
        listed = [tokens.next("a ticket")]
        while tokens.skip("and"):
            listed.append(tokens.next("a ticket"))
        return expect_answer(place, "tickets", listed)
    if tokens.skip("handler", "nobody"):
        return expect_answer(place, "handler", None)
    if tokens.skip("supporting", "nobody"):
        return expect_answer(place, "supporting", None)
    if tokens.skip("supporting"):
        return expect_answer(place, "supporting", read_list(tokens, words, "departments"))
    if tokens.skip("decision"):
        name = words.need("decisions", tokens.next("a decision"))
        return expect_decision(place, name, tokens.skip("missing"), tokens.next("a word"))
    for member in ("number", "stage", "department", "handler", "revision", "moved", "changed"):
        if tokens.skip(member):
            return expect_answer(place, member, literal(tokens.next()))
    return None


def read_verdict(tokens):
    for verdict in VERDICTS:
        if tokens.skip(*verdict.split("_")):
            return verdict
    raise Unreadable(f"unknown verdict (known: {', '.join(VERDICTS).replace('_', ' ')})")


def read_of_schedule(tokens, words, at):
    """`schedule NAME opens CLASS | tells WHO TEMPLATE | skips [for RECORD] [overtaking N]`, and the same never."""
    name, never = words.need("schedules", tokens.next("a schedule")), tokens.skip("never")
    wanted, telling = {}, None
    if tokens.skip("opens"):
        wanted["outcome"] = "opened"
        if tokens and words.has("classes", tokens.words[0]):
            wanted["class"] = tokens.next()
    elif tokens.skip("skips"):
        wanted["outcome"] = "skipped"
    elif tokens.skip("tells"):
        wanted["outcome"] = "told"
        telling = None if never else Telling(tokens, words, True)
    else:
        raise Unreadable("a schedule opens CLASS, tells WHO TEMPLATE or skips")
    if tokens.skip("for"):
        wanted["record"] = tokens.next("a record")
    if tokens.skip("overtaking"):
        wanted["overtaken"] = int(tokens.next("a number"))
    if never:
        return expect_no_run(name, wanted)
    if not at:
        raise Unreadable("when? (expect DATE TIME schedule NAME …)")
    if not telling:
        count = int(tokens.next()) if len(tokens.words) == 2 and tokens.words[1] == "times" else 1
        tokens.skip("times")
        return expect_run(name, at, wanted, count)
    about = name + ("/" + wanted["record"] if "record" in wanted else "")
    runs = [expect_run(name, at, {**wanted, "outcome": outcome}) for outcome in ("told", "opened")]

    def ran(output):
        wrong = [run(output) for run in runs]
        return wrong[0] if all(wrong) else None

    def check(output):
        lines = [line for line in output.notices if line["clock"] == about and instant(line["at"]) == at
                 and line["template"] == telling.template]
        output.seen.update(map(id, lines))
        return ran(output) or (None if telling.exactly(lines) else show(lines or output.notices))
    return check


def read_of_ticket(tokens, words, zone, at):
    ref = tokens.next("a ticket")
    if not re.fullmatch(r"T\d+|[a-z_]+/\S+", ref) and ref not in words.sets.get("schedules", ()):
        raise Unreadable(f"'{ref}' is neither a ticket (T1) nor another thing to expect")
    if tokens.skip("never", "tells"):
        return expect_count(ref, Telling(tokens, words, False), 0)
    if tokens.skip("tells"):
        telling = Telling(tokens, words, at is not None)
        if at:
            return expect_tells(ref, at, telling, lambda output: output.notices)
        if tokens.skip("once"):
            return expect_count(ref, telling, 1)
        count = int(tokens.next("when, or how often"))
        tokens.must("times")
        return expect_count(ref, telling, count)
    if tokens.skip("holds", "back", "from"):
        telling, until = Telling(tokens, words, True), None
        if tokens.skip("until", "released"):
            until = "released"
        elif tokens.skip("until"):
            until = tokens.time(zone)
        return expect_held(ref, at, telling, until)
    if tokens.skip("keeps", "from"):
        return expect_kept(ref, at, Telling(tokens, words, True), tokens.skip("saying") and tokens.next("why"))
    clock = words.need("clock", tokens.next("a clock"))
    if at and tokens.skip("rung"):
        rung, what = int(tokens.next("its number")), tokens.next("what became of it")
        if what not in ("skipped", "unreached", "undelivered"):
            raise Unreadable(f"a rung is skipped, unreached or undelivered, not '{what}'")
        return expect_ladder(ref, at, clock, rung, what)
    never = tokens.skip("never")
    if tokens.skip("would", "be"):
        would_be = read_verdict(tokens)
        tokens.must("instead", "of")
        return expect_reviewed(ref, clock, [(read_verdict(tokens), would_be)])
    if tokens.skip("stands"):
        return expect_reviewed(ref, clock, [])
    state = tokens.next("a state")
    if state not in STATES:
        raise Unreadable(f"unknown state '{state}' (known: {', '.join(STATES)})")
    if never:
        return expect_never(ref, clock, state)
    if tokens.skip("before"):
        second = tokens.next("a ticket"), words.need("clock", tokens.next()), tokens.next("a state")
        return expect_before((ref, clock, state), second)
    if not at:
        raise Unreadable("when? (expect DATE TIME TICKET CLOCK STATE)")
    also = {"due": None, "cycle": None, "overrun": None, "provisional": False}
    if tokens.skip("due"):
        also["due"] = tokens.time(zone)
    also["provisional"] = tokens.skip("provisional")
    if tokens.skip("cycle"):
        also["cycle"] = int(tokens.next("a number"))
    if tokens.skip("late", "by"):
        hours, minutes = tokens.next("HH:MM").split(":")
        also["overrun"] = int(hours) * 3600 + int(minutes) * 60
    return expect_state(ref, at, clock, state, also)


def read_expectation(scenario, tokens, words, line, text):
    place = scenario.answers - 1
    check = read_answer(tokens, words, place)
    if check and place < 0:
        raise Unreadable("nothing was done yet that could be answered")
    if not check and tokens.skip("no", "other", "run"):
        check = expect_no_other_runs()
    elif not check and tokens.skip("nothing", "else"):
        told_only, ref, clock = tokens.skip("told"), None, None
        while tokens.skip("of"):
            word = tokens.next()
            ref, clock = (word, clock) if re.fullmatch(r"T\d+", word) else (ref, words.need("clock", word))
        check = expect_nothing_else(ref, clock, told_only)
    elif not check and tokens.skip("no", "digest"):
        check = expect_no_digest(tokens.next("whom") if tokens.skip("to") else None)
    elif not check:
        at = tokens.time(scenario.zone) if tokens.is_time() else None
        if at and tokens.skip("digest", "to"):
            check = expect_digest(at, Digest(tokens, words))
        elif tokens.skip("schedule"):
            check = read_of_schedule(tokens, words, at)
    if not check:
        check = read_of_ticket(tokens, words, scenario.zone, at)
    tokens.end()
    scenario.expectations.append((line, text, check, place if text.startswith("expect refused") else None))


# ---- stories ----

def read_line(scenario, text, line):
    tokens = Tokens(text)
    if tokens.is_time():
        read_action(scenario, tokens, scenario.words)
    elif tokens.skip("expect"):
        read_expectation(scenario, tokens, scenario.words, line, text)
    elif tokens.skip("regime"):
        if scenario.events or scenario.expectations:
            raise Unreadable("the regime comes first")
        scenario.regime = replaced((scenario.path.parent / tokens.next("a file")).resolve())
        scenario.words = words_of(scenario.regime)
        tokens.end()
    elif tokens.skip("calendar"):
        if scenario.events or scenario.expectations:
            raise Unreadable("the calendars come first")
        scenario.calendars.append(scenario.path.parent / tokens.next("a file"))
        tokens.end()
    elif tokens.skip("people"):
        scenario.people = scenario.path.parent / tokens.next("a file")
        tokens.end()
    elif tokens.skip("times", "are"):
        scenario.zone = datetime.strptime(tokens.next("an offset"), "%z").tzinfo
        tokens.end()
    else:
        raise Unreadable(f"'{text}' is neither a time and what happened, nor expect, regime, calendar, people or times are")


def read_file(path, regime):
    scenarios = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = line.split("#")[0].strip()
        if not text:
            continue
        try:
            if text.startswith("scenario "):
                title = text[len("scenario "):]
                if not re.match(r"((?:INT|CTL|STD|RSP|AFT|DOM)-\d+ )+\S", title):
                    raise Unreadable("a title begins with the rules it shows: scenario INT-13 …, DOM-8 for domain rule 8")
                scenarios.append(Scenario(path, number, title, regime, words_of(regime)))
            elif not scenarios:
                raise Unreadable("a story begins with: scenario INT-13 …, DOM-8 for domain rule 8")
            else:
                read_line(scenarios[-1], text, number)
        except (Unreadable, ValueError, OSError) as wrong:
            raise Unreadable(f"{path}:{number}: {wrong}") from None
    for scenario in scenarios:
        if not scenario.expectations:
            raise Unreadable(f"{path}:{scenario.line}: a scenario that expects nothing can't fail")
    return scenarios


def run(scenario, program):
    """What went wrong, as (line, expected, came instead); None when the story came true."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as events:
        events.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in scenario.events)
        events.flush()
        done = subprocess.run([program, "replay", "--regime", scenario.regime, "--people", scenario.people,
                               *(f"--calendar={path}" for path in scenario.calendars), events.name],
                              capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return scenario.line, "a replay", f"exit code {done.returncode}: {done.stderr.strip()[-800:]}"
    output = Output([json.loads(line) for line in done.stdout.splitlines()])
    refusals = {place for *_, place in scenario.expectations if place is not None}
    for place, answer in enumerate(output.answers):
        if answer["kind"] == "refused" and place not in refusals:
            return scenario.line, f"action {place + 1} to be accepted", json.dumps(answer, ensure_ascii=False)
    for line, text, check, _ in scenario.expectations:
        came = check(output)
        if came:
            return line, text, came
    return None


def main():
    arguments, other = sys.argv[1:], None
    if "--regime" in arguments:
        place = arguments.index("--regime")
        other = Path(arguments[place + 1])
        REPLACED[ETC / "regimes" / other.name] = other
        del arguments[place:place + 2]
    until_failure = "--until-failure" in arguments
    arguments = [word for word in arguments if word != "--until-failure"]
    if not arguments:
        sys.exit(__doc__)
    program = Path(arguments[0]).resolve() / "client" / "dubanctl"
    paths = [Path(name) for name in arguments[1:]] or sorted(HERE.glob("*.scenario"))
    try:
        scenarios = [scenario for path in paths
                     for scenario in read_file(path, replaced(ETC / "regimes/nq510201.ini"))
                     if other in (None, scenario.regime)]
    except Unreadable as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(2)
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for scenario, wrong in zip(scenarios, pool.map(lambda one: run(one, program), scenarios)):
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong:
                print(f"not ok {scenario.title} ({os.path.relpath(scenario.path)}:{wrong[0]}, "
                      f"expected: {wrong[1].removeprefix('expect ')}, came instead: {wrong[2]})")
            else:
                print(f"ok {scenario.title}")
            if wrong and until_failure:
                pool.shutdown(cancel_futures=True)
                break
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
