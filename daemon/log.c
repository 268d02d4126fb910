/*
 * The log: one line an event, for people with grep and for machines that read logfmt.
 *
 * Called by every hand of the daemon; the judge never logs, it emits NOTE effects, which arrive here as whole
 * lines. The invariant: one call is one line and one write, whatever the values contain. Callers write the
 * line as a printf format, because that can be found with grep and is checked by the compiler, and the
 * formatting is done here rather than by vsnprintf, because only so %s can be quoted: a customer's name with
 * a line feed and `event=` in it must stay a value.
 *
 * Lines go to stderr and nowhere else: systemd, a terminal and a test all read that, and syslog's socket
 * could block the loop.
 */
#include "daemon/log.h"

#include "daemon/clock.h"
#include "lib/base/instant.h"
#include "lib/base/text.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192 /* longer lines are cut: a log line is no place for a document */

static const struct {
    const char *name;
    char priority; /* of syslog, as the journal reads it */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", '3'},
    [LOG_LEVEL_WARNING] = {"warning", '4'},
    [LOG_LEVEL_INFO] = {"info", '6'},
    [LOG_LEVEL_DEBUG] = {"debug", '7'},
};

#define LEVEL_COUNT (sizeof(levels) / sizeof(*levels))

static enum log_level threshold = LOG_LEVEL_INFO;
static bool is_journal;

static bool stderr_is_the_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat status;

    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

void log_open(enum log_level level)
{
    threshold = level;
    is_journal = stderr_is_the_journal();
}

void log_set_level(enum log_level level)
{
    threshold = level;
}

enum log_level log_level(void)
{
    return threshold;
}

const char *log_level_name(enum log_level level)
{
    return levels[level].name;
}

bool log_level_find(const char *name, enum log_level *ret_level)
{
    for (size_t i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(levels[i].name, name) != 0)
            continue;
        *ret_level = (enum log_level)i;
        return true;
    }
    return false;
}

static bool is_control(unsigned char byte)
{
    return byte < 0x20 || byte == 0x7f;
}

static void add_escaped(struct text *line, const char *value, bool in_quotes)
{
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;

        if (is_control(byte))
            text_printf(line, byte == '\n' ? "\\n" : "\\x%02x", byte);
        else if (in_quotes && (byte == '"' || byte == '\\'))
            text_printf(line, "\\%c", byte);
        else
            text_append(line, value, 1);
    }
}

static bool needs_quotes(const char *value)
{
    if (!*value)
        return true;
    for (; *value; value++)
        if (is_control((unsigned char)*value) || strchr(" =\"\\", *value))
            return true;
    return false;
}

static void add_value(struct text *line, const char *value)
{
    if (!value) {
        text_add(line, "-");
    } else if (!needs_quotes(value)) {
        text_add(line, value);
    } else {
        text_add(line, "\"");
        add_escaped(line, value, true);
        text_add(line, "\"");
    }
}

enum length { LENGTH_INT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_SIZE, LENGTH_MAX };

static enum length read_length(const char **format)
{
    static const struct {
        const char *text;
        enum length length;
    } lengths[] = {{"ll", LENGTH_LONG_LONG}, {"l", LENGTH_LONG}, {"z", LENGTH_SIZE}, {"j", LENGTH_MAX}};

    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        size_t bytes = strlen(lengths[i].text);

        if (strncmp(*format, lengths[i].text, bytes) != 0)
            continue;
        *format += bytes;
        return lengths[i].length;
    }
    return LENGTH_INT;
}

/* The list travels in a struct because a va_list can't portably be passed on by address. */
struct arguments {
    va_list list;
};

static intmax_t next_signed(struct arguments *arguments, enum length length)
{
    switch (length) {
    case LENGTH_INT:
        return va_arg(arguments->list, int);
    case LENGTH_LONG:
        return va_arg(arguments->list, long);
    case LENGTH_LONG_LONG:
        return va_arg(arguments->list, long long);
    case LENGTH_SIZE:
        return va_arg(arguments->list, ssize_t);
    case LENGTH_MAX:
        return va_arg(arguments->list, intmax_t);
    }
    abort();
}

static uintmax_t next_unsigned(struct arguments *arguments, enum length length)
{
    switch (length) {
    case LENGTH_INT:
        return va_arg(arguments->list, unsigned);
    case LENGTH_LONG:
        return va_arg(arguments->list, unsigned long);
    case LENGTH_LONG_LONG:
        return va_arg(arguments->list, unsigned long long);
    case LENGTH_SIZE:
        return va_arg(arguments->list, size_t);
    case LENGTH_MAX:
        return va_arg(arguments->list, uintmax_t);
    }
    abort();
}

static void add_conversion(struct text *line, const char **format, struct arguments *arguments)
{
    enum length length = read_length(format);

    switch (*(*format)++) {
    case 's':
        add_value(line, va_arg(arguments->list, const char *));
        break;
    case 'd':
    case 'i':
        text_printf(line, "%" PRIdMAX, next_signed(arguments, length));
        break;
    case 'u':
        text_printf(line, "%" PRIuMAX, next_unsigned(arguments, length));
        break;
    case 'x':
        text_printf(line, "%" PRIxMAX, next_unsigned(arguments, length));
        break;
    case 'c':
        add_value(line, (char[]){(char)va_arg(arguments->list, int), '\0'});
        break;
    case '%':
        text_add(line, "%");
        break;
    default:
        abort(); /* a conversion that log.h does not offer */
    }
}

static void begin_line(struct text *line, enum log_level level)
{
    if (is_journal) {
        text_printf(line, "<%c>", levels[level].priority);
        return;
    }
    char at[INSTANT_TEXT];

    instant_format(clock_wall(), 0, at);
    text_printf(line, "%s level=%s ", at, levels[level].name);
}

static void end_line(struct text *line)
{
    size_t length = line->length < LINE_MAX_BYTES ? line->length : LINE_MAX_BYTES;

    line->bytes[length] = '\n'; /* where the terminating NUL or the cut is */
    ssize_t written = write(STDERR_FILENO, line->bytes, length + 1);

    (void)written; /* nobody is left to be told */
    text_finish(line);
}

static void log_list(enum log_level level, const char *format, struct arguments *arguments)
{
    struct text line;

    text_init(&line);
    begin_line(&line, level);
    while (*format) {
        size_t plain = strcspn(format, "%");

        text_append(&line, format, plain);
        format += plain;
        if (*format == '%') {
            format++;
            add_conversion(&line, &format, arguments);
        }
    }
    end_line(&line);
}

#define DEFINE_LEVEL(name, level)                                                                            \
    void name(const char *format, ...)                                                                       \
    {                                                                                                        \
        struct arguments arguments;                                                                          \
                                                                                                             \
        if (level > threshold)                                                                               \
            return;                                                                                          \
        va_start(arguments.list, format);                                                                    \
        log_list(level, format, &arguments);                                                                 \
        va_end(arguments.list);                                                                              \
    }

DEFINE_LEVEL(log_error, LOG_LEVEL_ERROR)
DEFINE_LEVEL(log_warning, LOG_LEVEL_WARNING)
DEFINE_LEVEL(log_info, LOG_LEVEL_INFO)
DEFINE_LEVEL(log_debug, LOG_LEVEL_DEBUG)

void log_note(const char *line_text)
{
    struct text line;

    if (threshold < LOG_LEVEL_INFO)
        return;
    text_init(&line);
    begin_line(&line, LOG_LEVEL_INFO);
    add_escaped(&line, line_text, false);
    end_line(&line);
}

int log_failure(const char *what, char *why, int exit_code)
{
    log_error("event=%s reason=%s", what, why);
    free(why);
    return exit_code;
}

int log_failure_errno(const char *what, int outcome)
{
    log_error("event=%s reason=%s", what, outcome < 0 ? strerror(-outcome) : "refused");
    return EX_OSERR;
}
