"""Every way to bend a regime that its stories must notice.

bends_of(text) takes the regime line by line. What a line decides depends on its section and key; the table below says how it
is bent: a number one higher, a word of a list left out, the line left out, another word instead. Used by mutate.py.
"""
import re


def without(_line, _key, _value):
    yield "left out", None


def counted(line, _key, value):
    """Each number one higher."""
    offset = len(line) - len(value)
    for found in re.finditer(r"\d+", value):
        more = str(int(found[0]) + 1)
        yield f"{found[0]} is {more}", line[:offset + found.start()] + more + line[offset + found.end():]


def parted(separator, joined):
    """Each part left out; the only one takes its line along."""
    def bend(_line, key, value):
        parts = [part for part in re.split(separator, value) if part]
        for i, part in enumerate(parts):
            rest = joined.join(parts[:i] + parts[i + 1:])
            yield f"without {part}", f"{key} = {rest}" if rest else None
    return bend


def instead(*words):
    """Another word: the first of these that is not there."""
    def bend(_line, key, value):
        word = next(word for word in words if word != value)
        yield f"{word} instead", f"{key} = {word}"
    return bend


def scheduled(line, key, value):
    yield from counted(line, key, value)
    if " roll forward" in value:
        yield "does not roll", line.replace(" roll forward", "")


words = parted(r"\s+", " ")
conditions = parted(r"\s*,\s*", ", ")

BENDS = (  # section, key, how
    ("clock", "within|silence|quota", counted),
    ("clock", "remind( .*)?", counted),
    ("clock", "remind to", instead("leadership", "service_head")),
    ("clock", "remind template|breach template", instead("test")),
    ("clock", "restart|cancel|breach|pause|hours|when", without),
    ("clock", "calendar", instead("always", "cn_office")),
    ("class", "gate .*|reopen forgets", conditions),
    ("class", "steps|types", words),
    ("class", "stages", without),
    ("class", "number", instead("ZZ-{seq:06}")),
    ("step|signature", "after|by", words),
    ("step|signature|stage", "needs", conditions),
    ("stage", "from|by", words),
    ("route", "handler", without),
    ("ladder", "rung.*", without),
    ("ladder", "rung.*", counted),
    ("ladder", "all clear", instead("no", "yes")),
    ("report", "to|when .*", words),
    ("report", "when|on", without),
    ("report", "template", instead("test")),
    ("schedule", "at", scheduled),
    ("schedule", "when", conditions),
    ("schedule", "until|sends", without),
    ("contact", "direction", instead("any", "out")),
    ("contact", "reached|automatic", instead("no", "yes")),
)


def swapped(text, key, value):
    """[route …] department: each to the next of the regime."""
    known = re.findall(r"^(\w+)\s*=", text.split("[departments]")[1].split("\n[")[0], re.MULTILINE)
    word = known[(known.index(value) + 1) % len(known)]
    yield f"{word} instead", f"{key} = {word}"


def ways_of(text, section, key, line, value):
    kind = section.split()[0] if section else ""
    if kind == "route" and key == "department":
        yield from swapped(text, key, value)
    for sections, keys, how in BENDS:
        if re.fullmatch(sections, kind) and " " in section + (" " if kind == "contact" else "") and re.fullmatch(keys, key):
            yield from how(line, key, value)


def bends_of(text):
    """(what it is, the bent regime), one after the other."""
    lines, section = text.split("\n"), ""
    for number, whole in enumerate(lines):
        line = re.split(r"(?:^|\s);", whole)[0].rstrip()
        if header := re.fullmatch(r"\[(.+)\]", line):
            section = header[1]
        elif "=" in line:
            key, _, value = (part.strip() for part in line.partition("="))
            for what, bent in ways_of(text, section, " ".join(key.split()), line, value):
                yield (f"[{section}] {key}: {what}",
                       "\n".join(lines[:number] + ([] if bent is None else [bent]) + lines[number + 1:]))
