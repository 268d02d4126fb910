#!/usr/bin/env python3
"""That the manual says what the program does: test_documents.py BUILD_DIR

Settings, methods, errors and commands come from the built programs, the keys of a regime from the compiler's table.
Every row must have its help, every name its place in its page, every page must compile and refer to pages that exist.
"""
import json
import os
import re
import shutil
import subprocess
import sys

from house import TOP, build_directory, main, read, test

BUILD = build_directory()
PROBE = BUILD / "tests/tables_probe"


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True,
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}).stdout


def tables():
    return json.loads(run(PROBE))


def page(name):
    """A page's source with scdoc's escapes taken away."""
    return re.sub(r"\\(.)", r"\1", read(f"man/{name}.scd"))


def parameters_of(rows, prefix=""):
    for row in rows:
        yield prefix + row["name"], row
        yield from parameters_of(row["members"], f"{prefix}{row['name']}.")


@test
def every_setting_has_a_sentence():
    for row in tables()["settings"]:
        if not row["help"] or row["help"][-1] not in ".!":
            yield f"[{row['section']}] {row['key']}: {row['help']!r} is no sentence"


@test
def every_method_and_parameter_has_its_help():
    known = tables()
    for method in known["methods"]:
        if not method["help"] or not method["result"]:
            yield f"{method['name']} has no help or no result"
        for name, row in parameters_of(method["parameters"] + known["read_parameters"] + known["write_parameters"]):
            if not row["help"]:
                yield f"{method['name']} {name} has no help"


@test
def the_pages_tables_are_the_programs():
    done = subprocess.run([sys.executable, str(TOP / "man/tables.py"), str(PROBE), "--check"], capture_output=True, text=True,
                          check=False, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
    if done.returncode:
        yield done.stdout.strip() or done.stderr.strip()
        yield "mend it with: python3 man/tables.py BUILD_DIR/tests/tables_probe"


@test
def every_setting_stands_in_the_sample():
    sample = read("etc/duban.ini")
    for row in tables()["settings"]:
        if row["help"].split(";")[0].rstrip(".") not in sample or not re.search(rf"^;?{row['key']} =", sample, re.MULTILINE):
            yield f"[{row['section']}] {row['key']} is not in etc/duban.ini as the table has it"


@test
def every_setting_and_method_stands_in_its_page():
    known = tables()
    settings, protocol = page("duban.ini.5"), page("duban-rpc.7")
    for row in known["settings"]:
        if f"*{row['key']}*" not in settings:
            yield f"duban.ini(5) does not know {row['key']}"
    for method in known["methods"]:
        if f"*{method['name']}*" not in protocol:
            yield f"duban-rpc(7) does not know {method['name']}"
    for error in known["errors"]:
        if error["name"] not in protocol:
            yield f"duban-rpc(7) does not know the error {error['name']}"


@test
def every_key_of_a_regime_stands_in_its_page():
    text = page("duban-regime.5")
    rows = re.findall(r'^    \{"([a-z ]+)", (?:true|false), (NULL|"[^"]*"), PASS', read("lib/policy_compile.c"), re.MULTILINE)
    if len(rows) < 40:
        yield f"only {len(rows)} rows were found in lib/policy_compile.c; has the table moved?"
    for section, key in rows:
        title = re.search(rf"^(\*\[{section}\]\*|# \[{section}( [A-Z]+…?)?\])$", text, re.MULTILINE)
        if not title:
            yield f"duban-regime(5) does not know [{section}]"
            continue
        rest = text[title.end():]
        body = rest[:found.start()] if (found := re.search(r"^# ", rest, re.MULTILINE)) else rest
        word = key.strip('"').rstrip("*")
        if key != "NULL" and f"*{word}" not in body:
            yield f"duban-regime(5) does not know {word} in [{section}]"


@test
def every_key_of_a_person_stands_in_its_page():
    text, source = page("duban.ini.5"), read("lib/roster.c")
    keys = re.findall(r'\{"([a-z ]+)", read_\w+\}', source)
    for key in keys:
        if f"*{key}*" not in text:
            yield f"duban.ini(5) does not know {key} of a person"
    if len(keys) < 6:
        yield "the table of keys in lib/roster.c has moved"


@test
def every_variable_of_a_template_stands_in_its_page():
    text = page("duban.ini.5")
    for variable in re.findall(r'\[VARIABLE_\w+\] = "([\w.]+)"', read("lib/notice_template.c")):
        if f"{{{variable}}}" not in text:
            yield f"duban.ini(5) does not know {{{variable}}}"


@test
def every_command_stands_in_its_page():
    text = page("dubanctl.1")
    for command in run(BUILD / "client/dubanctl", "--list-commands").split("\n"):
        if command and f"*{command}*" not in text:
            yield f"dubanctl(1) does not know {command}"
        for option in run(BUILD / "client/dubanctl", "--list-options", *command.split()).split() if command else []:
            if f"*{option}*" not in text and f"{option}*" not in text and f"*{option}" not in text:
                yield f"dubanctl(1) does not know {option} of {command}"


@test
def every_option_of_duband_stands_in_its_page():
    text = page("duband.8")
    for option in set(re.findall(r"--[a-z]+", run(BUILD / "daemon/duband", "--help"))):
        if f"*{option}*" not in text:
            yield f"duband(8) does not know {option}"


@test
def pages_compile_and_refer_to_pages_that_exist():
    known = {path.stem for path in (TOP / "man").glob("*.scd")}
    for path in sorted((TOP / "man").glob("*.scd")):
        text = path.read_text(encoding="utf-8")
        for name, section in re.findall(r"\*(duban[\w.-]*)\*\((\d)\)", text):
            if f"{name}.{section}" not in known:
                yield f"man/{path.name} refers to {name}({section})"
        if shutil.which("scdoc"):
            done = subprocess.run(["scdoc"], input=text, capture_output=True, text=True, check=False)
            if done.returncode:
                yield f"man/{path.name}: {done.stderr.strip()}"


@test
def the_readme_opens_with_its_two_commands():
    block = re.search(r"```[a-z]*\n(.*?)```", read("README.md"), re.DOTALL)
    commands = [line.split("#")[0].strip() for line in block[1].strip().split("\n")] if block else []
    if commands != ["sh etc/quickstart", "sh tests/run"]:
        yield f"README.md opens with {commands}"


@test
def the_news_tell_of_this_version():
    version = re.search(r"version: '([^']+)'", read("meson.build"))[1]
    if f"# {version}" not in read("NEWS.md"):
        yield f"NEWS.md has no section {version}"


if __name__ == "__main__":
    main()
