"""客户服务标准: a year of contracts, courses and customers, projects, complaints and change notices."""
from year.almanac import DAY, HOUR, MINUTE, at, midnight, months_later, rolled_back, rolled_forward, working_day_before, \
    working_days_after, works, written
from year.tally import HORIZON, NEVER, Story, parts

REGIME = "standard"
BEGIN = at("2026-01-01 00:00")
CONTRACTS, COURSES, PROJECTS, COMPLAINTS, NOTICES = 500, 120, 400, 900, 500
PEOPLE = {"intake": ("intake", "service"), "handler": ("handler", "service"), "rep": ("handler", "service"),
          "account_representative": ("account_representative", "service"), "teacher": ("handler", "training"),
          "branch_service_manager": ("branch_service_manager", "service"), "account_manager": ("account_manager", "service"),
          "branch_general_manager": ("branch_general_manager", None), "project_manager": ("project_manager", "implementation"),
          "director": ("director", None), "commercial_director": ("commercial_director", None),
          "operations_director": ("operations_director", None), "leadership": ("leadership", None)}
PEOPLE |= {f"head_{name}": ("department_head", name) for name in ("service", "business", "implementation", "commercial", "training")}
CALL = {"channel": "phone", "direction": "out", "reached": True}
MAIL = CALL | {"channel": "email"}


def service(due, first="handler"):
    """Who hears of a service that is late: who has it and the branch's service manager, a working day later its head."""
    return [(due, {first, "branch_service_manager"}), (working_days_after(due, 1), {"branch_general_manager"})]


def project_ladder(due):
    return [(due, {"handler", "project_manager"}), (working_days_after(due, 1), {"director"})]


def training(due, first):
    return [(due, {first}), (working_days_after(due, 1), {"operations_director"})]


def half(start, due, person="handler"):
    return [(parts(start, due, 50)[0], {person})]


def end_of_day(instant):
    return midnight(instant) + DAY


class Life:
    """A ticket on its way, filed here or opened by a schedule: what is said of it, and what comes of it."""

    def __init__(self, story, random, ref, start, handler="handler"):
        self.story, self.tally, self.random, self.ref = story, story.tally, random, ref
        self.now = self.start = start
        self.handler = handler

    def say(self, method, role="handler", when=None, **params):
        when = self.now if when is None else when
        if when < HORIZON:
            self.story.say(when, role, method, ticket=self.ref, **params)

    def later(self, most, chance=0.9):
        """Time goes on; or nothing more happens. When it is now, or NEVER."""
        if self.now >= HORIZON or self.random.random() >= chance:
            self.now = HORIZON
            return NEVER
        self.now = min(self.now + self.random.randrange(1, int(most)), HORIZON)
        return self.now if self.now < HORIZON else NEVER

    def owe(self, clock, due, met=NEVER, over=NEVER, start=None, again=False, remind=None, rungs=None):
        """One limit, reminded at half its time, whoever has the ticket."""
        start = self.start if start is None else start
        self.tally.owe(clock, start, due, met=met, over=over, again=again, reminders=half(start, due, remind or self.handler),
                       rungs=service(due, self.handler) if rungs is None else rungs)


def file(story, random, when, kind, handler="handler", **more):
    life = Life(story, random, story.reference(), when, handler or "account_representative")
    story.say(when, "intake", "ticket.create", ref=life.ref, urgency="general", channel="phone", subject="系统调整",
              customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678", "email": "li.lei@customer.example"},
              **{"class": kind}, **({"handler": handler} if handler else {}), **more)
    return life


# --- 1 and 3 and 7 and 8: contracts ---

class Contract:
    def __init__(self, story, random, number):
        self.story, self.random, self.id = story, random, f"C-{number}"
        self.put = BEGIN + random.randrange(1, 300 * DAY)
        self.signed = midnight(self.put) + random.choice((random.randrange(-60, -33), random.randrange(-29, 10))) * DAY
        month = months_later(BEGIN, random.randrange(-3, 16))
        self.expires = month + random.randrange(11, 22) * DAY
        self.delivered = midnight(self.put) + random.randrange(-200, 60) * DAY if random.random() < 0.7 else None
        self.renewed = self.put + random.randrange(DAY, 200 * DAY) if random.random() < 0.4 else NEVER

    def tell(self):
        fields = {"number": self.id, "customer": "K-0", "signed_on": written(self.signed)[:10], "representative": "rep",
                  "expires_on": written(self.expires)[:10]}
        if self.delivered:
            fields["delivered_on"] = written(self.delivered)[:10]
        self.story.say(self.put, "intake", "register.put", register="contract", id=self.id, fields=fields)
        if self.renewed < HORIZON:
            self.story.say(self.renewed, "intake", "register.put", register="contract", id=self.id,
                           fields=fields | {"renewed_on": written(midnight(self.renewed))[:10]})
            self.story.tally["renewal_done", "reported"] += max(self.renewed, midnight(self.renewed) + 9 * HOUR) <= HORIZON  # STD-11

    def runs(self, when, until_renewed=True):
        """Whether a schedule runs for it then."""
        if not self.put < when <= HORIZON or (until_renewed and when > self.renewed):
            return False
        return True

    def open(self, schedule, start):
        self.story.tally[schedule, "scheduled"] += 1
        return Life(self.story, self.random, f"{schedule}/{self.id}", start, "rep")


def checkin(contract):
    """STD-1, STD-2, STD-17: called within a working day, again each time the data comes back; material a day after."""
    due = contract.signed + 9 * HOUR
    start = due if due > contract.put else contract.put
    if contract.put - due > 31 * DAY or start > HORIZON:
        return
    life = contract.open("checkin", start)
    called = life.later(3 * DAY)
    life.owe("checkin_call", working_days_after(start, 1), met=called)
    if called == NEVER:
        return
    life.say("contact.record", **CALL)
    again = called
    if contract.random.random() < 0.3:
        life.now += 1
        life.say("ticket.move", stage="correction")
        again = life.later(3 * DAY)
        if again < NEVER:
            life.say("ticket.move", stage="open")
            second = life.later(3 * DAY)
            life.owe("checkin_call", working_days_after(again, 1), start=again, met=second, again=True)
            if second < NEVER:
                life.say("contact.record", **CALL)
    mailed = life.later(3 * DAY) if life.now < HORIZON else NEVER
    life.owe("material", working_days_after(called, 1), start=called, met=mailed)
    if mailed < NEVER:
        life.say("contact.record", **MAIL)


def renewals(contract):
    """STD-7 to STD-10: listed by the 10th, called by the 15th, the open ones by the 28th, once more five working days before."""
    tally = contract.story.tally
    for month in range(12):
        first = months_later(BEGIN, month)
        run = rolled_back(first + 9 * DAY) + 9 * HOUR
        if contract.runs(run) and midnight(run) <= contract.expires <= months_later(midnight(run), 2):
            tally["renewal_list", "reported"] += 1
            renewal(contract.open("renewal_list", run), first + 14 * DAY + 18 * HOUR)
        run = rolled_back(first + 27 * DAY) + 9 * HOUR
        tally["renewal_summary", "reported"] += contract.runs(run) and midnight(run) <= contract.expires <= months_later(midnight(run), 2)
    run = working_day_before(contract.expires, 5)
    if contract.runs(run):
        tally["renewal_second", "reported"] += 1
        life = contract.open("renewal_second", run)
        called = life.later(3 * DAY)
        for clock in ("renewal_call", "renewal_second"):
            life.owe(clock, end_of_day(run), met=called)
        if called < NEVER:
            life.say("contact.record", **CALL)


def renewal(life, due):
    """STD-8: yes goes to the general manager within a working day, and is completed within another."""
    called = life.later(9 * DAY)
    life.owe("renewal_call", due, met=called)
    if called == NEVER:
        return
    life.say("contact.record", **CALL)
    life.now += 1
    answer = life.random.choice(("agreed", "agreed", "unclear", "refused"))
    life.say("ticket.move", stage=answer)
    if life.now < HORIZON and answer != "agreed":
        life.tally["renewal_undecided", "reported"] += 1
        life.tally["maintenance_stops", "reported"] += answer == "refused"
    if answer != "agreed" or life.now >= HORIZON:
        return
    agreed, handed = life.now, life.later(3 * DAY)
    life.owe("renewal_handover", working_days_after(agreed, 1), start=agreed, met=handed)
    if handed == NEVER:
        return
    life.say("ticket.move", stage="handed_over")
    solved = life.later(3 * DAY)
    life.owe("renewal_complete", working_days_after(handed, 1), start=handed, met=solved, remind="account_manager")
    if solved < NEVER:
        life.say("ticket.solve", result="已续费")


def churn(contract):
    """STD-22: in the first month of a quarter those whose contract ended in the last one are called by the 25th."""
    for month in (0, 3, 6, 9):
        run = months_later(BEGIN, month) + 9 * HOUR
        if contract.runs(run) and months_later(midnight(run), -3) <= contract.expires <= midnight(run):
            contract.story.tally["churn_list", "reported"] += 1
            life = contract.open("churn_list", run)
            called = life.later(30 * DAY)
            life.owe("churn_call", midnight(run) + 24 * DAY + 18 * HOUR, met=called)
            if called < NEVER:
                life.say("contact.record", **CALL)
        run = rolled_back(months_later(BEGIN, month + 1) - DAY) + 9 * HOUR
        contract.story.tally["churn_summary", "reported"] += (
            contract.runs(run) and months_later(midnight(run), -4) <= contract.expires <= midnight(run))


def care(contract):
    """STD-23, STD-24: a call two weeks after delivery, a visit every three months."""
    if not contract.delivered:
        return
    run = rolled_forward(contract.delivered + 14 * DAY) + 9 * HOUR
    if contract.runs(run, until_renewed=False):
        life = contract.open("courtesy_call", run)
        called = life.later(2 * DAY)
        life.owe("courtesy_call", end_of_day(run), met=called)
        if called < NEVER:
            life.say("contact.record", **CALL)
    for count in range(1, 10):
        run = rolled_forward(months_later(contract.delivered, 3 * count)) + 9 * HOUR
        if contract.runs(run, until_renewed=False):
            life = contract.open("care_visit", run)
            seen = life.later(12 * DAY)
            life.owe("care_visit", working_days_after(run, 5), met=seen, again=False)
            if seen < NEVER:
                life.say("contact.record", **(CALL | {"channel": "on_site"}))


# --- 6: courses ---

def course(story, random, number):
    """STD-19, STD-20: invited five working days before, called within a week after, followed for three months."""
    put, begins = BEGIN + random.randrange(1, 200 * DAY), BEGIN + random.randrange(30, 330) * DAY
    story.say(put, "intake", "register.put", register="course", id=f"L-{number}",
              fields={"title": "系统管理", "begins_on": written(begins)[:10], "teacher": "teacher"})
    for schedule, run, clock, due, how, most in (
            ("invite", working_day_before(begins, 5), "invite", lambda run: working_days_after(run, 2), MAIL, 5),
            ("after_class", begins + 18 * HOUR, "after_class", lambda run: run + 7 * DAY, CALL, 12)):
        if not put < run <= HORIZON:
            continue
        story.tally[schedule, "scheduled"] += 1
        life = Life(story, random, f"{schedule}/L-{number}", run, "teacher")
        done = life.later(most * DAY)
        life.owe(clock, due(run), met=done, rungs=training(due(run), "teacher"))
        if done < NEVER:
            life.say("contact.record", **how)
    attended = put + random.randrange(1, 100 * DAY)
    story.say(attended, "intake", "register.put", register="attendance", id=f"A-{number}",
              fields={"course": f"L-{number}", "customer": "K-0", "trained_on": written(begins)[:10]})
    for count in (1, 2, 3):
        run = rolled_forward(months_later(begins, count)) + 9 * HOUR
        if attended < run <= HORIZON:
            story.tally["use_followed", "scheduled"] += 1
            life = Life(story, random, f"use_followed/A-{number}", run, "head_training")
            done = life.later(12 * DAY)
            life.owe("after_class", run + 7 * DAY, met=done, rungs=training(run + 7 * DAY, "head_training"))
            if done < NEVER:
                life.say("contact.record", **CALL)


def reports(tally):
    """STD-27 to STD-31: the month's appraisal to the leadership, the worksheets to the account manager, what was done and
    what is open to the branch's service manager."""
    for month in range(12):
        first = months_later(BEGIN, month)
        for schedule, run in (("appraisal", rolled_forward(first + 4 * DAY)), ("worksheets", rolled_back(first + 9 * DAY)),
                              ("worklog", rolled_forward(first)), ("follow_up", rolled_forward(first))):
            tally[schedule, "reported"] += run + 9 * HOUR <= HORIZON


def plans(story, random):
    """STD-18, STD-21: for the operations director by 17:00 on the 25th, on a rest day the next working day."""
    for month in range(12):
        first = months_later(BEGIN, month)
        run, due = rolled_back(first + 14 * DAY) + 9 * HOUR, rolled_forward(first + 24 * DAY) + 17 * HOUR
        for schedule in ("training_plan", "training_report"):
            story.tally[schedule, "scheduled"] += 1
            life = Life(story, random, schedule, run, "head_training")
            done = life.later(20 * DAY)
            story.tally.owe("plan_report", run, due, met=done, reminders=[(working_day_before(due, 1), {"head_training"})],
                            rungs=training(due, "head_training"))
            if done < NEVER:
                life.say("ticket.solve", result="已提交")


# --- 9: greetings ---

def greetings(story, random):
    """STD-25: three working days before each festival every customer is written to who has an address."""
    story.say(BEGIN + 1, "intake", "register.put", register="customer", id="K-0",
              fields={"name": "海港医院", "email": "k0@customer.example"})
    runs = [working_day_before(at(day + " 00:00"), 3) for day in ("2026-02-17", "2026-06-19", "2026-09-25", "2027-01-01")]
    story.tally["greeting", "reported"] += len(runs)
    for number in range(1, 300):
        put, has_mail = BEGIN + random.randrange(2, 330 * DAY), random.random() < 0.8
        mail = {"email": f"k{number}@customer.example"} if has_mail else {}
        story.say(put, "intake", "register.put", register="customer", id=f"K-{number}", fields={"name": f"客户{number}"} | mail)
        story.tally["greeting", "reported"] += sum(has_mail and put < run for run in runs)
    for run in runs:
        story.tally["greeting_round", "scheduled"] += 1
        life = Life(story, random, "greeting_round", run, "account_representative")
        done = life.later(2 * DAY)
        life.owe("greeting", end_of_day(run), met=done)
        if done < NEVER:
            life.say("ticket.solve", result="已检查")


# --- 2: projects ---

STAGES = (("a", "same day"), ("b1", 7), ("b2", "same day"), ("b3", "same day"), ("c1", 7), ("c2", "same day"), ("d1", 5),
          ("d2", "same day"), ("e", "same day"))


def project(story, random):
    """STD-3 to STD-6: a call every five working days, a report for every stage, live when accepted, paid and filed."""
    own_days = random.choice((None, 3, 12))
    life = file(story, random, BEGIN + random.randrange(330 * DAY), "project", department="implementation",
                **({"fields": {"days": own_days}} if own_days else {}))
    start, calls, entered, over = life.now, [], life.now, False
    for stage, days in STAGES:
        if stage != "a":
            life.say("ticket.move", stage=stage)
            entered = life.now
        story.tally["progress_mail", "reported"] += stage not in ("b1", "c1", "d1")
        due = end_of_day(entered) if days == "same day" else working_days_after(entered, days)
        reported = life.later((2 if days == "same day" else 12) * DAY, 0.95)
        if reported < NEVER:
            life.say("contact.record", kind="progress", **CALL)
            calls.append(reported)
        left = life.later(2 * DAY, 0.97)
        if stage == "d2" and left < NEVER:
            for step in ("final_payment", "filing"):
                life.say("step.done", step=step)
            life.say("sign", signature="acceptance")
            life.now += 1
            left = life.now
        life.owe("stage_report", due, start=entered, met=reported, over=left if stage != "e" else NEVER, again=stage != "a",
                 rungs=project_ladder(due))
        if stage == "c1":
            due = working_days_after(entered, own_days or 7)
            story.tally.owe("implementation", entered, due, met=left, rungs=project_ladder(due),
                            reminders=[(parts(entered, due, 80)[0], {"handler"})])
        if left == NEVER:
            break
    solved = life.now if life.now < HORIZON else NEVER
    if solved < NEVER:
        life.say("ticket.solve", result="已上线")
    quota(story.tally, "project_contact", weeks(start), calls, solved, 80, "handler", project_ladder)


def weeks(start):
    """Windows of five working days, from the closing after the start on."""
    begin = midnight(start) + 18 * HOUR
    while not works(midnight(begin)) or begin < start:
        begin = midnight(begin) + DAY + 18 * HOUR
    while begin < HORIZON:
        end = working_days_after(begin, 5)
        yield begin, end
        begin = end


def quota(tally, clock, windows, calls, over, percent, remind, ladder):
    """One call owed in each window; windows missed in a row climb one ladder, which a call or the end ends."""
    tally[clock, "opened"] += 1
    rungs, told = [], set()
    for begin, end in windows:
        inside = [call for call in calls if begin < call <= end and call < over]
        ended = min(inside[0] if inside else NEVER, over if over <= end else NEVER)
        reminded_at = parts(begin, end, percent)[0]
        if not rungs and reminded_at < min(ended, over) and reminded_at <= HORIZON:
            tally[clock, "reminded"] += 1
        told |= climb(tally, clock, rungs, begin, min(ended, end))
        if ended < NEVER:
            tally[clock, "cleared"] += len(told) if ended <= HORIZON else 0
            rungs, told = [], set()
        if over <= end or end > HORIZON:
            break
        if not inside:
            tally[clock, "breached"] += 1
            rungs = rungs or ladder(end)
    climb(tally, clock, rungs, end, HORIZON + 1)


def climb(tally, clock, rungs, begin, end):
    """Who is told by the rungs of the time from `begin` to before `end`."""
    told = set()
    for when, persons in rungs:
        if begin <= when < end and when <= HORIZON:
            tally[clock, "told"] += len(persons)
            told |= persons
    return told


# --- 5: complaints; 4: change notices; 10: releases ---

def complaint(story, random):
    """STD-15, STD-16: called every four hours; unsolved after a day or two it climbs by its kind."""
    kind = random.choice(("business", "implementation", "commercial"))
    life = file(story, random, BEGIN + random.randrange(350 * DAY), "complaint", type=kind)
    calls = []
    while random.random() < 0.8:
        called = life.later(7 * HOUR, 1)
        if called == NEVER:
            break
        life.say("contact.record", kind="progress", **CALL)
        calls.append(called)
    solved = life.later(3 * DAY, 0.95)
    if solved < NEVER:
        life.say("ticket.solve", result="已处理")
    start = life.start
    due = working_days_after(start, 2 if kind == "commercial" else 1)
    rungs = {"business": [(due, {"account_representative", "branch_service_manager"})],
             "implementation": [(due, {"project_manager"}), (working_days_after(due, 1), {"director", "branch_general_manager"})],
             "commercial": [(due, {"commercial_director"})]}[kind]
    life.owe("complaint_ladder", due, met=solved, rungs=rungs)
    hours = ((begin, begin + 4 * HOUR) for begin in range(start, HORIZON, 4 * HOUR))
    quota(story.tally, "complaint_contact", hours, calls, solved, 75, "handler", service)


def change_notice(story, random):
    """STD-12, STD-13: forwarded within ten minutes, mailed to the customers within thirty more."""
    life = file(story, random, BEGIN + random.randrange(350 * DAY), "change_notice", handler=None, department="service")
    assigned = life.later(15 * MINUTE)
    due = life.start + 10 * MINUTE
    life.owe("forward", due, met=assigned, remind="branch_service_manager",
             rungs=[(due, {"account_representative", "branch_service_manager"}), (working_days_after(due, 1), {"branch_general_manager"})])
    if assigned == NEVER:
        return
    life.say("ticket.assign", role="department_head", handler="handler")
    mailed = life.later(45 * MINUTE)
    due = assigned + 30 * MINUTE
    life.owe("bulk_mail", due, start=assigned, met=mailed, remind="account_representative", rungs=service(due))
    if mailed < NEVER:
        life.say("contact.record", **MAIL)


def release(story, random):
    """STD-26: on the day that development completes."""
    life = file(story, random, BEGIN + random.randrange(350 * DAY), "release_notice", department="implementation")
    story.tally["release_notice", "reported"] += 2  # by mail and by text message
    sent, due = life.later(2 * DAY), end_of_day(life.start)
    life.owe("release", due, met=sent, rungs=project_ladder(due))
    if sent < NEVER:
        life.say("contact.record", **MAIL)


def make(random):
    """A story of the year with its tally."""
    story = Story()
    story.advance(BEGIN)
    greetings(story, random)
    plans(story, random)
    reports(story.tally)
    for number in range(CONTRACTS):
        contract = Contract(story, random, number)
        contract.tell()
        for what in (checkin, renewals, churn, care):
            what(contract)
    for number in range(COURSES):
        course(story, random, number)
    for count, what in ((PROJECTS, project), (COMPLAINTS, complaint), (NOTICES, change_notice), (NOTICES // 2, release)):
        for _ in range(count):
            what(story, random)
    return story
