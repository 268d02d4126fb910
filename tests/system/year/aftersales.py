"""售后服务及技术支持管理制度: a year of complaints, faults, bugs, projects and service on site, and of key users who are visited.

AFT names few limits (five days in AFT-13, months and years in AFT-12); the others are the defaults that the regime states, and
what counts here is what they are counted from and what ends them.
"""
from year.almanac import (DAY, HOUR, at, in_office, midnight, months_later, rolled_forward, working_day_before,
                          working_days_after, written)
from year.tally import HORIZON, NEVER, Story, parts

REGIME = "aftersales"
BEGIN = at("2026-01-01 00:00")
TICKETS, CUSTOMERS = 2600, 300
PEOPLE = {"intake": ("intake", "after_sales"), "handler": ("handler", "after_sales"), "owner": ("handler", "after_sales"),
          "service_head": ("service_head", "after_sales"), "leadership": ("leadership", None),
          "engineer_1": ("handler engineer", "after_sales"), "engineer_2": ("handler engineer", "after_sales"),
          "system_engineer": ("handler system_engineering", "system_engineering"),
          "developer": ("handler development", "development")}
PEOPLE |= {f"head_{name}": ("department_head", name) for name in ("after_sales", "system_engineering", "development", "sales")}


class Life:
    """One ticket on its way: what is said of it goes into the story, what comes of it into the tally."""

    def __init__(self, story, random, ref, received, department, until=HORIZON):
        self.story, self.tally, self.random, self.ref = story, story.tally, random, ref
        self.now = self.received = received
        self.until, self.is_over, self.had = until, False, set()
        self.heads = [(received, f"head_{department}")]

    def say(self, method, role="handler", **params):
        """At this instant, unless nothing more happens to it."""
        if not self.is_over:
            self.story.say(self.now, role, method, ticket=self.ref, **params)

    def call(self, kind, role="handler"):
        self.say("contact.record", role, kind=kind, channel="phone", direction="out", reached=True)

    def does(self, *steps):
        """One step after the other; when the last was done, or NEVER."""
        for step in steps:
            if self.later(3 * DAY) < NEVER:
                self.say("step.done", step=step)
        return NEVER if self.is_over else self.now

    def later(self, most, chance=0.96):
        """Time goes on, at least by a second; or nothing more happens to this ticket. When it is now, or NEVER."""
        self.now += self.random.randrange(1, int(most))
        self.is_over = self.is_over or self.random.random() >= chance or self.now >= self.until
        return NEVER if self.is_over else self.now

    def solve(self, most=4 * DAY):
        solved = self.later(most)
        self.say("ticket.solve", result="已解决")
        return solved

    def close(self):
        closed = self.later(2 * DAY)
        self.say("ticket.close", role="intake")
        return closed

    def promise(self):
        """A plan for a day in the next two weeks: (when it was made, the day), NEVER when it is not."""
        planned = self.later(5 * DAY)
        expected = self.now + self.random.randrange(DAY, 15 * DAY)
        self.say("ticket.plan", role="department_head", expected_at=written(expected), measures="更换")
        return planned, expected

    def owe(self, clock, start, due, met=NEVER, over=NEVER, reminded=(), late=None):
        """The head who is it by then, the head of after-sales after half the time again, the leadership after all of it."""
        half, whole = late or parts(start, due, 150, 200)
        head = [head for since, head in self.heads if since <= due][-1]
        self.tally.owe(clock, start, due, met, over, again=clock in self.had, reminders=[(when, {"one"}) for when in reminded],
                       rungs=[(due, {head}), (half, {"service_head"}), (whole, {"leadership"})])
        self.had.add(clock)

    def owe_days(self, clock, start, days, ahead, met=NEVER, over=NEVER):
        """In working days, reminded so many of them before; with 0 at half the time."""
        due = working_days_after(start, days)
        self.owe(clock, start, due, met, over, [working_day_before(due, ahead) if ahead else parts(start, due, 50)[0]])

    def owe_four_hours(self, clock, start, met=NEVER, over=NEVER):
        """Of the office."""
        due = in_office(start, 4 * HOUR)
        late = in_office(due, 2 * HOUR), in_office(due, 4 * HOUR)
        self.owe(clock, start, due, met, over, [in_office(start, 2 * HOUR)], late)

    def owe_promise(self, planned, expected, met):
        """Reminded the working day before; at once when that is over already."""
        self.owe("promised", planned, expected, met, reminded=[max(planned, working_day_before(expected, 1))])


def filed(story, random, kind, department="after_sales", contact=None, **more):
    life = Life(story, random, story.reference(), BEGIN + random.randrange(345 * DAY), department)
    handler = {"handler": "handler"} if random.random() < 0.5 and kind not in ("suggestion", "bug") else {}
    story.say(life.received, "intake", "ticket.create", ref=life.ref, channel=random.choice(("phone", "letter", "web")),
              customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"} | (contact or {}),
              subject="签名钥匙无法识别", **{"class": kind} | handler | more)
    return life


def complaint(story, random):
    """AFT-1: called at once; AFT-2: followed to the end; AFT-15: disputes are the head's own."""
    kind = random.choice(("product", "service", "attitude", "dispute"))
    life = filed(story, random, "complaint", type=kind)
    life.tally["complaint_taken", "reported"] += 1
    life.tally["dispute", "reported"] += kind == "dispute"
    called = life.later(2 * HOUR)
    life.call("apology")
    due = life.received + HOUR
    life.owe("contact_now", life.received, due, met=called, reminded=[life.received, *parts(life.received, due, 50)])
    life.does("causes", "prevention")
    life.solve()
    life.later(DAY)
    life.call("result")
    life.close()


def enquiry(story, random):
    """AFT-1: a word on how far it is is no answer; who closes it without one is asked for none any more."""
    life = filed(story, random, "enquiry")
    answered = closed = NEVER
    for _ in range(random.randrange(4)):
        called, kind = life.later(DAY), random.choice(("progress", "timetable", "result", "other"))
        life.call(kind)
        answered = min(answered, called) if kind in ("result", "other") else answered
        closed = 0
    if closed == 0:
        life.solve()
        closed = life.close()
    life.owe_days("answer", life.received, 1, 0, met=answered, over=closed)


def suggestion(story, random):
    """AFT-3, AFT-14: passed on, unless nobody did before it was over."""
    kind, department = random.choice((("improvement", "development"), ("conduct", "after_sales")))
    life = filed(story, random, "suggestion", department, type=kind)
    life.tally["suggestion_passed", "reported"] += 1
    passed = NEVER
    if random.random() < 0.85:
        passed = life.later(3 * DAY)
        life.say("ticket.assign", role="department_head", handler="handler")
    life.solve()
    life.owe_days("passed_on", life.received, 1, 0, met=passed, over=life.close())


class Fault:
    """AFT-7, AFT-16: from stage to stage, with what is owed in each."""
    ONWARD = {"reported": ("analysing", "phone", "phone"), "analysing": ("phone",), "phone": ("remote", "on_site", "escalated"),
              "remote": ("on_site", "escalated"), "on_site": ("escalated",), "escalated": ("analysing",)}
    NEEDS = {"remote": "consent", "on_site": "service_order"}  # AFT-8, AFT-13

    def __init__(self, story, random):
        self.life = filed(story, random, "fault", type=random.choice(("software", "hardware")))
        self.random, self.done = random, set()
        self.stage, self.owed_since, self.escalated_at, self.is_taken = "reported", None, None, False

    def take(self, when):
        """AFT-16: after-sales has it when it is looked at, spoken of on the phone, or solved."""
        if not self.is_taken:
            self.life.owe_four_hours("taken", self.life.received, met=when)
        self.is_taken = self.is_taken or when < NEVER

    def next_stage(self, when, stage):
        """Within a working day a stage leads to the next; to be analysed again is none."""
        if self.owed_since and stage != "analysing":
            self.life.owe_days("fault_stage", self.owed_since, 1, 0, met=when)
            self.owed_since = None
        if when < NEVER and stage != "solved":
            self.owed_since = self.owed_since or when

    def reassign(self, met=NEVER, over=NEVER):
        """AFT-16: what is escalated is somebody else's within four hours, unless it is solved before."""
        if self.escalated_at:
            self.life.owe_four_hours("reassigned", self.escalated_at, met, over)
            self.escalated_at = None

    def move(self):
        stage, life = self.random.choice(self.ONWARD[self.stage]), self.life
        if stage in self.NEEDS and self.NEEDS[stage] not in self.done:
            self.done.add(self.NEEDS[stage])
            life.does(self.NEEDS[stage])
        when = life.later(2 * DAY)
        life.say("ticket.move", stage=stage)
        if when < NEVER:
            self.take(when)
            self.next_stage(when, stage)
            self.stage = stage
            life.tally["fault_on_site", "reported"] += 2 * (stage == "on_site")
            life.tally["fault_escalated", "reported"] += 2 * (stage == "escalated")
            if stage == "escalated":
                self.escalated_at = self.escalated_at or when
                self.hand_over()

    def hand_over(self):
        """To system engineering, whose head hears from then on."""
        if self.random.random() < 0.8:
            when = self.life.later(DAY)
            self.life.say("ticket.assign", role="service_head", department="system_engineering", handler="system_engineer")
            if when < NEVER:
                self.reassign(met=when)
                self.life.heads.append((when, "head_system_engineering"))

    def solve(self):
        when = self.life.solve(2 * DAY)
        if when < NEVER:
            self.take(when)
            self.next_stage(when, "solved")
            self.reassign(over=when)

    def end(self):
        """What is owed still, when nothing more happens."""
        self.take(NEVER)
        self.next_stage(NEVER, None)
        self.reassign()


def fault(story, random):
    one = Fault(story, random)
    while True:
        while not one.life.is_over and random.random() < 0.75:
            one.move()
        one.solve()
        if one.life.is_over or random.random() < 0.8:
            break
        when = one.life.later(2 * DAY)
        one.life.say("ticket.reopen", reason="又坏了")
        if when < NEVER:
            one.next_stage(when, "analysing")
            one.stage = "analysing"
    one.end()
    one.life.later(DAY)
    one.life.call("result")
    one.life.close()


def planned_and_solved(life, work):
    """AFT-9, AFT-11, AFT-13: a plan within three working days, and what it promises. When it is solved, or NEVER."""
    planned = expected = NEVER
    if life.random.random() < 0.85:
        planned, expected = life.promise()
    solved = work(life)
    life.owe_days("plan", life.received, 3, 1, met=planned, over=solved)
    if planned < NEVER:
        life.owe_promise(planned, expected, solved)
    return solved


def bug(story, random):
    """AFT-9: a developer's by name; after the fix the customers are told within a day; a fix that was none is done again."""
    written_to = random.random() < 0.5  # who has left an address hears of each fix by mail, too
    life = filed(story, random, "bug", "development", {"email": "li@example.org"} if written_to else None)
    life.tally["bug_handed_over", "reported"] += 1
    solved = planned_and_solved(life, lambda life: life.solve(10 * DAY))
    while solved < NEVER:
        life.tally["bug_fixed", "reported"] += written_to
        is_told = random.random() < 0.75
        when = life.later(3 * DAY)
        life.call("result") if is_told else life.say("ticket.reopen", reason="仍有错误")
        life.owe_days("customers_told", solved, 1, 0, **{"met" if is_told else "over": when})
        if is_told and random.random() < 0.8:
            life.close()
            return
        if is_told:
            life.later(DAY)
            life.say("ticket.reopen", reason="仍有错误")
        again = life.promise() if random.random() < 0.5 else (NEVER, NEVER)
        solved = life.solve()
        if again[0] < NEVER:
            life.owe_promise(*again, solved)


def project_support(story, random):
    """AFT-11: from stage to stage, and never two weeks of work without a word to the customer."""
    life, calls = filed(story, random, "project_support", "development"), []

    def call(kind):
        calls.append(life.later(16 * DAY, 0.98))
        life.call(kind)

    def work(life):
        for stage in ("requirements", "scheduled", "appointed", "installed", "briefed"):
            if stage == "scheduled" or random.random() < 0.5:
                call("timetable" if stage == "scheduled" else "progress")
            life.later(8 * DAY)
            life.say("ticket.move", stage=stage)
        return life.solve()

    solved = planned_and_solved(life, work)
    starts = [life.received] + [when for when in calls if when < NEVER]
    for start, following in zip(starts, starts[1:] + [NEVER]):
        life.owe_days("project_progress", start, 10, 2, met=following, over=solved)
    life.close()


def on_site_service(story, random):
    """AFT-13: the order signed by the customer and filed within five days of the return."""
    life, times = filed(story, random, "on_site_service"), {}

    def work(life):
        times["returned"] = life.does("service_order", "returned")
        if random.random() < 0.7:  # who is back and has the order signed may file it before or after
            return life.solve()
        times["filed"] = file()
        return life.solve()

    def file():
        life.later(5 * DAY)
        life.say("sign", signature="customer")
        return life.does("filed")

    planned_and_solved(life, work)
    filed_at = times["filed"] if "filed" in times else file()
    if times["returned"] < NEVER:
        due = times["returned"] + 5 * DAY
        life.owe("service_report", times["returned"], due, met=filed_at, reminded=[due - DAY])
    life.close()


VISITS = {"key_visit": ("key_visit", 10, 3), "visit_yearly": ("yearly_visit", 20, 5), "care_call": ("care_call", 5, 1)}


def visited(life, clock):
    """AFT-12: notes and a report each; AFT-5: a care call is made when the customer was called."""
    _, days, ahead = VISITS[clock]
    called = life.later(days * 2 * DAY, 0.9)
    life.call("other")
    life.does("notes")
    solved = life.solve()
    life.does("visit_report")
    life.close()
    life.owe_days(clock, life.received, days, ahead, met=called if clock == "care_call" else solved)


def visit(story, random):
    clock = random.choice(list(VISITS))
    visited(filed(story, random, "visit", type=VISITS[clock][0]), clock)


def surveyed(life, clock):
    """AFT-6: asked, and what was said is analysed."""
    asked = life.later(40 * DAY, 0.9)
    life.say("satisfaction.record", level=life.random.choice(("satisfied", "neutral", "dissatisfied")))
    life.owe_days(clock, life.received, 20, 5, met=asked)
    life.solve()
    life.does("analysed")
    life.close()


def occasions(key_since):
    """AFT-12: in each of the first three months, then every year; AFT-5: each quarter; AFT-6: each year. {schedule: days}"""
    days = {"key_visit": [months_later(key_since, count) for count in (1, 2, 3)],
            "visit_yearly": [months_later(key_since, 12 * count) for count in range(1, 9)],
            "care_call": [at(f"2026-{month}-15 00:00") for month in ("02", "05", "08", "11")],
            "survey": [at("2026-11-01 00:00")]}
    return {schedule: [rolled_forward(day) + 9 * HOUR for day in list] for schedule, list in days.items()}


def customer(story, random, number):
    """A file that is put once or corrected later: what is in it on a day decides whether something is due on it."""
    put = BEGIN + random.randrange(200 * DAY)
    since = midnight(BEGIN - random.randrange(700 * DAY)) if random.random() < 0.5 else midnight(put)
    versions = [(put, random.random() < 0.6, random.random() < 0.1, since)]
    if random.random() < 0.4:  # becomes a key account, is none any more, or only its file was put again
        changed = put + random.randrange(DAY, 120 * DAY)
        was_key = versions[0][1]
        versions.append((changed, random.random() < 0.5, random.random() < 0.1, since if was_key else midnight(changed)))
    owner = {"owner": "owner"} if random.random() < 0.5 else {}
    opened = {}
    for (begin, is_key, has_left, since), end in zip(versions, [row[0] for row in versions[1:]] + [HORIZON + 1]):
        story.say(begin, "intake", "register.put", register="customers", id=f"K-{number}",
                  fields={"name": f"客户{number}", "phone": "13812345678", "key": is_key, "key_since": written(since)[:10]}
                  | ({"left": written(begin)[:10]} if has_left else {}) | owner)
        for schedule, days in occasions(since).items():
            is_due = not has_left and (is_key or schedule == "survey")
            opened.setdefault(schedule, []).extend(day for day in days if is_due and begin < day < end)
    for schedule, days in opened.items():
        for start, following in zip(days, days[1:] + [HORIZON]):
            story.tally[schedule, "scheduled"] += 1
            life = Life(story, random, f"{schedule}/K-{number}", start, "after_sales", following)
            surveyed(life, schedule) if schedule == "survey" else visited(life, schedule)


def asset(story, random, number):
    """AFT-10: what was handed out to whom, and when."""
    put = BEGIN + 201 * DAY + random.randrange(90 * DAY)
    story.say(put, "intake", "register.put", register="assets", id=f"A-{number}",
              fields={"serial": f"S{number}", "customer": f"K-{random.randrange(CUSTOMERS)}", "product": "签名钥匙",
                      "applied_on": written(put - random.randrange(1500 * DAY))[:10]})


def reports(tally):
    """AFT-2, AFT-6, AFT-17: how often in a year the calendar sends each; always to two people."""
    for schedule, times in (("complaint_report", 12), ("attitude_report", 12), ("survey_report", 1)):
        tally[schedule, "reported"] += 2 * times


KINDS = ((complaint, 5), (enquiry, 5), (suggestion, 3), (fault, 8), (bug, 4), (project_support, 3), (on_site_service, 4),
         (visit, 1))


def make(random):
    """A story of the year with its tally."""
    story = Story()
    story.advance(BEGIN)
    kinds, weights = zip(*KINDS)
    for kind in random.choices(kinds, weights, k=TICKETS):
        kind(story, random)
    for number in range(CUSTOMERS):
        customer(story, random, number)
        asset(story, random, number)
    reports(story.tally)
    return story
