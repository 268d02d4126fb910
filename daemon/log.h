/* The log: lines `event=… key=value …` on stderr. The format string is the line: log_info("event=ready
 * desk=%s", name). */
#ifndef DUBAN_DAEMON_LOG_H
#define DUBAN_DAEMON_LOG_H

#include <stdbool.h>

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG,
};

/* Looks at stderr once: the system journal gets `<N>` prefixes, anything else gets timestamps. */
void log_open(enum log_level level);
void log_set_level(enum log_level level);
enum log_level log_level(void);
const char *log_level_name(enum log_level level);
bool log_level_find(const char *name, enum log_level *ret_level);

/*
 * One line. Of the conversions only %s, %d, %i, %u, %x, %c and %% with the lengths l, ll, z and j are known.
 * A text is quoted when it needs it, with everything that could end a line or a value escaped, so that no
 * value can forge a key or a line. NULL is written as -.
 */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `event=WHAT reason=WHY` as an error, for ways up where every step can fail: the first lets go of `why` and
 * returns the exit code it is given, the second says a negative errno ("refused" for what is none) and
 * returns EX_OSERR. */
int log_failure(const char *what, char *why, int exit_code);
int log_failure_errno(const char *what, int outcome);

/* A whole line that the judge wrote (a NOTE effect); control characters in it are escaped. */
void log_note(const char *line);

#endif
