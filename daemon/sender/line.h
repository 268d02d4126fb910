/* Lines from a descriptor, with a limit on their length. */
#ifndef DUBAN_DAEMON_SENDER_LINE_H
#define DUBAN_DAEMON_SENDER_LINE_H

#include "lib/base/text.h"

#define LINE_LIMIT ((size_t)512 * 1024) /* twice the largest mail: JSON may write a character as \uXXXX */

enum line_outcome {
    LINE_OK = 0,
    LINE_END =
        1, /* the other side has closed; a last line without its newline is dropped, as it may be cut */
    LINE_TOO_LONG = 2, /* the line was skipped to its end */
};

struct line_reader {
    int fd;
    size_t given; /* bytes of `buffer` that earlier lines took */
    struct text buffer;
};

/* Waits for the next line. `ret_line` has no newline, is terminated, and holds until the next call. */
int line_next(struct line_reader *reader, const char **ret_line, size_t *ret_length)
    __attribute__((warn_unused_result));
void line_finish(struct line_reader *reader);

#endif
