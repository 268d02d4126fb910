#!/usr/bin/env python3
"""dubanctl calendar import and calendar show: what is understood, what is refused, and what comes out.

Run as: python3 tests/system/test_calendar_import.py BUILD_DIR
Prints "ok NAME", "not ok NAME" or "skip NAME: why" for each test and "N passed, N failed[, N skipped]" at the end. Some
tests compare with China's published holidays at ../shared/data/holiday-cn and are skipped where there are none.
"""
import json
import os
import random
import stat
import sys
import tempfile
import traceback

from fake_daemon import TOP, contains, equal
from fake_daemon import run as run_with

REFERENCE = os.path.join(TOP, "..", "shared", "data", "holiday-cn")
OFFICE = os.path.join(TOP, "etc", "calendars", "cn_office.ini")
TESTS = []

BASE = """; Ours.
; Two lines of it.

[calendar]
name  = works
zone  = Asia/Shanghai
until = 2025-12-31

[hours]
monday..thursday = 08:00-17:00
friday           = 08:00-15:00
saturday..sunday = closed

[holidays]
2025-12-31 = 盘点

; Worked.
[working_days]
2026-02-14 = 春节调休 | make-up day for Spring Festival as friday

[short_days]
2026-12-31 = 08:00-12:00 Year's end
"""


class Skip(Exception):
    pass


def test(function):
    TESTS.append(function)
    return function


class Place:
    """A directory with files in it, and dubanctl calendar run there."""

    def __init__(self, **files):
        self.directory = tempfile.TemporaryDirectory()
        for name, text in files.items():
            self.write(name.replace("_", "."), text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.directory.cleanup()

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def write(self, name, text):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def calendar(self, *words, stdin=""):
        """A word with a dot names a file here."""
        return run_with(None, "calendar", *(self.path(w) if "." in w and "/" not in w else w for w in words), stdin=stdin)


def ics(*events, head="", end="\r\n"):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *head.split("\n")] if head else ["BEGIN:VCALENDAR", "VERSION:2.0"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event.split("\n"), "END:VEVENT"]
    return end.join([*lines, "END:VCALENDAR", ""])


def on(day, summary, behind=None):
    return f"DTSTART;VALUE=DATE:{day}\nSUMMARY:{summary}" + (f"\nDTEND;VALUE=DATE:{behind}" if behind else "")


def yearly(year, *days):
    return json.dumps({"year": year, "papers": ["https://example.org/"], "days": [
        {"name": name, "date": date, "isOffDay": is_off} for date, name, is_off in days]}, ensure_ascii=False, indent=2)


def section(text, name):
    """The entries of a section, without blanks around `=`."""
    part = text.split(f"[{name}]\n")[1].split("\n[")[0]
    return [" = ".join(half.strip() for half in line.split("=", 1)) for line in part.splitlines()
            if "=" in line and not line.startswith(";")]


def reference(*years):
    paths = [os.path.join(REFERENCE, f"{year}.ics") for year in years]
    if not all(map(os.path.exists, paths)):
        raise Skip("there is no list of China's holidays at ../shared/data/holiday-cn")
    return paths


def imported(place, *words, **more):
    done = place.calendar("import", *words, **more)
    equal((done.code, done.err), (0, ""))
    return done.out


@test
def the_reference_gives_the_shipped_calendar():
    paths = reference(2024, 2025, 2026)
    with open(OFFICE, encoding="utf-8") as file:
        office = file.read()
    with Place() as place:
        made = imported(place, *paths)
        for name in ("holidays", "working_days", "short_days"):
            equal(section(made, name), section(office, name))
        equal(section(made, "calendar"), section(office, "calendar"))
        equal(imported(place, "--base", OFFICE, *paths), office)
        place.write("made.ini", made)
        shown = [json.loads(place.calendar("show", path, "--json").out)["years"] for path in ("made.ini", OFFICE)]
        equal(shown[0], shown[1])


@test
def every_year_of_the_reference_is_understood():
    with Place() as place:
        done = place.calendar("import", *reference(*range(2007, 2028)), "--json")
        equal(done.code, 0)
        figures = json.loads(done.out)
        equal(figures["until"], "2026-12-31")  # that of 2027 is empty yet
        assert figures["holidays"] > 500, figures["holidays"]


@test
def conventions_of_summaries():
    events = [on("20260101", "元旦（休）", "20260104"), on("20260104", "元旦（班）"), on("20260214", "春节 补班"),
              on("20260215", "放假：春节", "20260224"), on("20260228", "上班(补春节假期)"), on("20260619", "端午节假期", "20260622"),
              on("20260911", "厂庆 休"), on("20260912", "班")]
    with Place(a_ics=ics(*events)) as place:
        out = imported(place, "a.ics")
        equal(section(out, "holidays"), [
            "2026-01-01..2026-01-03 = 元旦 | New Year", "2026-02-15..2026-02-23 = 春节 | Spring Festival",
            "2026-06-19..2026-06-21 = 端午节 | Dragon Boat Festival", "2026-09-11 = 厂庆"])
        equal(section(out, "working_days"), [
            "2026-01-04 = 元旦调休 | make-up day for New Year", "2026-02-14 = 春节调休 | make-up day for Spring Festival",
            "2026-02-28 = 春节调休 | make-up day for Spring Festival", "2026-09-12 = 补班 | make-up day"])
        contains(out, "until = 2026-12-31\n")


@test
def spans_of_whole_days():
    rows = [("DTSTART;VALUE=DATE:20260501", ["2026-05-01"]),
            ("DTSTART:20260501", ["2026-05-01"]),
            ("DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260501", ["2026-05-01"]),
            ("DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260502", ["2026-05-01"]),
            ("DTSTART;VALUE=DATE:20260501\nDURATION:P2D", ["2026-05-01..2026-05-02"]),
            ("DTSTART;VALUE=DATE:20251231\nDTEND;VALUE=DATE:20260103", ["2025-12-31..2026-01-02"]),
            ("DTSTART:20260501T000000\nDTEND:20260503T000000", ["2026-05-01..2026-05-02"]),
            ("DTSTART:20260430T160000Z\nDTEND:20260502T160000Z", ["2026-05-01..2026-05-02"]),
            ("DTSTART;TZID=Asia/Tokyo:20260501T010000\nDURATION:P1D", ["2026-05-01"])]
    for when, wanted in rows:
        with Place(a_ics=ics(f"{when}\nSUMMARY:劳动节（休）", end="\n")) as place:
            equal((when, section(imported(place, "a.ics"), "holidays")),
                  (when, [f"{day} = 劳动节 | Labour Day" for day in wanted]))


CHINA = "\n".join(["BEGIN:VTIMEZONE", "TZID:China Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T000000",
                   "TZOFFSETFROM:+0800", "TZOFFSETTO:+0800", "END:STANDARD", "END:VTIMEZONE"])


@test
def make_up_days_with_hours():
    rows = [("DTSTART:20260214T090000\nDTEND:20260214T180000", "02-14"),
            ("DTSTART:20260214T090000", "02-14"),
            ("DTSTART:20260214T010000Z\nDTEND:20260214T100000Z", "02-14"),
            ("DTSTART:20260213T170000Z\nDTEND:20260214T080000Z", "02-14"),
            ("DTSTART:20260214T090000\nDURATION:PT9H", "02-14"),
            ("DTSTART;TZID=Asia/Shanghai:20260214T090000\nDTEND;TZID=Asia/Shanghai:20260214T180000", "02-14"),
            ("DTSTART;TZID=America/New_York:20260213T200000\nDTEND;TZID=America/New_York:20260214T050000", "02-14"),
            ("DTSTART;TZID=China Standard Time:20260214T090000\nDTEND;TZID=China Standard Time:20260214T180000", "02-14"),
            ("DTSTART:20260214T090000\nDTEND:20260215T000000", "02-14")]
    for when, day in rows:
        with Place(a_ics=ics(f"{when}\nSUMMARY:春节（班）", head=CHINA)) as place:
            equal((when, section(imported(place, "a.ics"), "working_days")),
                  (when, [f"2026-{day} = 春节调休 | make-up day for Spring Festival"]))


@test
def folded_lines_escapes_and_a_mark():
    folded = "SUMMARY:春\n 节（\n 休）"
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nDESCRIPTION:x\nEND:VALARM"
    with Place(a_ics=b"\xef\xbb\xbf" + ics(f"{folded}\nDTSTART;VALUE=DATE:20260217\nLOCATION:\nX-A:b\n{alarm}",
                                           on("20260218", "厂庆\\, 第二天\\n休")).encode()) as place:
        equal(section(imported(place, "a.ics"), "holidays"), ["2026-02-17 = 春节 | Spring Festival", "2026-02-18 = 厂庆 第二天"])
    # A fold may lie within a character.
    character = "节".encode()
    with Place(a_ics=ics(on("20260217", "春@（休）")).encode().replace(b"@", character[:1] + b"\r\n " + character[1:])) as place:
        equal(section(imported(place, "a.ics"), "holidays"), ["2026-02-17 = 春节 | Spring Festival"])


@test
def two_names_of_a_day_are_joined():
    with Place(a_ics=ics(on("20251001", "国庆节（休）", "20251009"), on("20251006", "中秋节（休）"))) as place:
        equal(section(imported(place, "a.ics"), "holidays"), [
            "2025-10-01..2025-10-05 = 国庆节 | National Day",
            "2025-10-06 = 国庆节、中秋节 | National Day and Mid-Autumn Festival",
            "2025-10-07..2025-10-08 = 国庆节 | National Day"])


@test
def several_calendars_in_a_file_and_cancelled_events():
    two = ics(on("20260101", "元旦（休）")) + ics(on("20260102", "元旦（休）"), on("20260103", "元旦（休）") + "\nSTATUS:CANCELLED")
    with Place(a_ics=two) as place:
        equal(section(imported(place, "a.ics"), "holidays"), ["2026-01-01..2026-01-02 = 元旦 | New Year"])


@test
def unmarked_events():
    with Place(a_ics=ics(on("20260303", "元宵节"), on("20260217", "春节（休）"))) as place:
        done = place.calendar("import", "a.ics")
        equal((done.code, done.out), (4, ""))
        contains(done.err, "a.ics:3: `元宵节` says neither that the day is free nor that it is worked (write 休 ")
        equal(section(imported(place, "a.ics", "--unmarked", "skip"), "holidays"), ["2026-02-17 = 春节 | Spring Festival"])
        equal(section(imported(place, "a.ics", "--unmarked=holiday"), "holidays"),
              ["2026-02-17 = 春节 | Spring Festival", "2026-03-03 = 元宵节"])


@test
def the_yearly_json():
    days = [("2025-12-31", "元旦", True), ("2026-01-01", "元旦", True), ("2026-01-04", "元旦", False),
            ("2026-10-01", "国庆节、中秋节", True)]
    with Place(a_json=yearly(2026, *days)) as place:
        out = imported(place, "a.json", "--until", "2026-11-30", "--name", "office")
        equal(section(out, "holidays"), ["2025-12-31..2026-01-01 = 元旦 | New Year",
                                         "2026-10-01 = 国庆节、中秋节 | National Day and Mid-Autumn Festival"])
        equal(section(out, "working_days"), ["2026-01-04 = 元旦调休 | make-up day for New Year"])
        equal(section(out, "calendar"), ["name = office", "zone = Asia/Shanghai", "until = 2026-11-30"])
        equal(place.calendar("import", "-", "--name", "office", "--until", "2026-11-30", stdin=place.read("a.json")).out, out)


@test
def ics_and_json_say_the_same():
    with Place(a_ics=ics(on("20260501", "劳动节假期", "20260506"), on("20260509", "上班(补劳动节假期)")),
               a_json=yearly(2026, *((f"2026-05-0{n}", "劳动节", n < 6) for n in (1, 2, 3, 4, 5, 9)))) as place:
        equal(imported(place, "a.ics"), imported(place, "a.json"))


@test
def later_files_win_and_it_is_said():
    with Place(a_json=yearly(2026, ("2026-12-31", "元旦", False), ("2026-10-01", "国庆节", True)),
               b_json=yearly(2027, ("2026-12-31", "元旦", True), ("2027-01-01", "元旦", True), ("2026-10-01", "国庆节", True))
               .replace('"2026-10-01"', '"2026-12-30"')) as place:
        done = place.calendar("import", "a.json", "b.json")
        equal(done.code, 0)
        equal(done.err, f"dubanctl: {place.path('b.json')}:7: 2026-12-31 is now a holiday, 元旦 | New Year "
                        f"({place.path('a.json')}:7: make-up day, 元旦调休 | make-up day for New Year)\n")
        equal(section(done.out, "holidays"), ["2026-10-01 = 国庆节 | National Day", "2026-12-30 = 国庆节 | National Day",
                                              "2026-12-31..2027-01-01 = 元旦 | New Year"])
        equal(section(done.out, "working_days"), [])
        back = place.calendar("import", "b.json", "a.json")
        equal(section(back.out, "working_days"), ["2026-12-31 = 元旦调休 | make-up day for New Year"])


@test
def the_base_keeps_what_is_its_own():
    with Place(base_ini=BASE, a_json=yearly(2026, ("2026-02-14", "春节", False), ("2026-02-17", "春节", True))) as place:
        out = imported(place, "-b", "base.ini", "a.json")
        equal(out, BASE.replace("2025-12-31 = 盘点\n", "2025-12-31 = 盘点\n\n2026-02-17 = 春节 | Spring Festival\n"))
        equal(imported(place, "-b", "base.ini", "a.json", "--name", "other").split("\n")[4], "name  = other")


@test
def the_base_gives_way_and_it_is_said():
    with Place(base_ini=BASE, a_ics=ics(on("20261231", "元旦（休）", "20270101"))) as place:
        done = place.calendar("import", "--base", "base.ini", "a.ics")
        equal(done.code, 0)
        equal(done.err, f"dubanctl: {place.path('a.ics')}:3: 2026-12-31 is now a holiday, 元旦 | New Year "
                        f"({place.path('base.ini')}:22: short day, 08:00-12:00 Year's end)\n")
        equal(section(done.out, "short_days"), [])
        contains(done.out, "until = 2025-12-31")  # one day is no year


@test
def the_zone_of_the_base_says_which_day_is_meant():
    with Place(base_ini=BASE.replace("Asia/Shanghai", "America/New_York"),
               a_ics=ics("DTSTART:20260301T010000Z\nDTEND:20260301T030000Z\nSUMMARY:班")) as place:
        contains("\n".join(section(imported(place, "-b", "base.ini", "a.ics"), "working_days")), "2026-02-28 = ")


REFUSED = [
    # what is no calendar
    ("", ":1: the file is empty"), ("hello\n", ":1: this is no calendar"), ("\x00", "NUL"), ("[]", ":1: this is no calendar"),
    ("BEGIN:VEVENT\nEND:VEVENT\n", ":1: VEVENT stands outside"), ("BEGIN:VCALENDAR\nVERSION:2.0\n", "ends within the VCALENDAR of line 1"),
    ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", ":3: END:VCALENDAR, but the VEVENT of line 2 is still open"),
    ("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR\n", ":3: "), ("BEGIN:VCALENDAR\nhello\nEND:VCALENDAR\n", ":2: no line"),
    (b"BEGIN:VCALENDAR\nX-A:\xff\xfe\nEND:VCALENDAR\n", ":2: bytes that are no UTF-8"),
    ("BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:x\nEND:VTODO\nEND:VCALENDAR\n", "VTODO"),
    (ics(on("20260101", "休"), head="METHOD:CANCEL"), "METHOD:CANCEL"),
    # when
    (ics("SUMMARY:春节（休）"), ":3: the event has no DTSTART"), (ics("DTSTART;VALUE=DATE:20260101"), ":3: the event has no SUMMARY"),
    (ics(on("20260101", "春节（休）") + "\nSUMMARY:元旦（班）"), "more than one SUMMARY"),
    (ics(on("20260231", "春节（休）")), ":3: 2026-02-31 is no date"), (ics(on("2026-02-15", "春节（休）")), ":4: `2026-02-15` is no date"),
    (ics(on("20260215x", "春节（休）")), ":4: `20260215x`"), (ics(on("19600101", "春节（休）")), "1960-01-01 is no date"),
    (ics(on("20260215", "春节（休）", "20260214")), "ends before it begins"), (ics(on("20260215", "春节（休）", "20280215")), "longer than a year"),
    (ics(on("20260215", "春节（休）") + "\nDTEND:20260216T090000"), "begins with a date and ends with a time"),
    (ics("DTSTART:20260215T090000\nDTEND;VALUE=DATE:20260216\nSUMMARY:班"), "begins with a time and ends with a date"),
    (ics("DTSTART:20260215T250000\nSUMMARY:班"), "25:00:00 is no time of day"),
    (ics("DTSTART:20260215T090000\nDTEND:20260215T080000\nSUMMARY:班"), "ends before it begins"),
    (ics("DTSTART:20260215T220000\nDTEND:20260216T060000\nSUMMARY:班"), "past midnight"),
    (ics("DTSTART:20260215T090000\nDTEND:20260215T120000\nSUMMARY:休"), "free for some hours only (write such a day under [short_days]"),
    (ics("DTSTART;TZID=Mars/Base:20260215T090000\nSUMMARY:班"), "there is no time zone `Mars/Base`"),
    (ics("DTSTART:20260215T090000\nDURATION:P1\nSUMMARY:班"), "DURATION"),
    (ics(on("20260215", "班", "20260216") + "\nDURATION:P1D"), "DTEND and DURATION"), (ics(on("20260215", "班") + "\nDTEND:"), ":6: `` is no date"),
    (ics(on("20260215", "春节（休）") + "\nRRULE:FREQ=YEARLY"), "RRULE (write each day"), (ics(on("20260215", "休") + "\nRRULE:FREQ=NEVER"), "RRULE"),
    # what
    (ics(on("20260215", "春节（调休）")), "says neither"), (ics(on("20260215", "春节值班")), "says neither"),
    (ics(on("20260215", "周日上班，周一放假")), "says that the day is free and that it is worked"),
    (ics(on("20260215", "a ;b 休")), "can't stand in a calendar file"), (ics(on("20260215", "长" * 40 + "休")), "says neither"),
    (ics(on("20260215", "长" * 40 + " 休")), "can't stand in a calendar file"),
    (ics(on("20260215", "春节（休）"), on("20260215", "春节（班）")), ":7: 2026-02-15 is a make-up day here and a holiday in line 3"),
    # JSON
    ("{", ":1: "), ('{"year":2026,\n"year":2026,"days":[]}', ":2: duplicate"), ("{}", "yearly form"), ('{"days":[]}', '"year" is no year'),
    ('{"year":"2026","days":[]}', '"year" is no year'), ('{"year":2026,"days":{}}', "yearly form"),
    ('{"year":2026,"days":[],"region":"CN"}', 'unknown member "region"'), ('{"year":2026,\n"days":[\n7]}', "each of"),
    ('{"year":2026,"papers":[{}],"days":[]}', '"papers"'),
    (yearly(2026, ("2026-01-01", "", True)), ":7: the day has no name"), (yearly(2026, ("2026-02-30", "x", True)), ':7: "date" is no date'),
    (yearly(2026, ("2026-1-1", "x", True)), '"date" is no date'), (yearly(2026, ("2026-01-01", "x", 1)), ':7: "isOffDay" must be true'),
    (yearly(2026, ("2026-01-01", "x", True), ("2026-01-02", "x", None)), ':12: "isOffDay"'),
    (yearly(2026, ("2027-05-01", "x", True)), "2027-05-01 does not belong to the notice of 2026"),
    (yearly(2026, ("2026-01-01", "x", True), ("2026-01-01", "x", False)), ":12: 2026-01-01 is a make-up day here and a holiday in line 7"),
    (yearly(2026, ("2026-01-01", "x\ny", True)), "can't stand in a calendar file"),
    ('{"year":2026,"days":[{"name":"x","date":"2026-01-01","isOffDay":true,"note":""}]}', 'unknown member "note"'),
]


@test
def what_is_not_understood_is_refused_with_its_place():
    for text, part in REFUSED:
        with Place(a_txt=text, out_ini="old") as place:
            done = place.calendar("import", "a.txt", "-o", "out.ini")
            equal((text, done.code, done.out, done.err.count("\n")), (text, 4, "", 1))
            contains(done.err, f"dubanctl: {place.path('a.txt')}:")
            contains(done.err, part)
            equal(place.read("out.ini"), "old")
            equal(sorted(os.listdir(place.directory.name)), ["a.txt", "out.ini"])


@test
def a_base_that_is_wrong_is_refused_with_its_place():
    good = ics(on("20260101", "元旦（休）"))
    rows = [(BASE.replace("closed", "shut"), "base.ini:12: "), (BASE.replace("2025-12-31 = ", "2025-12-32 = "), "base.ini:15: "),
            (BASE.replace("Asia/Shanghai", "Asia/Nowhere"), "there is no time zone"), ("", "has no name"), ("x", "base.ini:1: ")]
    with Place(a_ics=good) as place:
        for text, part in rows:
            place.write("base.ini", text)
            done = place.calendar("import", "-b", "base.ini", "a.ics")
            equal((done.code, done.out), (4, ""))
            contains(done.err, part)
        for words in (["-b", "none.ini", "a.ics"], ["none.ics"], ["-b", ".", "a.ics"], ["/"]):
            equal(place.calendar("import", *words).code, 4)


@test
def what_would_not_load_is_not_written():
    closed = BASE.replace("monday..thursday = 08:00-17:00", "monday..thursday = closed")
    with Place(base_ini=closed, a_ics=ics(on("20260110", "班"))) as place:
        done = place.calendar("import", "-b", "base.ini", "a.ics", "-o", "new.ini")
        equal((done.code, done.out), (4, ""))
        contains(done.err, "the calendar that came out:")
        contains(done.err, "monday is closed")
        assert not os.path.exists(place.path("new.ini"))
        done = place.calendar("import", "a.ics", "--name", "two words")
        equal(done.code, 4)
        contains(done.err, "the name must be one word")


@test
def the_output_is_replaced_at_once():
    with Place(a_ics=ics(on("20260101", "元旦（休）", "20260104")), out_ini="old") as place:
        os.chmod(place.path("out.ini"), 0o640)
        os.symlink(place.path("out.ini"), place.path("link.ini"))
        done = place.calendar("import", "a.ics", "--output", "link.ini")
        equal((done.code, done.err), (0, ""))
        equal(done.out, f"wrote {place.path('link.ini')}: 3 holidays, 0 make-up days, 0 short days, no end of what is known\n")
        equal(place.read("out.ini"), imported(place, "a.ics"))
        equal(stat.S_IMODE(os.stat(place.path("out.ini")).st_mode), 0o640)
        assert os.path.islink(place.path("link.ini"))
        equal(sorted(os.listdir(place.directory.name)), ["a.ics", "link.ini", "out.ini"])
        equal(json.loads(place.calendar("import", "a.ics", "-o", "new.ini", "--until", "2026-12-31", "--json").out),
              {"name": "cn_office", "zone": "Asia/Shanghai", "until": "2026-12-31", "holidays": 3, "make_up_days": 0,
               "short_days": 0})
        equal(json.loads(place.calendar("import", "a.ics", "--json").out)["calendar"], imported(place, "a.ics"))
        for path in ("/nonexistent/x.ini", place.directory.name + "/"):
            done = place.calendar("import", "a.ics", "-o", path)
            equal((done.code, done.out), (6, ""))


@test
def an_import_over_itself_changes_nothing():
    with Place(a_json=yearly(2026, *((f"2026-05-0{n}", "劳动节", n < 6) for n in (1, 2, 3, 4, 5, 9)))) as place:
        once = imported(place, "a.json")
        place.write("out.ini", once)
        equal(imported(place, "-b", "out.ini", "a.json"), once)
        contains(once, "until = 2026-12-31\n")


@test
def wrong_command_lines():
    with Place(a_ics=ics(on("20260101", "休"))) as place:
        rows = [(["import"], "FILE is missing"), (["import", "a.ics", "--until", "2026"], "not a date"),
                (["import", "a.ics", "--until", "2026-12-31x"], "not a date"), (["import", "a.ics", "--unmarked", "x"], "refuse, skip and holiday"),
                (["show"], "FILE is missing"), (["show", OFFICE, "--year", "1800"], "a year from 1970 to 2199"),
                (["show", OFFICE, "--year", "x"], "not a whole number"), (["shwo"], "did you mean calendar show?")]
        for words, part in rows:
            done = place.calendar(*words)
            equal((words, done.code, done.out), (words, 2, ""))
            contains(done.err, part)


@test
def show_counts_and_names():
    with Place() as place:
        done = place.calendar("show", OFFICE, "--year", "2026")
        equal((done.code, done.err), (0, ""))
        for line in ("cn_office in Asia/Shanghai, holidays known until 2026-12-31\n",
                     "2026-02  16       12    9         2        0      .wwwww..wwwwwMHHHHHHHHHwwwwM     14 春节调休, 15-23 春节, 28 春节调休\n",
                     "2026: 248 working days, 117 rest days; 33 holidays, 6 make-up days, 0 short days\n",
                     "festivals: 春节=02-17 元宵=03-03 清明=04-05 端午=06-19 七夕=08-19 中秋=09-25 重阳=10-18 除夕=02-16\n"):
            contains(done.out, line)
        years = json.loads(place.calendar("show", OFFICE, "--json").out)["years"]
        equal([(y["year"], y["working"] + y["rest"], y["holidays"], y["make_up_days"]) for y in years],
              [(2024, 366, 28, 8), (2025, 365, 28, 5), (2026, 365, 33, 6)])
        for year in years:
            equal(sum(m["working"] for m in year["months"]), year["working"])
            equal([len(m["days"]) for m in year["months"]].count(31), 7)


@test
def show_of_short_days_and_of_a_bare_calendar():
    with Place(base_ini=BASE, bare_ini=BASE.split("[holidays]")[0].replace("until = 2025-12-31\n", "")) as place:
        out = place.calendar("show", "base.ini", "-y", "2026").out
        contains(out, "wwww..wwwww..wwwww..wwwww..wwws  31 08:00-12:00 Year's end\n")
        out = place.calendar("show", "bare.ini", "-y", "2199").out
        contains(out, "works in Asia/Shanghai\n")
        contains(out, "2199: 261 working days, 104 rest days; 0 holidays")
        assert "festivals" not in out
        assert place.calendar("show", "bare.ini").out.count("working days") == 1
        done = place.calendar("show", "base.txt")
        equal((done.code, done.out), (4, ""))


@test
def damaged_files_are_read_or_refused_and_nothing_else():
    chance = random.Random(1)
    good = [ics(on("20260101", "元旦（休）", "20260104"), "DTSTART;TZID=China Standard Time:20260214T090000\nDURATION:PT9H\nSUMMARY:春节（班）",
                head=CHINA).encode(), yearly(2026, ("2026-01-01", "元旦", True), ("2026-01-04", "元旦", False)).encode()]
    with Place() as place:
        for number in range(150):
            text = bytearray(good[number % 2])
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(text))
                kind = chance.randrange(3)
                if kind == 0:
                    text[at] = chance.randrange(256)
                elif kind == 1:
                    del text[at:at + chance.randrange(1, 40)]
                else:
                    text[at:at] = text[chance.randrange(len(text)):][:chance.randrange(1, 60)]
            place.write("a.txt", bytes(text))
            done = place.calendar("import", "a.txt")
            assert done.code in (0, 4), (number, done.code, done.err)
            assert (done.out == "") == (done.code == 4), number


def main():
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    for function in TESTS:
        verdict, reason = "ok", ""
        try:
            function()
        except Skip as skipped:
            verdict, reason = "skip", f": {skipped}"
        except Exception:  # a test that breaks is a test that fails
            verdict = "not ok"
            traceback.print_exc()
        counts[verdict] += 1
        print(f"{verdict} {function.__name__}{reason}", flush=True)
    print(f"{counts['ok']} passed, {counts['not ok']} failed" + (f", {counts['skip']} skipped" if counts["skip"] else ""))
    sys.exit(1 if counts["not ok"] else 0)


main()
