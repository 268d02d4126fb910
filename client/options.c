/*
 * The option reader that all commands share.
 *
 * Owns the list of what was given; the rules are the commands' const rows. Options and arguments may be
 * mixed,
 * `--` ends the options, `--name=value` and `--name value` and `-n value` mean the same. A value that begins
 * with a dash is taken as a value, because `--at -2h` is how people write times.
 *
 * getopt_long() was not used: it prints its own errors, keeps global state, lets options be abbreviated (so
 * that a new option breaks old scripts), and the help and the parameters would need a second table beside its
 * own.
 */
#include "client/options.h"

#include "client/options_params.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 64

static const struct option_row *find_named(const struct options *options, const char *name, size_t length)
{
    for (size_t t = 0; t < OPTIONS_TABLES; t++)
        for (const struct option_row *row = options->tables[t]; row && row->name; row++)
            if (!row->is_argument && strlen(row->name) == length && memcmp(row->name, name, length) == 0)
                return row;
    return NULL;
}

static const struct option_row *find_letter(const struct options *options, char letter)
{
    for (size_t t = 0; t < OPTIONS_TABLES; t++)
        for (const struct option_row *row = options->tables[t]; row && row->name; row++)
            if (!row->is_argument && row->letter && row->letter == letter)
                return row;
    return NULL;
}

/* The row that argument number `index` falls to. */
static const struct option_row *find_argument(const struct options *options, size_t index)
{
    for (const struct option_row *row = options->tables[0]; row && row->name; row++)
        if (row->is_argument && (index-- == 0 || row->kind == OPTION_LIST))
            return row;
    return NULL;
}

static bool may_repeat(const struct option_row *row)
{
    return row->kind == OPTION_LIST || row->kind == OPTION_PAIR || row->kind == OPTION_FLAG;
}

static bool add(struct options *options, const struct option_row *row, const char *value, struct text *error)
{
    for (size_t i = 0; i < options->count; i++)
        if (options->given[i].row == row && !may_repeat(row)) {
            text_printf(error, "--%s is given twice", row->name);
            return false;
        }
    options->given =
        memory_reserve(options->given, &options->capacity, options->count + 1, sizeof *options->given);
    options->given[options->count++] = (struct option_given){row, value};
    return true;
}

static void unknown(const struct options *options, const char *word, size_t length, struct text *error)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    char *name = strndup(word, length);

    for (size_t t = 0; t < OPTIONS_TABLES; t++)
        for (const struct option_row *row = options->tables[t]; row && row->name && count < NAMES_MAX; row++)
            if (!row->is_argument)
                names[count++] = row->name;
    const char *nearest = name ? options_nearest(name, names, count) : NULL;

    text_printf(error, "unknown option --%s", name ? name : "");
    if (nearest)
        text_printf(error, " (did you mean --%s?)", nearest);
    free(name);
}

/* `argv[*index]` begins with two dashes. */
static bool read_long(struct options *options, int argc, char **argv, int *index, struct text *error)
{
    const char *word = argv[*index] + 2, *equals = strchr(word, '=');
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const struct option_row *row = find_named(options, word, length);

    if (!row) {
        unknown(options, word, length, error);
        return false;
    }
    if (row->kind == OPTION_FLAG) {
        if (equals)
            text_printf(error, "--%s takes no value", row->name);
        return !equals && add(options, row, NULL, error);
    }
    if (equals)
        return add(options, row, equals + 1, error);
    if (*index + 1 >= argc) {
        text_printf(error, "--%s needs a value: --%s %s", row->name, row->name, row->value);
        return false;
    }
    return add(options, row, argv[++*index], error);
}

/* `argv[*index]` is a dash and letters: flags, the last one perhaps with a value. */
static bool read_letters(struct options *options, int argc, char **argv, int *index, struct text *error)
{
    for (const char *letter = argv[*index] + 1; *letter; letter++) {
        const struct option_row *row = find_letter(options, *letter);

        if (!row) {
            text_printf(error, "unknown option -%c", *letter);
            return false;
        }
        if (row->kind == OPTION_FLAG) {
            if (!add(options, row, NULL, error))
                return false;
            continue;
        }
        if (letter[1])
            return add(options, row, letter + 1, error);
        if (*index + 1 < argc)
            return add(options, row, argv[++*index], error);
        text_printf(error, "-%c needs a value: -%c %s", *letter, *letter, row->value);
        return false;
    }
    return true;
}

static bool check_required(const struct options *options, struct text *error)
{
    for (size_t t = 0; t < OPTIONS_TABLES; t++)
        for (const struct option_row *row = options->tables[t]; row && row->name; row++) {
            if (!row->is_required || options_flag(options, row->name))
                continue;
            if (row->is_argument)
                text_printf(error, "%s is missing", row->name);
            else
                text_printf(error, "--%s is missing (--%s %s)", row->name, row->name, row->value);
            return false;
        }
    return true;
}

bool options_read(struct options *options, int argc, char **argv, struct text *error)
{
    bool is_fine = true, has_ended = false;
    size_t arguments = 0;

    for (int i = 0; is_fine && i < argc; i++) {
        const char *word = argv[i];
        const struct option_row *row;

        if (!has_ended && strcmp(word, "--") == 0)
            has_ended = true;
        else if (!has_ended && strncmp(word, "--", 2) == 0)
            is_fine = read_long(options, argc, argv, &i, error);
        else if (!has_ended && word[0] == '-' && word[1])
            is_fine = read_letters(options, argc, argv, &i, error);
        else if ((row = find_argument(options, arguments++)))
            is_fine = add(options, row, word, error);
        else {
            text_printf(error, "there is one argument too many: %s", word);
            is_fine = false;
        }
    }
    return options_flag(options, "help") || (is_fine && check_required(options, error));
}

void options_finish(struct options *options)
{
    free(options->given);
    *options = (struct options){0};
}

static const struct option_given *find_given(const struct options *options, const char *name)
{
    for (size_t i = options->count; i > 0; i--)
        if (strcmp(options->given[i - 1].row->name, name) == 0)
            return &options->given[i - 1];
    return NULL;
}

const char *options_text(const struct options *options, const char *name)
{
    const struct option_given *given = find_given(options, name);

    return given ? given->value : NULL;
}

bool options_flag(const struct options *options, const char *name)
{
    return find_given(options, name) != NULL;
}

long long options_number(const struct options *options, const char *name, long long otherwise)
{
    const char *text = options_text(options, name);
    long long number;

    return text && options_read_number(text, &number) ? number : otherwise;
}

const char *options_nth(const struct options *options, const char *name, size_t index)
{
    for (size_t i = 0; i < options->count; i++)
        if (strcmp(options->given[i].row->name, name) == 0 && index-- == 0)
            return options->given[i].value;
    return NULL;
}

/* Levenshtein's distance, for words of up to NAMES_MAX bytes. */
static size_t distance(const char *one, const char *other)
{
    size_t row[NAMES_MAX + 1], length = strlen(other);

    if (length > NAMES_MAX)
        return NAMES_MAX;
    for (size_t i = 0; i <= length; i++)
        row[i] = i;
    for (size_t i = 0; one[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t k = 0; k < length; k++) {
            size_t replaced = diagonal + (one[i] != other[k]),
                   shorter = row[k] < row[k + 1] ? row[k] : row[k + 1];

            diagonal = row[k + 1];
            row[k + 1] = replaced < shorter + 1 ? replaced : shorter + 1;
        }
    }
    return row[length];
}

const char *options_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t best = strlen(word) / 3 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t far = distance(word, candidates[i]);

        if (far <= best && (!nearest || far < best)) {
            best = far;
            nearest = candidates[i];
        }
    }
    return nearest;
}
