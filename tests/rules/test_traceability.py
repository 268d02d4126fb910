#!/usr/bin/env python3
"""Every rule of the five regulations is carried out somewhere, and shown: test_traceability.py [BUILD_DIR]

tests/traceability has a file for each regulation; README there describes its form. A rule needs the lines of its regime (or
another file of the tree) that carry it out, and stories under that very regime whose titles cite it, or other tests that
name it. What only people can do is a step of the regime. What is named must be there; what is cited must be a rule.
"""
import re
from pathlib import Path

import house
from house import TOP, test

PLACE = TOP / "tests/traceability"
REGULATIONS = {"INT": 35, "CTL": 23, "STD": 31, "RSP": 20, "AFT": 17}  # how many rules each has
MARKS = {"clock", "route", "record", "gate", "notify", "report", "checklist"}
TOLD = {"clock", "route", "gate", "notify"}  # what the judge does: a story can tell it, a test alone is not enough
KEYS = ("what", "by", "file", "stories", "test", "step", "owed")
REQUIREMENTS = TOP.parent / "shared/requirements"
SHIPPED = "etc/regimes/nq510201.ini"  # what a story runs under that names no other


class Rule:
    def __init__(self, name, marks, place):
        self.name, self.marks, self.place = name, marks, place
        self.rows = {key: [] for key in KEYS}


class Regulation:
    """One file of tests/traceability; what can't be read is in `complaints`."""

    def __init__(self, name):
        self.name, self.regime, self.rules, self.complaints = name, None, {}, []
        rule = None
        for number, line in enumerate((PLACE / name).read_text(encoding="utf-8").splitlines(), 1):
            place = f"tests/traceability/{name}:{number}"
            words = line.split()
            if not words or line.startswith("#"):
                continue
            if words[0] == "regime" and len(words) == 2 and not rule:
                self.regime = words[1]
            elif re.fullmatch(rf"{name}-[1-9]\d*", words[0]):
                rule = Rule(words[0], words[1:], place)
                if rule.name in self.rules:
                    self.complaints.append(f"{place}: {rule.name} stands twice")
                self.rules[rule.name] = rule
            elif line[0] == " " and rule and words[0] in KEYS and len(words) > 1:
                rule.rows[words[0]].append((place, " ".join(words[1:])))
            else:
                self.complaints.append(f"{place}: '{line.strip()}' is no rule of {name}, nor one of {', '.join(KEYS)}")


class Regime:
    """Sections, keys and remarks of a regime file."""

    def __init__(self, path):
        self.keys, self.sections, self.remarks = {}, set(), []
        self.steps, section = set(), ""  # what people do: steps of a class, contacts that a gate asks for
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            said, _, remark = line.partition(";")
            self.remarks.append(remark)
            if header := re.fullmatch(r"\[(.+)\]", said.strip()):
                section = " ".join(header[1].split())
                self.sections.add(section)
            elif "=" in said:
                key, _, value = said.partition("=")
                key = " ".join(key.split())
                self.keys.setdefault(section, set()).add(key)
                if section.startswith("class ") and key == "steps":
                    self.steps |= set(value.split())
                if section.startswith("class ") and key.startswith("gate "):
                    self.steps |= set(re.findall(r"contact:\w+", value))

    def lacks(self, text):
        """What is not there of `[SECTION] KEY, KEY`; None when all of it is."""
        found = re.fullmatch(r"\[([^\]]+)\]\s*(.*)", text)
        if not found:
            return "is not written [SECTION] KEY, KEY"
        if found[1] not in self.sections:
            return "is no section of it"
        for key in filter(None, (key.strip() for key in found[2].split(","))):
            if key not in self.keys.get(found[1], ()):
                return f"has no '{key}'"
        return None


def regulations():
    return [Regulation(name) for name in REGULATIONS]


def regime_of(regulation):
    """None while it is not written."""
    path = TOP / (regulation.regime or "-")
    return Regime(path) if path.is_file() else None


def stories():
    """(file, line, title, regime) of every story; the regime's path below the top."""
    for name, text in house.files("tests/scenario", suffixes=(".scenario",)):
        story = None
        for number, line in enumerate(text.splitlines(), 1):
            said = line.split("#")[0].strip()
            if said.startswith("scenario "):
                if story:
                    yield story
                story = (name, number, said[len("scenario "):], SHIPPED)
            elif story and said.startswith("regime "):
                regime = (TOP / name).parent / said.split()[1]
                story = (*story[:3], str(regime.resolve().relative_to(TOP)))
        if story:
            yield story


def cited(title):
    """The rules that a title begins with."""
    return re.match(r"(?:[A-Z]+-\d+ )*", title)[0].split()


def every_rule():
    return [(regulation, rule) for regulation in regulations() for rule in regulation.rules.values()]


@test
def every_regulation_is_listed_whole():
    for regulation in regulations():
        yield from regulation.complaints
        known = [f"{regulation.name}-{number + 1}" for number in range(REGULATIONS[regulation.name])]
        if list(regulation.rules) != known:
            missing = sorted(set(known) ^ set(regulation.rules)) or "the order is another"
            yield f"tests/traceability/{regulation.name} does not list its {len(known)} rules one after the other: {missing}"
        if not regulation.regime:
            yield f"tests/traceability/{regulation.name} names no regime"


@test
def every_rule_says_what_it_is_about():
    for _, rule in every_rule():
        if not rule.marks or set(rule.marks) - MARKS:
            yield f"{rule.place}: the marks of {rule.name} are some of {', '.join(sorted(MARKS))}"
        if len(rule.rows["what"]) != 1:
            yield f"{rule.place}: {rule.name} needs one line that says what it asks for"


@test
def the_list_is_that_of_the_requirements():
    """Only where the requirements lie beside the tree; it stands without them."""
    if not REQUIREMENTS.is_dir():
        return
    required = {}
    for path in REQUIREMENTS.glob("*.md"):
        for name, marks in re.findall(r"^- ([A-Z]+-\d+) .*\*([^*]+)\*(?:\s+`\[default\]`)?(?:\s+\*[^*]+\*)?$",
                                      path.read_text(encoding="utf-8"), re.MULTILINE):
            required[name] = set(re.findall(r"[a-z]+", re.sub(r"\([^)]*\)", "", marks)))
    listed = {rule.name: set(rule.marks) for _, rule in every_rule()}
    for name in sorted(required.keys() | listed.keys()):
        if required.get(name) != listed.get(name):
            yield f"{name}: required as {required.get(name)}, listed as {listed.get(name)}"


@test
def what_carries_a_rule_out_is_there():
    for regulation in regulations():
        regime = regime_of(regulation)
        for rule in regulation.rules.values():
            for place, text in rule.rows["by"]:
                if not regime:
                    yield f"{place}: there is no {regulation.regime}"
                elif wrong := regime.lacks(text):
                    yield f"{place}: {text}: {wrong} ({regulation.regime})"
            for place, path in rule.rows["file"]:
                if not (TOP / path).exists():
                    yield f"{place}: there is no {path}"
            for place, step in rule.rows["step"]:
                if not regime or step not in regime.steps:
                    yield f"{place}: {step} is no step of a class in {regulation.regime}"


@test
def every_rule_is_carried_out_and_shown():
    for _, rule in every_rule():
        if rule.rows["owed"]:
            continue
        if not any(rule.rows[key] for key in ("by", "file", "step")):
            yield f"{rule.place}: nothing carries out {rule.name}"
        if set(rule.marks) == {"checklist"}:
            if not rule.rows["step"]:
                yield f"{rule.place}: {rule.name} is for people to do, and no step says so"
        elif not rule.rows["stories"] and not rule.rows["test"]:
            yield f"{rule.place}: neither a story nor a test shows {rule.name}"
        elif not rule.rows["stories"] and TOLD & set(rule.marks):
            yield f"{rule.place}: no story shows {rule.name}, which is about {', '.join(sorted(TOLD & set(rule.marks)))}"
        if "checklist" in rule.marks and not rule.rows["step"]:
            yield f"{rule.place}: the conduct that {rule.name} asks for is no step"


@test
def every_story_and_test_that_is_named_shows_the_rule():
    known = list(stories())
    for regulation, rule in every_rule():
        for place, names in rule.rows["stories"]:
            for name in names.split():
                if not any(path == f"tests/scenario/{name}" and rule.name in cited(title) and regime == regulation.regime
                           for path, _, title, regime in known):
                    yield f"{place}: no story of {name} under {regulation.regime} begins with {rule.name}"
        for place, text in rule.rows["test"]:
            path, *function = text.split()
            source = (TOP / path).read_text(encoding="utf-8") if (TOP / path).is_file() else ""
            if not re.search(rf"\b{rule.name}\b", source) or len(function) > 1:
                yield f"{place}: {path} does not name {rule.name}"
            elif function and not re.search(rf"\b{function[0]}\(", source):
                yield f"{place}: {path} has no {function[0]}"


@test
def no_story_cites_a_rule_that_is_not_there():
    known = {rule.name for _, rule in every_rule()}
    for path, number, title, _ in stories():
        for name in cited(title):
            if name not in known and not name.startswith("DOM-"):
                yield f"{path}:{number}: there is no {name}"


@test
def the_regime_names_the_rules_that_it_carries_out():
    for regulation in regulations():
        regime = regime_of(regulation)
        if not regime:
            continue
        remarks = "\n".join(regime.remarks)
        named = set(re.findall(r"\b(?:INT|CTL|STD|RSP|AFT)-\d+\b", remarks))
        for rule in regulation.rules.values():
            if rule.rows["by"] and rule.name not in named:
                yield f"{rule.place}: {regulation.regime} does not name {rule.name} beside a line"
        for name in sorted(named - {rule.name for _, rule in every_rule()}):
            yield f"{regulation.regime} names {name}, which is no rule"


def say_what_is_owed():
    for _, rule in every_rule():
        for _, why in rule.rows["owed"]:
            print(f"skip {rule.name}: {why}")


if __name__ == "__main__":
    say_what_is_owed()
    house.main()
