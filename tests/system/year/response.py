"""客户服务支持响应系统: a year of tickets from the first answer to the customer's opinion of it."""
from year.almanac import DAY, HOUR, at, working_day_before, working_days_after, written
from year.tally import HORIZON, NEVER, Story, parts

REGIME = "response"
BEGIN = at("2026-01-01 00:00")
TICKETS = 3000
RESPOND = {"urgent": 2, "high": 4, "medium": 8, "low": 24}  # RSP-4, hours
PLAN = {"urgent": 4, "high": 8, "medium": 24}               # low: three working days
PROMISE = {"urgent": 24, "high": 48}                        # RSP-7, hours; medium and low: three and five working days
DEPARTMENT = {"pre_sales": "product_support", "technical_hardware": "hardware_support", "complaint": "customer_relations",
              "technical_software": "software_support", "suggestion": "customer_relations",
              "cross_department": "service_centre", "other": "service_centre"}  # RSP-6
PEOPLE = {"intake": ("intake", "service_centre"), "handler": ("handler", "software_support"),
          "supervisor": ("supervisor", "service_centre"), "service_head": ("service_head", "service_centre")}
PEOPLE |= {f"head_{name}": ("department_head", name) for name in sorted(set(DEPARTMENT.values()))}
CALL = {"channel": "phone", "direction": "out", "reached": True}


class Life:
    """One ticket on its way: what is said of it goes into the story, what comes of it into the tally."""

    def __init__(self, story, random):
        self.story, self.tally, self.random, self.ref = story, story.tally, random, story.reference()
        self.type, self.urgency = random.choice(list(DEPARTMENT)), random.choice(list(RESPOND))
        self.preferred = random.choice((None, "phone", "fax", "email", "on_site"))
        self.head = f"head_{DEPARTMENT[self.type]}"
        self.now = self.received = BEGIN + random.randrange(345 * DAY)

    def say(self, method, role="handler", **params):
        """At this instant, unless the year is over."""
        if self.now < HORIZON:
            self.story.say(self.now, role, method, **({"ref": self.ref} if method == "ticket.create" else {"ticket": self.ref}), **params)

    def later(self, most, chance=0.93):
        """Time goes on, at least by a second; or nothing more happens to this ticket. When it is now, or NEVER."""
        if self.now >= HORIZON or self.random.random() >= chance:
            self.now = HORIZON
            return NEVER
        self.now = min(self.now + self.random.randrange(1, int(most)), HORIZON)
        return self.now if self.now < HORIZON else NEVER

    def overdue(self, start, due):
        """RSP-17: who has it and the supervisor, then the heads; of what is urgent the head of the department at once."""
        half, whole = parts(start, due, 150, 200)
        if self.urgency == "urgent":
            return [(due, {"handler", "supervisor", self.head}), (half, {"service_head"})]
        return [(due, {"handler", "supervisor"}), (half, {self.head}), (whole, {"service_head"})]

    def unasked(self, start, due):
        """RSP-12, RSP-13: a second follow-up that nobody makes; the handler does not hear of it."""
        half, whole = parts(start, due, 150, 200)
        return [(due, {"supervisor"}), (half, {self.head}), (whole, {"service_head"})]

    def reminders(self, start, due, *percents):
        return [(when, {"handler"}) for when in parts(start, due, *percents)]

    def limit(self, hours, days):
        """So many hours by urgency, or so many working days."""
        return self.received + hours[self.urgency] * HOUR if self.urgency in hours else working_days_after(self.received, days)


def live(life):
    life.say("ticket.create", role="intake", type=life.type, urgency=life.urgency, channel="phone", subject="无法登录",
             customer={"name": "海港医院", "id": "K-1"}, contact={"name": "李雷", "phone": "13812345678"},
             details="登录后白屏", occurred_at=written(life.received - HOUR), **{"class": "ticket"},
             **({"fields": {"preferred_channel": life.preferred}} if life.preferred else {}))
    life.now += 1
    life.say("ticket.assign", role="supervisor", handler="handler")
    called = life.later(2 * RESPOND[life.urgency] * HOUR)
    due = life.limit(RESPOND, 0)
    if called < NEVER:
        life.say("contact.record", kind="progress", **CALL)
    planned = life.later(2 * PLAN.get(life.urgency, 72) * HOUR)
    life.tally.owe("respond", life.received, due, met=called, reminders=life.reminders(life.received, due, 50, 80),
                   rungs=life.overdue(life.received, due))
    due = life.limit(PLAN, 3)
    life.tally.owe("plan", life.received, due, met=planned, reminders=life.reminders(life.received, due, 50, 80),
                   rungs=life.overdue(life.received, due))
    if planned < NEVER:
        worked_on(life, planned)


def worked_on(life, planned):
    """RSP-7: solved by the time that was promised, which is never further away than the urgency allows."""
    most = planned + PROMISE[life.urgency] * HOUR if life.urgency in PROMISE else working_days_after(
        planned, {"medium": 3, "low": 5}[life.urgency])
    expected = planned + life.random.randrange(HOUR, most - planned + 1)
    life.say("ticket.plan", expected_at=written(expected), measures="升级补丁")
    told = life.later(3 * (expected - planned) // 2)
    if told < NEVER:
        life.say("progress.add", note="查明原因，已更换")  # RSP-9
        life.say("ticket.move", stage="awaiting_feedback")
        life.now += 1
        life.say("contact.record", kind="result", **(CALL | {"channel": life.preferred or "phone"}))  # RSP-11
        told = life.now
    solved = life.later(DAY // 4)
    if solved < NEVER:
        life.say("ticket.solve", result="已修复")
    said = life.later(7 * DAY)
    life.tally.owe("solution", planned, expected, met=solved, reminders=life.reminders(planned, expected, 80),
                   rungs=life.overdue(planned, expected))
    if told < NEVER:  # RSP-14
        due = working_days_after(told, 3)
        life.tally.owe("satisfaction_chase", told, due, met=said, reminders=[(working_day_before(due, 1), {"intake"})],
                       rungs=life.overdue(told, due))
    if said < NEVER:
        opinion(life, said)


def opinion(life, said):
    """RSP-13: who is not satisfied is called again by somebody the supervisor names."""
    level = life.random.choice(("satisfied", "satisfied", "neutral", "dissatisfied"))
    life.say("satisfaction.record", role="intake", level=level)
    if level != "satisfied":
        due, called = working_days_after(said, 2), life.later(4 * DAY)
        half, = parts(said, due, 50)
        life.tally.owe("second_followup", said, due, met=called, reminders=[(said, {"supervisor"}), (half, {"supervisor"})],
                       rungs=life.unasked(said, due))
        if called < NEVER:
            life.say("contact.record", role="intake", kind="satisfaction", **CALL)
    if life.later(DAY) < NEVER:
        life.say("ticket.close", role="supervisor")


def make(random):
    """A story of the year with its tally."""
    story = Story()
    while story.count < TICKETS:
        live(Life(story, random))
    return story
