#!/usr/bin/env python3
"""Writes the parts of the manual that are tables of the program: man/tables.py PROBE [--check]

PROBE is build/tests/tables_probe, which prints the tables of settings, methods and errors as JSON. In the pages, what
stands between "; table NAME" and "; end" is replaced. With --check nothing is written, and a page that says something
else than the program is named; exit status 1 then. Standard library only.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TYPES = {"string": "string", "boolean": "boolean", "integer": "integer", "instant": "time", "strings": "array of strings",
         "object": "object", "array": "array", "text": "text", "path": "absolute path", "names": "names"}
KINDS = {"read": "A read", "write": "A change", "hand": "About the daemon"}
ALL_ROLES = 8


def plain(text):
    """Text that scdoc shall not read anything into."""
    return re.sub(r"([\\*_\[\]|<>#~`])", r"\\\1", text)


def sentence(text):
    text = text[0].upper() + text[1:]
    return plain(text if text.endswith(".") else text + ".")


def span(milliseconds):
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms" if milliseconds else "0s"


def write_settings(tables):
    section, lines = None, []
    for row in tables["settings"]:
        if row["section"] != section:
            section = row["section"]
            heading = {"desk": "desk NAME", "role": "role ROLE"}.get(section, section)
            lines += [f"## [{heading}]", ""]
        kind = {"choice": f"one of {', '.join((row['choices'] or '').split())}",
                "integer": f"a whole number from {row['low']} to {row['high']}",
                "span": f"real time from {span(row['low'])} to {span(row['high'])}",
                "names": "names with blanks or commas between them"}.get(row["type"], TYPES.get(row["type"]))
        fallback = f"_{plain(row['fallback'])}_" if row["fallback"] else "none"
        lines += [f"*{plain(row['key'])}*", f"\t{sentence(row['help'])} {sentence(kind)} Default: {fallback}.", ""]
    return lines


def write_parameters(parameters, prefix=""):
    for row in parameters:
        required = ", required" if row["required"] else ""
        yield f"\t- *{plain(prefix + row['name'])}* ({TYPES[row['type']]}{required}): {plain(row['help'])}"
        yield from write_parameters(row["members"], f"{prefix}{row['name']}.")


def write_methods(tables):
    lines = []
    for row in tables["methods"]:
        roles = "everybody with a role" if len(row["roles"]) == ALL_ROLES else ", ".join(row["roles"])
        for_whom = f"{KINDS[row['kind']]}; for {plain(roles)}." if roles else "In events for *dubanctl replay* only."
        lines += [f"*{plain(row['name'])}*", f"\t{sentence(row['help'])} {for_whom}", ""]
        if row["parameters"]:
            lines += [*write_parameters(row["parameters"]), ""]
        if row["result"] != "{}":
            lines += [f"\tResult: {plain(row['result'])}", ""]
    return lines


def write_everywhere(tables):
    return [*(line.lstrip("\t") for line in write_parameters(tables["read_parameters"])), ""]


def write_changes(tables):
    everywhere = {row["name"] for row in tables["read_parameters"]}
    own = [row for row in tables["write_parameters"] if row["name"] not in everywhere]
    return [*(line.lstrip("\t") for line in write_parameters(own)), ""]


def write_errors(tables):
    lines = ["[[ *code*", ":[ *name*", ":[ *worth trying again*"]
    for row in tables["errors"]:
        lines += [f"|  {row['code']}", f":  {plain(row['name'])}", f":  {'yes' if row['retryable'] else 'no'}"]
    return [*lines, ""]


WRITERS = {"settings": write_settings, "methods": write_methods, "everywhere": write_everywhere, "changes": write_changes, "errors": write_errors}


def fill(text, tables):
    def replace(match):
        return "\n".join([f"; table {match[1]}", *WRITERS[match[1]](tables), "; end\n"])

    return re.sub(r"^; table (\w+)\n.*?^; end\n", replace, text, flags=re.MULTILINE | re.DOTALL)


def main():
    tables = json.loads(subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout)
    stale = []
    for page in sorted(HERE.glob("*.scd")):
        text = page.read_text(encoding="utf-8")
        filled = fill(text, tables)
        if filled == text:
            continue
        stale.append(page.name)
        if "--check" not in sys.argv:
            page.write_text(filled, encoding="utf-8")
    for name in stale:
        print(f"{name}: {'says something else than the program' if '--check' in sys.argv else 'written'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
