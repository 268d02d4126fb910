#!/usr/bin/env python3
"""Every rule of judgement has its stories: python3 tests/rules/test_stories.py [BUILD_DIR]

tests/scenario/RULES lists DOM-1 to DOM-20. Each must be cited by the title of at least one story, and no story may cite one
that is not there.
"""
import re

import house
from house import test

RULE_COUNT = 20


def rules():
    return [int(number) for number in re.findall(r"^DOM-(\d+) ", house.read("tests/scenario/RULES"), re.MULTILINE)]


def cited():
    """(rule, where) of every citation in a title."""
    for name, text in house.files("tests/scenario", suffixes=(".scenario",)):
        for title in re.findall(r"^scenario .*$", text, re.MULTILINE):
            for number in re.findall(r"\bDOM-(\d+)\b", title):
                yield int(number), f"{name}: {title}"


@test
def the_rules_are_all_listed():
    if rules() != list(range(1, RULE_COUNT + 1)):
        yield f"tests/scenario/RULES lists {rules()}"


@test
def every_rule_has_a_story():
    for number in sorted(set(rules()) - {number for number, _ in cited()}):
        yield f"no story cites DOM-{number}"


@test
def no_story_cites_a_rule_that_is_not_there():
    for number, where in cited():
        if number not in rules():
            yield f"there is no DOM-{number} ({where})"


if __name__ == "__main__":
    house.main()
