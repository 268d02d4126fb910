/* Bytes from a socket, cut into lines. */
#ifndef DUBAN_DAEMON_LINE_BUFFER_H
#define DUBAN_DAEMON_LINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct line_buffer {
    char *bytes;
    size_t capacity;
    size_t begun;    /* of the line that has not been taken yet */
    size_t searched; /* there is no LF between `begun` and here */
    size_t filled;
};

void line_buffer_finish(struct line_buffer *buffer); /* empty again; a zeroed struct is empty, too */

/* Reads once without waiting. Bytes that came, 0 at the end of input, or a negative errno. */
ssize_t line_buffer_read(struct line_buffer *buffer, int fd) __attribute__((warn_unused_result));

/* Takes the next line, without LF and CR; it stays valid until the next call of anything here. With
   `is_ended` what stands unterminated at the end is a line, too. */
bool line_buffer_next(struct line_buffer *buffer, bool is_ended, const char **ret_bytes, size_t *ret_length);
bool line_buffer_has_line(const struct line_buffer *buffer, bool is_ended);

size_t line_buffer_waiting(const struct line_buffer *buffer); /* bytes that have not been taken */
void line_buffer_clear(struct line_buffer *buffer);           /* forgets them */
void line_buffer_trim(struct line_buffer *buffer); /* gives storage back when it is empty and large */

#endif
