/*
 * A strict wrapper around inih.
 *
 * The calendar reader and the policy compiler read their files through it. inih alone is too kind for text
 * that decides who is woken at night: a long line is cut and its rest read as a line of its own, names are
 * cut at 50 bytes, an indented line continues the value before it, `:` works like `=`, the second of two
 * equal keys wins in silence, and NUL hides the rest. Each of these is refused here with file and line.
 *
 * How: inih pulls lines through next_line(), which checks a line before inih sees it, and reports keys to
 * take_key(). Reading stops at the first mistake. Invariant: while `error` is NULL, everything handed to
 * inih so far was accepted, and `section` is the section inih is in.
 *
 * The keys and sections seen are interned strings: an id below the count of before has been there already.
 */
#include "lib/ini.h"

#include "lib/base/intern.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <ini.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t"

struct reading {
    const char *file_name;
    const char *at, *end; /* of the text not yet read */
    int line;
    const char *repeating;
    ini_callback callback;
    void *context;
    char section[INI_SECTION_BYTES + 1]; /* ours, never cut; "" before the first */
    struct intern *seen;                 /* sections, and keys as "section]key" */
    int *seen_lines;                     /* by id */
    size_t seen_capacity;
    char *error;
};

static bool refuse(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Keeps the first mistake; always false. */
static bool refuse(struct reading *reading, const char *format, ...)
{
    char *what;
    va_list list;

    if (reading->error)
        return false;
    va_start(list, format);
    if (vasprintf(&what, format, list) < 0)
        abort();
    va_end(list);
    struct text message = {0};

    text_printf(&message, "%s:%d: %s", reading->file_name, reading->line, what);
    reading->error = text_take(&message);
    free(what);
    return false;
}

/* Copies `length` bytes without blanks around them and with single ones inside. False: more than `room`. */
static bool copy_name(const char *bytes, size_t length, size_t room, char *ret_name)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        bool is_blank = strchr(BLANKS, bytes[i]) != NULL;

        if (is_blank && (used == 0 || ret_name[used - 1] == ' '))
            continue;
        if (used == room)
            return false;
        ret_name[used++] = is_blank ? ' ' : bytes[i];
    }
    if (used > 0 && ret_name[used - 1] == ' ')
        used--;
    ret_name[used] = '\0';
    return true;
}

/* The line at which `name` was seen before, or 0 when it is new. */
static int see(struct reading *reading, const char *name)
{
    size_t before = intern_count(reading->seen);
    uint32_t id = intern_id(reading->seen, name);

    if (id < before)
        return reading->seen_lines[id];
    reading->seen_lines = memory_reserve(reading->seen_lines, &reading->seen_capacity, (size_t)id + 1,
                                         sizeof(*reading->seen_lines));
    reading->seen_lines[id] = reading->line;
    return 0;
}

static bool may_repeat(const struct reading *reading, const char *key)
{
    size_t length = strcspn(key, " ");
    const char *word = reading->repeating ? reading->repeating : "";

    for (word += strspn(word, " "); *word; word += strspn(word, " ")) {
        size_t word_length = strcspn(word, " ");

        if (word_length == length && memcmp(word, key, length) == 0)
            return true;
        word += word_length;
    }
    return false;
}

/* Bytes of the UTF-8 character at `at`, or 0: overlong forms, surrogates and what lies past U+10FFFF are
 * none. */
static size_t character_length(const unsigned char *at, size_t left)
{
    size_t length = at[0] < 0x80   ? 1
                    : at[0] < 0xc2 ? 0
                    : at[0] < 0xe0 ? 2
                    : at[0] < 0xf0 ? 3
                    : at[0] < 0xf5 ? 4
                                   : 0;

    if (length == 0 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

static bool check_bytes(struct reading *reading, const char *line, size_t length)
{
    for (size_t i = 0; i < length;) {
        unsigned char byte = (unsigned char)line[i];
        size_t step = character_length((const unsigned char *)line + i, length - i);

        if (step == 0)
            return refuse(reading, "this is not UTF-8 (save the file as UTF-8, not as GBK)");
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return refuse(reading, "a control byte 0x%02x (is this a text file?)", byte);
        i += step;
    }
    return true;
}

/* A section line whole: inih would ignore what stands behind the bracket. */
static bool open_section(struct reading *reading, const char *line, size_t length)
{
    const char *close = memchr(line, ']', length);

    if (!close)
        return refuse(reading, "the section has no closing bracket (write [name])");
    const char *rest = close + 1;
    size_t left = length - (size_t)(rest - line);

    while (left > 0 && strchr(BLANKS, *rest)) {
        rest++;
        left--;
    }
    if (left > 0 && *rest != ';')
        return refuse(reading, "something stands behind the section's bracket (put it on a line of its own)");
    if (!copy_name(line + 1, (size_t)(close - line) - 1, INI_SECTION_BYTES, reading->section))
        return refuse(reading, "the section's name is longer than %d bytes", INI_SECTION_BYTES);
    if (reading->section[0] == '\0' || strchr(reading->section, ';'))
        return refuse(reading, "this is no name for a section");
    int before = see(reading, reading->section);

    if (before)
        return refuse(reading, "the section [%s] is there already, at line %d (join the two)",
                      reading->section, before);
    const char *wrong = reading->callback(reading->context, reading->section, NULL, NULL, reading->line);

    return wrong ? refuse(reading, "%s", wrong) : true;
}

/* Where a comment begins behind a blank, or the end. */
static const char *find_comment(const char *line, size_t length)
{
    for (size_t i = 1; i < length; i++)
        if (line[i] == ';' && strchr(BLANKS, line[i - 1]))
            return line + i;
    return line + length;
}

static bool check_key_line(struct reading *reading, const char *line, size_t length)
{
    const char *equals = memchr(line, '=', length);
    const char *colon = memchr(line, ':', length);

    if (reading->section[0] == '\0')
        return refuse(reading, "this line stands before the first [section]");
    if (!equals || (colon && colon < equals) || find_comment(line, length) < equals)
        return refuse(reading, "this is not a line of the form: key = value");
    return true;
}

/* Everything that inih would let pass or silently change. */
static bool check_line(struct reading *reading, const char *line, size_t length)
{
    size_t blanks = 0;

    if (length > INI_LINE_BYTES)
        return refuse(reading,
                      "the line is %zu bytes long, %d is the most (a Chinese character counts three)", length,
                      INI_LINE_BYTES);
    if (!check_bytes(reading, line, length))
        return false;
    while (blanks < length && strchr(BLANKS, line[blanks]))
        blanks++;
    if (blanks == length || line[blanks] == ';' || line[blanks] == '#')
        return true;
    if (blanks > 0)
        return refuse(reading, "the line is indented (a value cannot go on over several lines)");
    return line[0] == '[' ? open_section(reading, line, length) : check_key_line(reading, line, length);
}

/* inih's reader: the next line, checked, into `buffer`. */
static char *next_line(char *buffer, int size, void *stream)
{
    struct reading *reading = stream;
    const char *line = reading->at;

    if (reading->error || line == reading->end)
        return NULL;
    const char *newline = memchr(line, '\n', (size_t)(reading->end - line));
    size_t length = (size_t)((newline ? newline : reading->end) - line);

    reading->at = newline ? newline + 1 : reading->end;
    reading->line++;
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (!check_line(reading, line, length))
        return NULL;
    if (length >= (size_t)size) {
        refuse(reading, "the line is longer than inih was built for");
        return NULL;
    }
    memcpy(buffer, line, length);
    buffer[length] = '\0';
    return buffer;
}

/* inih's handler. */
static int take_key(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    char key[INI_KEY_BYTES + 1];
    char seen_name[INI_SECTION_BYTES + 1 + INI_KEY_BYTES + 1];

    (void)section; /* inih cuts it at 50 bytes; ours is whole */
    if (reading->error)
        return 0;
    if (!copy_name(name, strlen(name), INI_KEY_BYTES, key))
        return refuse(reading, "the key is longer than %d bytes", INI_KEY_BYTES);
    if (key[0] == '\0')
        return refuse(reading, "there is no key before the '='");
    stpcpy(stpcpy(stpcpy(seen_name, reading->section), "]"), key);
    int before = see(reading, seen_name);

    if (before && !may_repeat(reading, key))
        return refuse(reading, "`%s` is set already, at line %d of the same section", key, before);
    const char *wrong = reading->callback(reading->context, reading->section, key, value, reading->line);

    return wrong ? refuse(reading, "%s", wrong) : 1;
}

bool ini_read(const char *file_name, const char *text, size_t length, const char *repeating,
              ini_callback callback, void *context, char **ret_error)
{
    struct reading reading = {
        .file_name = file_name,
        .at = text,
        .end = text + length,
        .repeating = repeating,
        .callback = callback,
        .context = context,
        .seen = intern_create(),
    };

    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        reading.at += 3; /* a byte order mark, as some editors leave it */
    int wrong_line = ini_parse_stream(next_line, &reading, take_key, &reading);

    if (wrong_line != 0 &&
        !reading.error) /* check_line() knows all that inih minds; this is the second net */
        reading.line = wrong_line;
    if (wrong_line != 0)
        refuse(&reading, "this is not a line of the form: key = value");
    intern_destroy(reading.seen);
    free(reading.seen_lines);
    *ret_error = reading.error;
    return reading.error == NULL;
}
