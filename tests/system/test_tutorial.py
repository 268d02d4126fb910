#!/usr/bin/env python3
"""The newcomer's tutorial, walked through as it is written: duban-regime-tutorial(7).

Usage: test_tutorial.py BUILD_DIR [NAME...]

The files are taken out of the page's text (behind a comment `; file NAME`), its commands are run (`; run`) and must print
what it shows (`; says`), and those for a daemon (`; daemon`) are run on one, on a Friday afternoon in London.
"""
import os
import re
import shlex
import subprocess

from duban import ROOT, main, same, text_of, wait_until
from virtual import VirtualClock

PAGE = ROOT / "man/duban-regime-tutorial.7.scd"
FRIDAY = "2026-12-05 00:45"  # 16:45 on Friday in London, on Beijing's clock


def blocks(kind):
    """The blocks of the page behind `; KIND` with the rest of that line: (rest, text)."""
    return re.findall(rf"^; {kind}(?: (\S+))?\n```\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def files(directory):
    """The page's files, written to the directory."""
    directory.mkdir()
    for name, text in blocks("file"):
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def what_is_shipped_is_what_the_page_says(_):
    pages = dict(blocks("file"))
    for name, place in (("helpdesk.ini", "regimes"), ("uk_office.ini", "calendars")):
        same(pages[name], (ROOT / "etc" / place / name).read_text(encoding="utf-8"), name)
    lines = len(pages["helpdesk.ini"].splitlines())
    assert lines < 60, f"{lines} lines"


def its_commands_say_what_it_shows(world):
    directory = files(world.directory / "tutorial")
    program = world.duban().dubanctl
    commands, wanted = [text for _, text in blocks("run")], [text for _, text in blocks("says")]
    same(len(commands), len(wanted), "commands and what they say")
    for command, text in zip(commands, wanted):
        words = shlex.split(command)
        same(words[0], "dubanctl", command)
        done = subprocess.run([program, *words[1:]], cwd=directory, capture_output=True, text=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "Europe/London"})
        same(done.returncode, 0, command + done.stderr)
        assert text in done.stdout, f"{command}\n{done.stdout}"


def a_mistake_is_named(world):
    """Part 4: a wrong word is answered with file, line and the words there are."""
    directory = files(world.directory / "mistake")
    text = (directory / "helpdesk.ini").read_text(encoding="utf-8").replace("+2bh leadership", "+2bh leadershp")
    (directory / "helpdesk.ini").write_text(text, encoding="utf-8")
    done = subprocess.run([world.duban().dubanctl, "regime", "check", "helpdesk.ini", "--people", "people.ini", "--calendar",
                           "uk_office.ini"], cwd=directory, capture_output=True, text=True, timeout=60)
    line = text[:text.index("leadershp")].count("\n") + 1
    assert done.returncode == 4 and f"helpdesk.ini:{line}:" in done.stderr and "leadership" in done.stderr, done.stderr


def it_runs_on_a_daemon(world):
    """Parts 6 and 7: filed late, told at once, explained, answered; a holiday moves a deadline and tells nobody."""
    directory = files(world.directory / "helpdesk")
    texts = {name: (directory / name).read_text(encoding="utf-8") for name in ("helpdesk.ini", "people.ini")}
    duban = world.duban(regime=texts["helpdesk.ini"], people=texts["people.ini"], settings={"daemon.calendars": directory})
    clock = VirtualClock(FRIDAY, duban.directory, world.build)
    file_it, *look = [line for _, text in blocks("daemon") for line in text.splitlines()]
    try:
        with clock:
            duban.start()
        clock.follow(duban)

        def run(command):
            with clock:
                done = duban.ctl(*shlex.split(command)[1:])
            same(done.returncode, 0, command + done.stderr)
            clock.settle()
            return done.stdout

        assert "HD-00001" in run(file_it), file_it
        wait_until(duban.mails, 20, "the mail of the breach")
        same([mail["To"].addresses[0].username for mail in duban.mails()], ["bob"], "nobody has it yet: the team leader")
        assert "Nobody can print" in text_of(duban.mails()[0]) or "HD-00001" in text_of(duban.mails()[0]), duban.mails()[0]
        outputs = [run(command) for command in look[:-1]]
        assert any("First answer (first_answer): breached" in text for text in outputs), outputs
        same(len(duban.mails()), 2, "he hears that it is over")
        open_one = clock.client.call("ticket.create", **{"class": "case"}, type="question", urgency="normal", channel="phone",
                                     customer={"name": "Miller & Sons"}, contact={"name": "Eve", "phone": "020 7946 0000"},
                                     subject="How do we scan?")
        due = open_one["clocks"][0]["due_at"]
        assert due.startswith("2026-12-07T12:1"), due  # forty-five minutes on Friday, the rest on Monday
        calendar = directory / "uk_office.ini"
        calendar.write_text(calendar.read_text(encoding="utf-8") + "2026-12-07 = Closed\n", encoding="utf-8")
        assert "first_answer" in run(look[-1]), "the deadline that moves is listed"
        moved = clock.client.call("clock.list", ticket=open_one["ticket"])["clocks"][0]["due_at"]
        same(moved, due.replace("12-07", "12-08"), "a day later")
        same(len(duban.mails()), 2, "nobody is told because of it")
    finally:
        clock.close()
        duban.end()


TESTS = [what_is_shipped_is_what_the_page_says, its_commands_say_what_it_shows, a_mistake_is_named, it_runs_on_a_daemon]

if __name__ == "__main__":
    main(TESTS)
