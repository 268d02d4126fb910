"""客户问题受理规范: a year of requests and complaints, and what INT-13 to INT-30 make of them."""
from year.almanac import DAY, HOUR, MINUTE, at, in_hours, midnight, working_days_after, written
from year.tally import HORIZON, NEVER, Story, parts

REGIME = "nq510201"
TICKETS = 3000
LIMIT = {"general": 24 * HOUR, "urgent": 8 * HOUR, "very_urgent": 4 * HOUR}  # INT-13, INT-14, INT-15
DEPARTMENT = {  # INT-10, INT-11
    "product_enquiry": "software_marketing", "training": "training", "software_product": "project_management",
    "project_integration": "project_management", "technical_service": "service_planning",
    "product_maintenance": "project_management", "project_maintenance": "project_management",
    "service_quality": "service_planning"}
COMPLAINTS = ("product_maintenance", "project_maintenance", "service_quality")
PEOPLE = {"intake": ("intake", "service_centre"), "handler": ("handler", "project_management"),
          "service_head": ("service_head", "service_centre"), "leadership": ("leadership", None)}
PEOPLE |= {f"head_{name}": ("department_head", name) for name in sorted(set(DEPARTMENT.values()))}


class Life:
    """What happens to one ticket; instants, and None or NEVER for what does not."""

    def __init__(self, random):
        self.type = random.choice(list(DEPARTMENT))
        self.is_complaint = self.type in COMPLAINTS
        self.urgency = random.choices(list(LIMIT), (6, 3, 1))[0]
        self.received = at("2026-01-01 00:00") + random.randrange(350 * DAY)
        self.staffed = random.choice((None, (8 * HOUR, 18 * HOUR)))
        limit = LIMIT[self.urgency]
        self.assigned = self.received + random.randrange(1, limit // 4)
        self.apologised = self.received + random.randrange(1, 3 * limit) if self.is_complaint else None
        self.calls = sorted(self.received + random.randrange(MINUTE, 6 * DAY) for _ in range(random.randrange(9)))
        self.misses = [call for call in self.calls if random.random() < 0.2]  # nobody was reached
        self.planned = self.received + random.randrange(1, 3 * limit) if random.random() < 0.9 else NEVER
        self.expected = self.planned + random.randrange(HOUR, 5 * DAY) if self.planned < NEVER else NEVER
        earliest = max(self.apologised or 0, self.received) + 1
        self.solved = earliest + random.randrange(8 * DAY) if random.random() < 0.9 else NEVER
        self.asked = self.solved + random.randrange(1, 8 * DAY) if random.random() < 0.8 else NEVER
        self.closed = max(self.solved, self.asked if self.is_complaint else 0) + 1 + random.randrange(1, 2 * DAY)
        if self.planned > self.solved:
            self.planned = self.expected = NEVER

    def is_fit(self):
        """Assigned before it is over, and no two things in one second: in which order they count is for other tests."""
        if self.assigned >= self.solved:
            return False
        times = [self.received, self.assigned, self.apologised, self.planned, self.expected, self.solved, self.asked,
                 self.closed, *self.calls]
        times = [when for when in times if when not in (None, NEVER)]
        return len(times) == len(set(times))

    def contacts(self):
        """INT-28: those that count, apology included, up to the solution: in a complaint none before the apology."""
        reached = [call for call in self.calls if call not in self.misses]
        if self.is_complaint:
            reached = [call for call in reached if call > self.apologised] + [self.apologised]
        return sorted(call for call in reached if call < self.closed)


def tell(story, life):
    ref = story.reference()
    story.say(life.received, "intake", "ticket.create", ref=ref, type=life.type, urgency=life.urgency, channel="phone",
              customer={"name": "海港医院", "staffed": "08:00-18:00" if life.staffed else "24h"},
              contact={"name": "李雷", "phone": "13812345678"}, subject="挂号系统无法打印",
              **{"class": "complaint" if life.is_complaint else "request"})
    story.say(life.assigned, "department_head", "ticket.assign", ticket=ref, handler="handler")
    call = {"ticket": ref, "channel": "phone", "direction": "out", "reached": True}
    if life.is_complaint:
        story.say(life.apologised, "service_head", "contact.record", kind="apology", **call)
    for when in life.calls:
        if when < life.closed:
            story.say(when, "handler", "contact.record", **(call | {"kind": "progress", "reached": when not in life.misses}))
    if life.planned < min(life.solved, HORIZON):
        story.say(life.planned, "department_head", "ticket.plan", ticket=ref, expected_at=written(life.expected), measures="换件")
    if life.solved < HORIZON:
        story.say(life.solved, "handler", "ticket.solve", ticket=ref, result="已修复")
    if life.asked < min(life.closed, HORIZON) and life.is_complaint:
        story.say(life.asked, "intake", "contact.record", kind="satisfaction", **call)
        story.say(life.asked + 1, "service_head", "contact.record", kind="result", **call)  # INT-29
    if life.closed < HORIZON:
        story.say(life.closed, "intake", "ticket.close", ticket=ref)


def up(life, start, due):
    """INT-20: the head at once, the head of the centre after half the limit again, the leadership after all of it."""
    head, (half, whole) = f"head_{DEPARTMENT[life.type]}", parts(start, due, 150, 200)
    if life.urgency == "very_urgent":
        return [(due, {head, "leadership"})]
    return [(due, {head}), (half, {"service_head"}), (whole, {"leadership"})]


def supervised(life, start, due):
    """INT-24, INT-27: those who supervise and the head first, then as in INT-20."""
    head, (half, whole) = f"head_{DEPARTMENT[life.type]}", parts(start, due, 150, 200)
    if life.urgency == "very_urgent":
        return [(due, {"intake", head, "service_head", "leadership"})]
    if life.is_complaint:
        return [(due, {"intake", "service_head", head}), (whole, {"leadership"})]
    return [(due, {"intake", head}), (half, {"service_head"}), (whole, {"leadership"})]


def count(tally, life):
    head, start = {f"head_{DEPARTMENT[life.type]}"}, life.received
    due = start + LIMIT[life.urgency]
    half, most = parts(start, due, 50, 80)
    contacts = life.contacts()
    tally["at_intake", "reported"] += {"general": 0, "urgent": 1, "very_urgent": 2}[life.urgency]  # INT-14, INT-15, INT-16
    at_once = [(start, head)] if life.urgency == "very_urgent" else []
    tally.owe("first_contact", start, due, met=contacts[0] if contacts else NEVER, over=life.closed,  # INT-13 to INT-15
              reminders=at_once + [(half, {"handler"}), (most, {"handler"})], rungs=up(life, start, due))  # INT-21
    tally.owe("plan", start, due, met=life.planned, over=life.closed,  # INT-23
              reminders=[(half, head), (most, head)], rungs=up(life, start, due))
    if life.is_complaint:  # INT-28
        tally.owe("apology", start, due, met=life.apologised, reminders=[(half, {"service_head"}), (most, {"service_head"})],
                  rungs=up(life, start, due))
    if life.planned < HORIZON:  # INT-24, INT-25
        tally.owe("solution", life.planned, life.expected, met=life.solved,
                  reminders=[(parts(life.planned, life.expected, 80)[0], {"handler"})],
                  rungs=supervised(life, life.planned, life.expected))
    if life.is_complaint and life.solved < HORIZON:  # INT-30
        due = working_days_after(life.solved, 3)
        tally.owe("satisfaction", life.solved, due, met=life.asked,
                  reminders=[(parts(life.solved, due, 50)[0], {"intake"})], rungs=supervised(life, life.solved, due))
    if life.urgency == "urgent":
        count_days(tally, life, contacts)
    if life.urgency == "very_urgent":
        count_silence(tally, life, contacts)


def count_days(tally, life, contacts):
    """INT-17: a call on every civil day between the day of intake and that of the solution; two are the target. Days missed
    in a row climb one ladder, which ends with the next call or the solution."""
    head = f"head_{DEPARTMENT[life.type]}"
    tally["daily_contact", "opened"] += 1
    told, rungs = set(), []
    day = midnight(life.received) + DAY
    while day < HORIZON:
        end = min(day + DAY, life.solved)
        calls = [call for call in contacts if day <= call < day + DAY and call < life.solved]
        ended = calls[0] if calls else (life.solved if life.solved < day + DAY else NEVER)
        reminded_at = day + DAY * 3 // 4  # not of a day to come while the ladder of one that is over is climbed
        if not rungs and not [call for call in calls if call <= reminded_at] and reminded_at < life.solved:
            tally["daily_contact", "reminded"] += 1
        for when, person in rungs:  # what the days before began goes on until a call
            if day <= when < min(ended, day + DAY):
                tally["daily_contact", "told"] += 1
                told.add(person)
        if ended < NEVER:
            tally["daily_contact", "cleared"] += len(told)
            told, rungs = set(), []
        if life.solved < day + DAY:
            return
        if not calls:
            tally["daily_contact", "breached"] += 1
            if not rungs:
                rungs = [(day + DAY, head), (day + DAY * 3 // 2, "service_head"), (day + 2 * DAY, "leadership")]
        tally["daily_contact", "shortfall"] += len(calls) == 1
        day += DAY
    tally["daily_contact", "told"] += (HORIZON, head) in rungs or (HORIZON, "leadership") in rungs


def count_silence(tally, life, contacts):
    """INT-18, INT-19: from the first call to the solution no longer silence than two hours of those the customer is there."""
    contacts = [call for call in contacts if call < min(life.solved, HORIZON)]
    head = f"head_{DEPARTMENT[life.type]}"
    for place, call in enumerate(contacts):
        due = in_hours(call, 2 * HOUR, life.staffed)
        over = contacts[place + 1] if place + 1 < len(contacts) else life.solved
        reminded_at = in_hours(call, 2 * HOUR * 8 // 10, life.staffed)
        tally["contact_silence", "opened"] += place == 0
        tally["contact_silence", "reminded"] += reminded_at < min(due, over) and reminded_at <= HORIZON
        if due < over and due <= HORIZON:
            tally["contact_silence", "breached"] += 1
            tally["contact_silence", "told"] += len({head, "leadership"})
            tally["contact_silence", "cleared"] += 2 if over <= HORIZON else 0


def make(random):
    """A story of the year with its tally."""
    story = Story()
    while story.count < TICKETS:
        life = Life(random)
        if life.is_fit():
            tell(story, life)
            count(story.tally, life)
    return story
