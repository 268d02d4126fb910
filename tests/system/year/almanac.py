"""The year 2026 in mainland China, as the State Council's notice has it: for tallies that share nothing with the program.

All instants are seconds since 1970 in Beijing's clock (UTC+8, no summer time), so that a civil day is 86,400 of them.
"""
import datetime

DAY, HOUR, MINUTE = 86400, 3600, 60
ZONE = datetime.timezone(datetime.timedelta(hours=8))
OPENING, CLOSING = 9 * HOUR, 18 * HOUR
HOURS = ((9 * HOUR, 12 * HOUR), (13 * HOUR, 18 * HOUR))  # of the office
_HOLIDAYS = (("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7))
_MADE_UP = ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10")


def at(text):
    """An instant from "2026-03-02 09:00"."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


def written(instant):
    """RFC 3339 in Beijing's clock."""
    return datetime.datetime.fromtimestamp(instant, ZONE).isoformat()


def midnight(instant):
    """The beginning of its civil day."""
    return instant - (instant + 8 * HOUR) % DAY


_REST = {at(f"2026-{day} 00:00") + i * DAY for day, count in _HOLIDAYS for i in range(count)}
_WORKED = {at(f"2026-{day} 00:00") for day in _MADE_UP}


def works(day):
    """Whether the civil day that begins then is a working day."""
    if day in _WORKED or day in _REST:
        return day in _WORKED
    return datetime.datetime.fromtimestamp(day, ZONE).weekday() < 5


def working_days_after(instant, count):
    """The closing time of the count-th working day after the day of `instant`."""
    day = midnight(instant)
    while count:
        day += DAY
        count -= works(day)
    return day + CLOSING


def working_day_before(instant, count):
    """09:00 of the count-th working day before the day of `instant`."""
    day = midnight(instant)
    while count:
        day -= DAY
        count -= works(day)
    return day + OPENING


def rolled_forward(day):
    """The day, or the first working day after it."""
    while not works(day):
        day += DAY
    return day


def rolled_back(day):
    """The day, or the last working day before it."""
    while not works(day):
        day -= DAY
    return day


def months_later(day, count):
    """The same day of the month so many months later, at most its last."""
    date = datetime.datetime.fromtimestamp(day, ZONE)
    years, month = divmod(date.month - 1 + count, 12)
    first = date.replace(year=date.year + years, month=month + 1, day=1)
    last = (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)
    return int(first.replace(day=min(date.day, last.day)).timestamp())


def in_hours(instant, seconds, hours):
    """`seconds` later, of which only those within (opening, closing) of every day count; None: around the clock."""
    if hours is None:
        return instant + seconds
    day = midnight(instant)
    while True:
        begin, end = max(instant, day + hours[0]), day + hours[1]
        if end > begin:
            if end - begin >= seconds:
                return begin + seconds
            seconds -= end - begin
        day += DAY


def in_office(instant, seconds):
    """`seconds` of the office's hours later: those of working days."""
    day = midnight(instant)
    while True:
        for opening, closing in HOURS if works(day) else ():
            begin, end = max(instant, day + opening), day + closing
            if end > begin:
                if end - begin >= seconds:
                    return begin + seconds
                seconds -= end - begin
        day += DAY
