#!/usr/bin/env python3
"""Are the stories able to fail? python3 tests/scenario/mutate.py BUILD_DIR [REGIME…]

Bends a shipped regime in one place at a time (a limit an hour longer, a rung left out, another department) and runs the
stories under it. A bent regime that every story still agrees with means that nobody looks at that line of the
regime: it is printed as `not ok`, and the exit code is 1. The places of nq510201 are listed here; of the others every line that
decides something is bent (bends.py). Without REGIME (response …) those of which every line is looked at.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

from bends import bends_of

HERE = Path(__file__).resolve().parent
ETC = HERE.parent.parent / "etc"

WHOLE = ("nq510201", "control", "aftersales")  # every line of these has its story

BENDS = [  # what it is, the text of the regime, what it becomes, which one of several
    ("INT-13 25 hours instead of 24", "within = general 24h, urgent 8h", "within = general 25h, urgent 8h", 0),
    ("INT-14 8 hours become 9", "urgent 8h, very_urgent 4h", "urgent 9h, very_urgent 4h", 0),
    ("INT-15 4 hours become 5", "very_urgent 4h", "very_urgent 5h", 0),
    ("INT-13 business hours instead of elapsed", "within = general 24h, urgent 8h, very_urgent 4h",
     "within = general 24bh, urgent 8h, very_urgent 4h\ncalendar = cn_office", 0),
    ("INT-13 unreached attempts count", "reached   = yes", "reached   = no", 0),
    ("INT-13 automatic messages count", "automatic = no", "automatic = yes", 0),
    ("INT-13 the customer's calls count", "direction = out", "direction = any", 0),
    ("INT-13 the web counts", "channels  = phone fax email on_site", "channels  = phone fax email on_site web", 0),
    ("INT-16 urgent is not reported", "when urgent      = department_head", "", 0),
    ("INT-16 leadership is not told of very urgent", "when very_urgent = department_head leadership",
     "when very_urgent = department_head", 0),
    ("INT-16 leadership hears of urgent", "when urgent      = department_head",
     "when urgent      = department_head leadership", 0),
    ("INT-17 a target of three", "1..2 contacts", "1..3 contacts", 0),
    ("INT-17 a minimum of two", "1..2 contacts", "2..2 contacts", 0),
    ("INT-17 warned at half the day", "remind = 75%", "remind = 50%", 0),
    ("INT-17 the quota outlives the solution", "start  = received\nstop   = solved", "start  = received\nstop   = closed", 0),
    ("INT-17 the quota does not come back", "restart = reopened", "", 0),
    ("INT-18 three hours of silence", "silence = 2h", "silence = 3h", 0),
    ("INT-18 silence of urgent problems too", "when    = urgency very_urgent\nstart   = contact",
     "when    = urgency urgent very_urgent\nstart   = contact", 0),
    ("INT-19 the customer's hours are ignored", "hours   = customer.staffed", "", 0),
    ("INT-20 the second rung later", "rung = +50%  service_head    by mail", "rung = +60%  service_head    by mail", 0),
    ("INT-20 the third rung left out", "rung = +100% leadership      by mail", "", 0),
    ("INT-20 very urgent climbs like the others", "rung very_urgent = +0 department_head leadership by mail", "", 0),
    ("INT-20 no all-clear", "all clear = yes", "all clear = no", 0),
    ("INT-21 reminded at 60 %", "remind = 50% 80%", "remind = 60% 80%", 0),
    ("INT-21 very urgent not reminded at once", "remind very_urgent = 0% 50% 80%", "remind very_urgent = 50% 80%", 0),
    ("INT-21 the head instead of the handler", "remind to = handler or department_head", "remind to = department_head", 0),
    ("INT-23 the plan has a day more", "within = general 24h", "within = general 48h", 1),
    ("INT-24 intake is not told", "rung = +0    intake department_head by mail", "rung = +0    department_head by mail", 0),
    ("INT-24 the centre earlier", "rung = +50%  service_head by mail", "rung = +25%  service_head by mail", 0),
    ("INT-27 the head of the centre later", "rung complaint = +0    intake service_head department_head by mail",
     "rung complaint = +0    intake department_head by mail", 0),
    ("INT-24 no all-clear", "all clear = yes", "all clear = no", 1),
    ("INT-28 every contact counts", "gate contact counts = contact:apology by service_head", "", 0),
    ("INT-28 anybody apologises", "gate solve          = contact:apology by service_head", "gate solve = contact:apology", 0),
    ("INT-28 solved without apology", "gate solve          = contact:apology by service_head", "", 0),
    ("INT-28 the apology has more time", "within = general 24h", "within = general 48h", 2),
    ("INT-29 anybody tells the result", "gate close          = contact:result by service_head,",
     "gate close          = contact:result,", 0),
    ("INT-30 closed without the question", ", clock:satisfaction met", "", 0),
    ("INT-30 four working days", "within   = 3wd", "within   = 4wd", 0),
    ("INT-30 three days of any kind", "within   = 3wd", "within   = 3d", 0),
    ("INT-30 the holidays are ignored", "calendar = cn_office", "calendar = always", 0),
    ("INT-30 reopening changes nothing", "cancel   = reopened", "", 0),
    ("INT-10 enquiries go elsewhere", "department = software_marketing", "department = training", 0),
    ("INT-10 products go elsewhere", "department = project_management", "department = training", 0),
    ("INT-10 services go elsewhere", "department = service_planning", "department = training", 0),
    ("INT-11 complaints about products go elsewhere", "department = project_management", "department = training", 1),
    ("INT-11 complaints about services go elsewhere", "department = service_planning", "department = training", 1),
    ("INT-34 shorter numbers", "NR510201A-{seq:06}", "NR510201A-{seq:05}", 0),
    ("late entry of 31 days", "late entry = 30d", "late entry = 31d", 0),
]


def bend(regime, old, new, which):
    parts = regime.split(old)
    if len(parts) < which + 2:
        raise SystemExit(f"the regime does not say {old!r} {which + 1} times")
    return old.join(parts[:which + 1]) + new + old.join(parts[which + 1:])


def listed(regime):
    return [(title, bend(regime, old, new, which)) for title, old, new, which in BENDS]


def is_a_regime(build, path):
    done = subprocess.run([Path(build) / "client/dubanctl", "regime", "check", path, "--at", "2026-03-02T09:00:00+08:00"],
                          capture_output=True, text=True, check=False)
    return done.returncode != 4


def nearest_first(title):
    """The files of stories, those first that speak of what is bent: [clock d3_containment] …"""
    words = title.partition("]")[0].lstrip("[").split()[1:]
    paths = sorted(HERE.glob("*.scenario"))
    return sorted(paths, key=lambda path: not any(word in path.read_text(encoding="utf-8") for word in words))


def main():
    build, names = sys.argv[1], sys.argv[2:] or WHOLE
    noticed = survived = 0
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        (place / "regimes").mkdir()
        for name in ("calendars", "templates", "pages"):
            (place / name).symlink_to(ETC / name)
        for name in names:
            regime = (ETC / f"regimes/{name}.ini").read_text(encoding="utf-8")
            bent = place / f"regimes/{name}.ini"
            for title, text in listed(regime) if name == "nq510201" else bends_of(regime):
                bent.write_text(text, encoding="utf-8")
                if name != "nq510201" and not is_a_regime(build, bent):
                    continue  # the compiler itself notices
                done = subprocess.run([sys.executable, HERE / "run.py", build, "--regime", bent, "--until-failure",
                                       *nearest_first(title)], capture_output=True, text=True, check=False)
                last = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
                caught = done.returncode == 1 and is_a_regime(build, bent)
                noticed, survived = noticed + caught, survived + (not caught)
                print(f"{'ok' if caught else 'not ok'} {name} {title}: {last}", flush=True)
    print(f"{noticed} bent regimes were noticed, {survived} not")
    sys.exit(survived > 0)


if __name__ == "__main__":
    main()
