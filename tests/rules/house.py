"""What the tests of the house rules share: the tree's files, and how a verdict is printed. Standard library only."""
import os
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.DOTALL)

tests = []


def test(function):
    """A test yields its complaints; it passes when there are none."""
    tests.append(function)
    return function


def files(*places, suffixes=(".c", ".h")):
    """(path below the top, text) of every file of these kinds in these directories, in order."""
    for place in places:
        for path in sorted((TOP / place).rglob("*")):
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                yield str(path.relative_to(TOP)), path.read_text(encoding="utf-8")


def read(name):
    return (TOP / name).read_text(encoding="utf-8")


def without_comments(text):
    """C without comments; strings stay."""
    return COMMENT_OR_TEXT.sub(lambda match: " " if match[0].startswith("/") else match[0], text)


def bare(text):
    """C without comments and without what stands in strings, line for line."""
    return COMMENT_OR_TEXT.sub(lambda match: "\n" * match[0].count("\n") if match[0].startswith("/") else '""', text)


def strings(text):
    """The strings of a C file, comments aside."""
    return [match[0] for match in COMMENT_OR_TEXT.finditer(text) if match[0].startswith('"')]


def build_directory():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} BUILD_DIR")
    return Path(sys.argv[1]).resolve()


def main():
    """Runs the file's tests; prints `ok NAME` or `not ok NAME`, and `N passed, N failed`."""
    failed = 0
    for function in tests:
        complaints = list(function())
        failed += bool(complaints)
        for complaint in complaints:
            print(f"# {complaint}")
        print(f"{'not ok' if complaints else 'ok'} {function.__name__}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
