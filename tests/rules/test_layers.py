#!/usr/bin/env python3
"""Who may know whom, and what the judge may not do: test_layers.py BUILD_DIR

On the sources: what is included from where, and who names a clock. On the built library: which symbols of others the
judge needs. The list of those is closed, so that a call to the outside can't come in by accident; whoever needs one
more function of libc adds it here, and thinks about it.
"""
import re
import subprocess

from house import bare, build_directory, files, main, test, without_comments

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)

# directory -> what it may include of ours; the longest name that fits a file counts
MAY_INCLUDE = {
    "lib/base/": ("lib/base/",),
    "lib/": ("lib/",),
    "files/": ("files/", "lib/"),
    "daemon/": ("daemon/", "files/", "lib/"),
    "daemon/sender/": ("daemon/sender/", "lib/base/"),
    "client/": ("client/", "files/", "lib/"),
}
NOT_EVEN_THOUGH = {"daemon/": ("daemon/sender/",)}
JUDGE_HEADERS = {"assert.h", "ini.h", "inttypes.h", "jansson.h", "math.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h",
                 "stdio.h", "stdlib.h", "string.h"}
CLOCK_CALLS = re.compile(r"\b(clock_gettime|clock_nanosleep|ftime|gettimeofday|gmtime(_r)?|localtime(_r)?|mktime|nanosleep|"
                         r"sleep|strftime|strptime|time|timegm|timespec_get|usleep|event_base_gettimeofday_cached)\s*\(")

# What the judge needs of libc, libm and inih (all of jansson is allowed, its files and streams aside).
JUDGE_SYMBOLS = set("""
abort assert_fail asprintf calloc free ini_parse_stream ini_parse_string ini_parse_string_length memchr memcmp memcpy
memmove memset qsort qsort_r realloc malloc snprintf sscanf stack_chk_fail stpcpy strchr strcmp strcpy strcspn strdup
strlen strncmp strpbrk strrchr strspn strstr strtok_r strtol strtoul strtoll strtoull vasprintf vsnprintf
GLOBAL_OFFSET_TABLE_
""".split())
JANSSON_OUTSIDE = re.compile(r"json_(load|dump)_(file|callback)|json_(load|dump)(f|fd)$")


def place_of(path):
    return max((place for place in MAY_INCLUDE if path.startswith(place)), key=len)


@test
def each_directory_includes_only_what_is_below_it():
    for path, text in files("lib", "files", "daemon", "client"):
        place = place_of(path)
        for kind, name in INCLUDE.findall(without_comments(text)):
            if kind == "<":
                continue
            below = name.startswith(MAY_INCLUDE[place]) and not name.startswith(NOT_EVEN_THOUGH.get(place, ("\0",)))
            if not below:
                yield f"{path} includes {name}"


@test
def the_judge_includes_no_header_of_the_outside():
    for path, text in files("lib"):
        for kind, name in INCLUDE.findall(without_comments(text)):
            if kind == "<" and name not in JUDGE_HEADERS:
                yield f"{path} includes <{name}>"


@test
def a_modules_own_header_comes_first():
    known = {path for path, _ in files("lib", "files", "daemon", "client")}
    for path, text in files("lib", "files", "daemon", "client", suffixes=(".c",)):
        own = {path[:-2] + ".h", path[:-2] + "_inside.h"} & known
        included = [name for _, name in INCLUDE.findall(without_comments(text))]
        if own and not own & set(included[:1]):
            yield f"{path} begins with {included[0]}"


@test
def headers_declare_something_themselves():
    for path, text in files("lib", "files", "daemon", "client", suffixes=(".h",)):
        if not re.search(r"[;}]|#\s*define\s+\w+\s*[( ]\s*\S", re.sub(r"^\s*#\s*include.*", "", bare(text), flags=re.MULTILINE)):
            yield f"{path} only includes others"


@test
def only_the_clock_names_a_clock():
    for path, text in files("lib", "files", "daemon", suffixes=(".c", ".h")):
        if path == "daemon/clock.c":
            continue
        for number, line in enumerate(bare(text).split("\n"), 1):
            if found := CLOCK_CALLS.search(line):
                yield f"{path}:{number} names {found[1]}"


def symbols(*archives):
    """(defined, needed) names of archives, as written in C."""
    defined, needed = set(), set()
    for archive in archives:
        told = subprocess.run(["nm", "--portability", str(archive)], capture_output=True, text=True, check=True).stdout
        for line in told.splitlines():
            words = line.split()
            if len(words) < 2:
                continue
            name = re.sub(r"^_*(isoc\d\d_)?|_chk$", "", words[0]) if words[0].startswith("__") else words[0].lstrip("_")
            (needed if words[1] in "Uwv" else defined).add(name)
    return defined, needed


@test
def the_judge_needs_nothing_of_the_outside():
    build = build_directory() / "lib"
    archives = [build / "libduban.a", *build.glob("base/*.a")]
    if not archives[0].exists():
        yield f"there is no {archives[0]}"
        return
    defined, needed = symbols(*archives)
    for name in sorted(needed - defined - JUDGE_SYMBOLS):
        is_json = name.startswith("json_") and not JANSSON_OUTSIDE.match(name)
        if not is_json and not name.startswith(("asan_", "ubsan_", "lsan_")):
            yield f"libduban.a needs {name}"


@test
def lib_base_needs_nothing_of_the_judge():
    build = build_directory() / "lib"
    judge, _ = symbols(build / "libduban.a")
    base, needed = symbols(*build.glob("base/*.a"))
    for name in sorted((needed - base) & judge):
        yield f"lib/base needs {name}"


if __name__ == "__main__":
    main()
