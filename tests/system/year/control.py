"""客户服务控制程序: a year of complaints with 8D, returns, enquiries, repairs and orders, and a register of customers."""
from year.almanac import DAY, HOUR, at, midnight, months_later, rolled_forward, working_day_before, working_days_after, written
from year.tally import HORIZON, NEVER, Story, parts

REGIME = "control"
BEGIN = at("2026-01-01 00:00")
TICKETS, CUSTOMERS = 2600, 300
DEPARTMENTS = ("sales", "quality", "production", "engineering", "planning", "warehouse")
PEOPLE = {"intake": ("intake", "sales"), "handler": ("handler", "quality"), "service_head": ("service_head", "sales"),
          "leadership": ("leadership", None), "quality_manager": ("quality_manager", "quality"),
          "plant_director": ("plant_director", None), "owner": ("handler", "sales")}
PEOPLE |= {f"head_{name}": ("department_head", name) for name in DEPARTMENTS}
CALL = {"channel": "phone", "direction": "out", "reached": True}
RETURN_STEPS = ("return_notice", "fetched", "booked", "inspected", "rework_notice", "reworked", "rescheduled")


class Life:
    """One ticket on its way: what is said of it goes into the story, what comes of it into the tally."""

    def __init__(self, story, random, kind, **more):
        self.story, self.tally, self.random, self.ref = story, story.tally, random, story.reference()
        self.department = random.choice(DEPARTMENTS)
        self.now = self.received = BEGIN + random.randrange(340 * DAY)
        self.is_over = False
        self.say("ticket.create", role="intake", ref=self.ref, channel="phone", department=self.department, handler="handler",
                 customer={"name": "海港医院"}, contact={"name": "李雷", "phone": "13812345678"}, subject="插件脱落",
                 **{"class": kind} | more)

    def say(self, method, role="handler", **params):
        """At this instant, unless the year is over."""
        if self.now < HORIZON:
            if method != "ticket.create":
                params["ticket"] = self.ref
            self.story.say(self.now, role, method, **params)

    def later(self, most, chance=0.9):
        """Time goes on, at least by a second; or nothing more happens to this ticket. When it is now, or NEVER."""
        self.is_over = self.is_over or self.random.random() >= chance
        self.now += self.random.randrange(1, int(most))
        if self.is_over or self.now > HORIZON:
            self.is_over, self.now = True, HORIZON
            return NEVER
        return self.now

    def up(self, start, due):
        """The head of the department, of customer service after half the time again, the leadership after all of it."""
        half, whole = parts(start, due, 150, 200)
        return [(due, {f"head_{self.department}"}), (half, {"service_head"}), (whole, {"leadership"})]

    def eight_d(self, start, due):
        half, whole = parts(start, due, 150, 200)
        return [(due, {f"head_{self.department}", "quality_manager"}), (half, {"plant_director"}), (whole, {"leadership"})]

    def half(self, start, due, person="handler"):
        return [(parts(start, due, 50)[0], {person})]

    def before(self, due, days, person="handler"):
        return [(working_day_before(due, days), {person})]


def eight_d_of(life, again, start):
    """CTL-3: D3 in 1, D4 in 3, D5 and D6 in 5, D7 and D8 in 10 working days; after a reopening D5 to D8 anew (CTL-5)."""
    done = {}
    for step in (() if again else ("d1", "d2", "d3", "d4")) + ("d5", "d6", "d7", "d8"):
        done[step] = life.later(2 * DAY if step not in ("d7", "d8") else 6 * DAY, 0.97)
        if done[step] < NEVER:
            life.say("step.done", step=step)
    days = {"d3_containment": ("d3", 1, 0), "d4_causes": ("d4", 3, 1), "d6_measures": ("d6", 5, 1), "d8_close": ("d8", 10, 2)}
    for clock, (step, limit, ahead) in days.items():
        if step not in done:
            continue
        due = working_days_after(start, limit)
        life.tally.owe(clock, start, due, met=done[step], again=again, rungs=life.eight_d(start, due),
                       reminders=life.half(start, due) + (life.before(due, ahead) if ahead else []))
    return done["d8"] < NEVER


def solved_and_asked(life, level, again):
    """CTL-5: approved, solved, told, asked within three working days. When the customer said so, or NEVER."""
    life.say("sign", role="quality_manager", signature="quality_manager")
    start = life.later(DAY)
    if start == NEVER:
        return NEVER
    life.say("ticket.solve", result="加固")
    said = life.later(6 * DAY)
    due = working_days_after(start, 3)
    life.tally.owe("customer_opinion", start, due, met=said, again=again, reminders=life.half(start, due, "intake"),
                   rungs=life.up(start, due))
    if said < NEVER:
        life.say("contact.record", role="service_head", kind="result", **CALL)
        life.now += 1
        life.say("satisfaction.record", role="intake", level=level)
        life.tally["not_satisfied", "reported"] += len({"quality_manager", f"head_{life.department}"}) if level != "satisfied" else 0
    return said


def complaint(story, random):
    life = Life(story, random, "complaint")
    life.tally["complaint_report", "reported"] += 2  # CTL-1
    is_satisfied = random.random() < 0.7
    if not eight_d_of(life, False, life.received):
        return
    said = solved_and_asked(life, "satisfied" if is_satisfied else "dissatisfied", False)
    if said < NEVER and not is_satisfied:
        start = life.now
        reopened = life.later(4 * DAY)
        due = working_days_after(start, 1)
        life.tally.owe("back_to_work", start, due, met=reopened, reminders=[(start, {"handler"})], rungs=life.eight_d(start, due))
        if reopened == NEVER:
            return
        life.say("ticket.reopen", role="service_head", reason="不满意")
        if not eight_d_of(life, True, reopened):
            return
        said = solved_and_asked(life, "satisfied", True)
    if said < NEVER:
        life.now += 1
        life.say("step.done", role="quality_manager", step="effect")  # CTL-4
        life.say("sign", role="plant_director", signature="plant_director")  # CTL-7
        life.now += 1
        life.say("ticket.close", role="service_head")


def goods_returned(story, random):
    """CTL-10: from each step to the next in three working days."""
    life = Life(story, random, "return")
    start, again = life.received, False
    for step in (*RETURN_STEPS, None):
        due, done = working_days_after(start, 3), life.later(5 * DAY, 0.95)
        life.tally.owe("return_step", start, due, met=done if step else NEVER, over=NEVER if step else done, again=again,
                       reminders=life.before(due, 1), rungs=life.up(start, due))
        if done == NEVER:
            return
        life.say("step.done", step=step) if step else life.say("ticket.solve", result="重新发货")
        start, again = done, True


def answered(kind, clock, days, remind):
    """CTL-11, CTL-12, CTL-13: told within so many working days."""
    def live(story, random):
        life = Life(story, random, kind)
        life.tally["customer_notice", "reported"] += kind == "customer_notice"
        due, said = working_days_after(life.received, days), life.later(2 * days * DAY)
        reminders = life.half(life.received, due) if remind == "half" else life.before(due, 1)
        closed = life.later(DAY) if said < NEVER else NEVER
        life.tally.owe(clock, life.received, due, met=said, over=closed, reminders=reminders, rungs=life.up(life.received, due))
        if said < NEVER:
            life.now = said
            life.say("contact.record", kind="result", **CALL)
        if closed < NEVER:
            life.now = closed
            life.say("ticket.solve", result="已答复")
    return live


def promised(kind):
    """CTL-22, CTL-23: the day is stated within a working day, and what is promised is watched."""
    def live(story, random):
        life = Life(story, random, kind)
        due, planned = working_days_after(life.received, 1), life.later(3 * DAY)
        life.tally.owe("plan", life.received, due, met=planned, reminders=life.half(life.received, due),
                       rungs=life.up(life.received, due))
        if planned == NEVER:
            return
        expected = planned + random.randrange(DAY, 15 * DAY)
        life.say("ticket.plan", role="department_head", expected_at=written(expected), measures="返修")
        stages = ("diagnosed", "repaired", "shipped") if kind == "repair" else ()
        for stage in stages:
            if life.later(5 * DAY, 0.98) == NEVER:
                break
            life.say("ticket.move", stage=stage)
        solved = life.later(5 * DAY) if not life.is_over else NEVER
        rungs = life.up(planned, expected)
        ahead = {max(planned, when) for days in (2, 1) for when, _ in life.before(expected, days)}  # at once when it is near
        life.tally.owe("promised", planned, expected, met=solved, reminders=[(when, {"handler"}) for when in ahead], rungs=rungs)
        if solved < NEVER:
            if kind == "repair":
                life.say("contact.record", kind="timetable", **CALL)
            life.say("ticket.solve", result="寄回")
    return live


def customers(story, random):
    """CTL-15, CTL-16: each active customer is asked every half-year, and called every three months."""
    surveyed = [rolled_forward(at(f"2026-{day} 00:00")) + 9 * HOUR for day in ("01-10", "07-10")]
    for number in range(CUSTOMERS):
        put, is_active = BEGIN + random.randrange(300 * DAY), random.random() < 0.9
        since = midnight(BEGIN - random.randrange(900 * DAY))
        owner = {"owner": "owner"} if random.random() < 0.5 else {}
        fields = {"name": f"客户{number}", "contact": "李雷", "phone": "13812345678", "since": written(since)[:10],
                  **({} if is_active else {"left": written(put)[:10]})}
        story.say(put, "intake", "register.put", register="customers", id=f"K-{number}", fields=fields | owner)
        for due in surveyed if is_active else ():
            if due > put:
                survey(story.tally, due)
        for count in range(1, 48) if is_active else ():
            due = rolled_forward(months_later(since, 3 * count)) + 9 * HOUR
            story.tally["regular_contact", "reported"] += put < due <= HORIZON


def survey(tally, start):
    due = working_days_after(start, 20)
    half, whole = parts(start, due, 150, 200)
    tally["survey", "scheduled"] += 1
    tally.owe("survey", start, due, reminders=[(working_day_before(due, 5), {"somebody"})],
              rungs=[(due, {"head_sales"}), (half, {"service_head"}), (whole, {"leadership"})])


def reviews(tally):
    """CTL-8, CTL-18: last month's complaints on the 5th, the procedure itself in June and December; nobody does them here."""
    monthly = [f"2026-{month:02}-05" for month in range(1, 13)]
    for schedule, days in (("monthly_review", monthly), ("procedure_review", ("2026-06-20", "2026-12-20"))):
        for day in days:
            start = rolled_forward(at(day + " 00:00")) + 9 * HOUR
            due = working_days_after(start, 10)
            half, whole = parts(start, due, 150, 200)
            tally[schedule, "scheduled"] += 1
            tally.owe("review", start, due, reminders=[(working_day_before(due, 2), {"head_quality"})],
                      rungs=[(due, {"head_quality", "quality_manager"}), (half, {"plant_director"}), (whole, {"leadership"})])


def reports(tally):
    """CTL-8, CTL-15, CTL-18, CTL-20: how often in a year the calendar sends each; always to two people."""
    for schedule, times in (("monthly_review", 12), ("outcome_report", 12), ("survey_report", 2), ("bottleneck_report", 2)):
        tally[schedule, "reported"] += 2 * times


KINDS = ((complaint, 8), (goods_returned, 4), (answered("enquiry", "answer", 1, "half"), 5),
         (answered("customer_notice", "answer", 1, "half"), 2), (answered("suggestion", "suggestion_reply", 5, "before"), 3),
         (promised("repair"), 4), (promised("order"), 4))


def make(random):
    """A story of the year with its tally."""
    story = Story()
    story.advance(BEGIN)
    kinds, weights = zip(*KINDS)
    for kind in random.choices(kinds, weights, k=TICKETS):
        kind(story, random)
    customers(story, random)
    reviews(story.tally)
    reports(story.tally)
    return story
