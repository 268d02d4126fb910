#!/usr/bin/env python3
"""How the tree is written: test_layout.py BUILD_DIR

Head comments, functions nobody uses here, SQL only in sql/, no names of a developer's machine, every test wired into
the build, every manual page built. Sizes are printed and never fail: they are places to look.
"""
import json
import re
import subprocess

from house import TOP, bare, build_directory, files, main, read, strings, test

HEAD_LINES = range(5, 26)
FORBIDDEN = re.compile(r"\b(alloca|asctime|atol|ctime|gets|popen|rand|sprintf|strcat|strncat|strncpy|strtok|system|"
                       r"tmpnam|vsprintf|setjmp|longjmp)\s*\(")
SQL = re.compile(r"\b(SELECT\s.*\sFROM|INSERT\s+INTO|UPDATE\s+\w+(\.\w+)?\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|VIEW|INDEX|ROLE)"
                 r"|ALTER\s+TABLE|BEGIN;|COMMIT;?\"|ROLLBACK;?\")\b", re.IGNORECASE)
MACHINES = re.compile(r"(?<![\w.])/(w[o]rk|home/\w|root/\w|farm)/")
LONG_FILE = 400
LONG_FUNCTION = 60
CODE = ("lib", "files", "daemon", "client")


@test
def every_source_opens_with_a_head_comment():
    for path, text in files(*CODE, suffixes=(".c",)):
        head = re.match(r"/\*.*?\*/", text, re.DOTALL)
        lines = head[0].count("\n") if head else 0  # the opening /* stands on a line of its own
        if lines not in HEAD_LINES:
            yield f"{path}: {lines} lines of head comment; 5 to 25 say what it owns, who calls it, and why this way"


@test
def every_header_says_what_it_is():
    for path, text in files(*CODE, suffixes=(".h",)):
        if not text.startswith("/*"):
            yield f"{path} opens without a comment"


@test
def no_forbidden_functions():
    for path, text in files(*CODE):
        for number, line in enumerate(bare(text).split("\n"), 1):
            if found := FORBIDDEN.search(line):
                yield f"{path}:{number} calls {found[1]}"


@test
def switches_over_enums_have_no_default():
    for path, text in files("lib", "daemon"):
        code = bare(text)
        for found in re.finditer(r"switch \([^()]*\)", code):
            body = code[found.end():code.find("\n    }", found.end())]
            if re.search(r"\bcase [A-Z]\w+:", body) and "default:" in body:
                yield f"{path}:{code.count(chr(10), 0, found.start()) + 1}: default in a switch over an enum"


@test
def sql_lives_in_sql():
    for path, text in files(*CODE):
        for literal in strings(text):
            if SQL.search(literal):
                yield f"{path}: {literal[:70]}"


@test
def every_statement_is_used_and_known():
    code = "\n".join(text for _, text in files(*CODE))
    for path, _ in files("sql/statements", suffixes=(".sql",)):
        name = path.rpartition("/")[2].removesuffix(".sql")
        if f'"{name}"' not in code:
            yield f"{path} is used by nobody"


@test
def nothing_names_a_developers_machine():
    places = (*CODE, "etc", "man", "sql", "systemd", "tests")
    suffixes = (".c", ".h", ".py", ".sh", ".ini", ".txt", ".scd", ".sql", ".service", ".socket", ".build", ".conf", "",
                ".scenario", ".md")
    for path, text in [*files(*places, suffixes=suffixes), *((name, read(name)) for name in ("README.md", "HACKING.md", "NEWS.md"))]:
        if found := MACHINES.search(text):
            yield f"{path} names {found[0]}"


@test
def every_test_is_wired():
    told = subprocess.run(["meson", "introspect", "--targets", str(build_directory())], capture_output=True, text=True, check=True)
    wired = {target["name"] for target in json.loads(told.stdout)}
    for folder, prefix in (("unit", "test_"), ("property", "property_"), ("fuzz", "fuzz_")):
        for path in sorted((TOP / "tests" / folder).glob(f"{prefix}*.c")):
            if path.stem not in wired:
                yield f"tests/{folder}/{path.name} is not in tests/meson.build"


@test
def every_manual_page_is_built():
    built = read("man/meson.build")
    for path in sorted((TOP / "man").glob("*.scd")):
        if f"'{path.stem}'" not in built:
            yield f"man/{path.name} is not in man/meson.build"


@test
def shell_scripts_are_plain():
    scripts = [path for path in (TOP / "etc/quickstart", TOP / "etc/packages", TOP / "etc/private-cluster", TOP / "tests/run",
                                 TOP / "sql/embed.sh", TOP / ".ci/run")]
    for script in scripts:
        shell = "bash" if "bash" in script.read_text(encoding="utf-8").split("\n")[0] else "sh"
        done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
        if done.returncode:
            yield f"{script.name}: {done.stderr.strip()}"


def print_sizes():
    for path, text in files(*CODE):
        if (lines := text.count("\n")) > LONG_FILE:
            print(f"# {path} has {lines} lines")
        begin = None
        for number, line in enumerate(text.split("\n"), 1):
            if line == "{":
                begin = number
            elif line == "}" and begin:
                if number - begin + 1 > LONG_FUNCTION:
                    print(f"# {path}:{begin} is a function of {number - begin + 1} lines")
                begin = None


if __name__ == "__main__":
    print_sizes()
    main()
