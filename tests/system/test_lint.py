#!/usr/bin/env python3
"""Lint finds each planted fault by name, and nothing in the shipped regimes.

Run as `python3 tests/system/test_lint.py BUILD_DIR`. Every fault is one edit of a shipped regime or people file that the
compiler accepts; the check of that name must speak, and must have been silent before.
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
REGIME = TOP / "etc/regimes/nq510201.ini"
PEOPLE = TOP / "etc/people.ini"
AT = "2026-03-01T09:00:00+08:00"

# check -> (file, text to find, text to put in its place)
FAULTS = {
    "rung_nobody": (PEOPLE, "roles      = leadership", "roles      = intake"),
    "reminder_nobody": (REGIME, "remind to = service_head", "remind to = handler"),
    "person_unknown": (REGIME, "rung = +100% leadership      by mail", "rung = +100% leadership person:li.lei by mail"),
    "role_nobody": (PEOPLE, "roles      = leadership", "roles      = intake"),
    "gate_nobody": (PEOPLE, "roles      = service_head", "roles      = intake"),
    "stop_nobody": (PEOPLE, "roles      = service_head", "roles      = intake"),
    "person_idle": (PEOPLE, "[person ma.chao]\nname       = 马超 | Ma Chao\nmail       = ma.chao@example.com\nroles      = department_head",
                    "[person ma.chao]\nname       = 马超 | Ma Chao\nmail       = ma.chao@example.com\nroles      ="),
    "absence_alone": (PEOPLE, "[person sun.li]\n", "[person sun.li]\nabsent     = 2026-03-02..2026-03-06\n"),
    "start_is_stop": (REGIME, "stop   = plan\n", "stop   = received\n"),
    "clock_twice": (REGIME, "[ladder up] ", "[clock again]\nstart = received\nstop = contact\nwithin = 5h\nbreach = ladder up\n\n[ladder up] "),
    "clock_silent": (REGIME, "remind = 75%\nremind to = handler or department_head\nbreach = ladder up\nbreach template = contact_breach\n", ""),
    "budget_grows": (REGIME, "within = general 24h, urgent 8h, very_urgent 4h\nremind = 50% 80%\nremind to = department_head",
                     "within = general 4h, urgent 8h, very_urgent 4h\nremind = 50% 80%\nremind to = department_head"),
    "reminder_early": (REGIME, "remind very_urgent = 0% 50% 80%", "remind very_urgent = 0% 50% 4h before"),
    "quota_impossible": (REGIME, "automatic = no\n", "automatic = no\nspacing = 24h\n"),
    "hours_never_close": (REGIME, "calendar = cn_office", "calendar = always"),
    "calendar_ends": (REGIME, None, None),
    "calendar_idle": (REGIME, "[route training]", "[department training]\ncalendar = cn_office\n\n[route training]"),
    "calendar_missing": (REGIME, "calendar = cn_office\n", "calendar = department\n"),
    "ladder_unused": (REGIME, "[report at_intake]", "[ladder spare]\nrung = +0 leadership by mail\n\n[report at_intake]"),
    "ladder_long": (REGIME, "rung = +100% leadership      by mail", "rung = +300% leadership by mail"),
    "rung_unreachable": (REGIME, "rung = +50%  service_head    by mail", "rung = +0 service_head by mail"),
    "rung_repeats": (REGIME, "rung = +100% leadership      by mail", "rung = +100% service_head by mail"),
    "rung_never_again": (REGIME, "rung = +0    department_head by mail\nrung = +50%  service_head    by mail",
                         "rung = +0 department_head by mail, again every 3h\nrung = +2h service_head by mail"),
    "rung_unasked": (REGIME, "rung = +0    department_head by mail", "rung = +0 department_head by mail if not acknowledged"),
    "route_never": (REGIME, "[route training]", "[route class complaint type training]\ndepartment = training\n[route training]"),
    "route_nobody": (REGIME, "[roles] ", "[route class complaint]\ndepartment = training\nhandler = spare\n[roles]\nspare = 备用 | Spare ;"),
    "supporting_untold": (REGIME, "[route training]\n", "[route training]\nsupporting = service_centre\n"),
    "type_unrouted": (REGIME, "[route training]\ndepartment = training\n", ""),
    "type_unclassed": (REGIME, "types = product_maintenance project_maintenance service_quality", "types = product_maintenance project_maintenance"),
    "class_untyped": (REGIME, "types = product_maintenance project_maintenance service_quality\n", ""),
    "unwatched": (REGIME, "[urgencies] ", "[urgencies] "),
    "stage_unreached": (REGIME, "plan   = planned\n", ""),
    "way_nobody": (REGIME, "\n[role handler]", "spare = 备用 | Spare\n\n[stage planned]\nby = spare\n\n[role handler]"),
    "pause_unheeded": (REGIME, "[route training]", "[pauses]\nwaiting = 等待客户 | Waiting\n\n[route training]"),
    "pause_idle": (REGIME, "[clock solution] ", "[pauses]\nwaiting = 等待客户 | Waiting\n\n[clock solution]\npause = waiting ;"),
    "variable_masked": (REGIME, "when urgent      = department_head\nwhen very_urgent = department_head leadership", "when urgent = leadership"),
    "customer_words": (REGIME, "[report at_intake]", "[report told]\ntemplate = report_at_intake\nto = customer\n\n[report at_intake]"),
    "quiet_never": (REGIME, "[role leadership]\n", "[role leadership]\nquiet = outside hours\n"),
    "domain_nobody": (REGIME, "[notices] ", "[notices]\ndomains = example.com example.net ;"),
    "schedule_over": (REGIME, "[report at_intake]", "[schedule once]\nat = FREQ=MONTHLY;BYMONTHDAY=10;UNTIL=20260101\n"
                      "sends = template reminder to service_head\n\n[report at_intake]"),
    "schedule_restless": (REGIME, "[report at_intake]", "[schedule monthly]\nat = FREQ=MONTHLY;BYMONTHDAY=10 roll forward\n"
                          "sends = template reminder to service_head\n\n[report at_intake]"),
    "schedule_nobody": (REGIME, "[report at_intake]", "[schedule monthly]\nat = FREQ=MONTHLY;BYMONTHDAY=10\n"
                        "sends = template reminder to handler\n\n[report at_intake]"),
    "language_missing": (PEOPLE, None, None),
}

# Another way to make a check speak: (check, text to find in the regime, text to put in its place, what it says)
OTHERWISE = {
    "a stage that a class never comes to": (
        "stage_unreached", "[class complaint]\n", "[stage planned]\nfrom = planned\n\n[class complaint]\n"
        "stages = received assigned solved closed planned\n", "class complaint: nothing leads to its stage planned"),
    "a pause for roles that nobody holds": (
        "way_nobody", "\n[role handler]", "spare = 备用 | Spare\n\n[pauses]\nwaiting = 等待 | Waiting\n\n[pause waiting]\n"
        "by = spare\n\n[role handler]", "pause waiting: nobody holds a role that may pause for it"),
}


class Tally:
    """Counts and prints results."""

    def __init__(self):
        self.passed = self.failed = 0

    def note(self, name, problem):
        if problem:
            self.failed += 1
            print(f"not ok {name}: {problem}")
        else:
            self.passed += 1
            print(f"ok {name}")


def findings(build, regime, people, at=AT, language="en"):
    """What the checks say."""
    run = subprocess.run([build / "client/dubanctl", "regime", "check", regime, "--people", people, "--at", at, "--json",
                          "--lang", language], capture_output=True, text=True, timeout=60)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout)["findings"]


def check(build, regime, people, at=AT):
    """The names of the checks that spoke."""
    return {finding["check"] for finding in findings(build, regime, people, at)}


def untranslated(build, name, files):
    """What is wrong with the finding in the other language: as many findings, in the same places, in Chinese."""
    english, chinese = (findings(build, *files, language=language) for language in ("en", "zh"))
    if [(one["check"], one.get("line")) for one in english] != [(one["check"], one.get("line")) for one in chinese]:
        return "other findings in Chinese"
    for one in chinese:
        if one["check"] == name and not re.search("[\u4e00-\u9fff]", one["text"]):
            return f"not translated: {one['text']}"
    return None


def tree_with(directory, file, text):
    """A copy of the shipped files in which one has other text; calendars and templates stay where they are."""
    for folder in ("calendars", "templates"):
        if not (directory / folder).exists():
            (directory / folder).symlink_to(TOP / "etc" / folder)
    (directory / "regimes").mkdir(exist_ok=True)
    regime, people = directory / "regimes/regime.ini", directory / "people.ini"
    regime.write_text(text if file == REGIME else REGIME.read_text())
    people.write_text(text if file == PEOPLE else PEOPLE.read_text())
    return regime, people


def unwatched():
    """Only the very urgent are watched."""
    text = REGIME.read_text()
    for name in ("first_contact", "plan"):
        text = text.replace(f"[clock {name}] ", f"[clock {name}]\nwhen = urgency very_urgent ;", 1)
    return text


def without_language(directory):
    """A language somebody reads, without the template of a breach."""
    templates = directory / "templates"
    templates.mkdir()
    for language in ("zh", "en"):
        (templates / language).mkdir()
        for path in (TOP / "etc/templates" / language).glob("*.txt"):
            if (language, path.stem) != ("en", "plan_overdue"):
                (templates / language / path.name).write_text(path.read_text())


def plant(name, directory):
    """The files with this fault, and the instant to look from."""
    file, old, new = FAULTS[name]
    if name == "calendar_ends":
        return *tree_with(directory, file, REGIME.read_text()), "2026-12-01T09:00:00+08:00"
    if name == "unwatched":
        return *tree_with(directory, file, unwatched()), AT
    if name == "language_missing":
        without_language(directory)
        text = PEOPLE.read_text().replace("roles      = leadership", "roles      = leadership\nlanguage   = en")
        return *tree_with(directory, file, text), AT
    text = file.read_text()
    if old not in text:
        raise RuntimeError(f"nothing to change: {old!r}")
    return *tree_with(directory, file, text.replace(old, new, 1)), AT


def try_fault(build, name):
    with tempfile.TemporaryDirectory() as directory:
        files = plant(name, pathlib.Path(directory))
        found = check(build, *files)
        return untranslated(build, name, files) if name in found else f"found only {sorted(found)}"


def try_otherwise(build, name):
    check_name, old, new, says = OTHERWISE[name]
    text = REGIME.read_text()
    if old not in text:
        raise RuntimeError(f"nothing to change: {old!r}")
    with tempfile.TemporaryDirectory() as directory:
        files = tree_with(pathlib.Path(directory), REGIME, text.replace(old, new, 1))
        found = findings(build, *files)
        if (check_name, says) not in {(one["check"], one["text"]) for one in found}:
            return f"found only {found}"
        return untranslated(build, check_name, files)


# What can't be compiled is refused with its place: (file, text to find, text in its place, what the message must say)
REFUSED = {
    "unknown role": (REGIME, "rung = +50%  service_head    by mail", "rung = +50%  service_haed    by mail", "service_haed"),
    "unknown role of a person": (PEOPLE, "roles      = leadership", "roles      = leadreship", "leadreship"),
    "unknown ladder": (REGIME, "breach = ladder up", "breach = ladder upp", "upp"),
    "rungs out of order": (REGIME, "rung = +100% leadership      by mail", "rung = +20% leadership by mail", "order"),
}


def try_refusal(build, name):
    file, old, new, says = REFUSED[name]
    text = file.read_text().replace(old, new, 1)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if new.split("\n", 1)[0] in row)
    with tempfile.TemporaryDirectory() as directory:
        regime, people = tree_with(pathlib.Path(directory), file, text)
        return refusal_of(build, regime, people, f"{regime if file == REGIME else people}:{line}:", says)


def refusal_of(build, regime, people, *says):
    run = subprocess.run([build / "client/dubanctl", "regime", "check", regime, "--people", people],
                         capture_output=True, text=True, timeout=60)
    missing = [part for part in says if part not in run.stderr]
    return f"exit {run.returncode}: {run.stderr.strip()}" if run.returncode != 4 or missing else None


def misspelt_variable(build):
    """A template that names a variable there is not: its line, and what was perhaps meant."""
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        shutil.copytree(TOP / "etc/templates", directory / "templates")
        template = directory / "templates/zh/contact_breach.txt"
        template.write_text(template.read_text().replace("{number}", "{numbr}"))
        regime, people = tree_with(directory, REGIME, REGIME.read_text())
        return refusal_of(build, regime, people, "contact_breach", "{numbr}", "{number}")


def listed_checks():
    """The names in lint's table, so that no check goes without a planted fault."""
    source = (TOP / "lib/lint.c").read_text()
    table = source[source.index("} checks[] = {"):]
    return {line.split('"')[1] for line in table.splitlines() if line.strip().startswith('{"')}


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    tally = Tally()
    missing = listed_checks() ^ set(FAULTS)
    tally.note("every check has its fault", missing and f"differ: {sorted(missing)}")
    for regime in sorted((TOP / "etc/regimes").glob("*.ini")):
        own = TOP / f"tests/scenario/people/{regime.stem}.ini"
        found = check(build, regime, own if own.exists() else PEOPLE)
        tally.note(f"nothing in {regime.name}", found and f"found {sorted(found)}")
    for name in FAULTS:
        try:
            tally.note(name, try_fault(build, name))
        except RuntimeError as error:
            tally.note(name, str(error))
    for name in OTHERWISE:
        tally.note(name, try_otherwise(build, name))
    for name in REFUSED:
        tally.note(f"refused: {name}", try_refusal(build, name))
    tally.note("refused: template variable", misspelt_variable(build))
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
