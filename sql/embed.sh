#!/bin/sh
# Writes a C file that holds SQL files as strings: sql/embed.sh OUT.c FILES…
# Files in a directory named migrations go into one table, all others into another, both sorted by name.
set -eu
export LC_ALL=C

out=$1
shift

table() { # NAME WANTED FILES…: the rows of one table
    name=$1 wanted=$2
    shift 2
    printf '\nconst struct statement %s[] = {\n' "$name"
    for file in "$@"; do
        case $file in
        */migrations/*) kind=migrations ;;
        *) kind=statements ;;
        esac
        [ "$kind" = "$wanted" ] || continue
        printf '%s\t%s\n' "$(basename "$file" .sql)" "$file"
    done | sort | while IFS='	' read -r key file; do
        printf '    {"%s",\n' "$key"
        sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/     "&\\n"/' "$file"
        printf '    },\n'
    done
    printf '    {NULL, NULL},\n};\n'
}

{
    printf '/* Written by sql/embed.sh. */\n#include "daemon/statements.h"\n\n#include <stddef.h>\n'
    table statements_embedded statements "$@"
    table statements_migrations migrations "$@"
} >"$out"
