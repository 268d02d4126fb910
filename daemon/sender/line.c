/*
 * Reads job lines. main.c is the only caller.
 *
 * stdio's getline() has no limit, and a worker that a broken parent can blow up is a worker whose death says
 * nothing about the mail. A line that is too long is skipped as it comes in, so memory stays bounded.
 */
#include "daemon/sender/line.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static void drop_given(struct line_reader *reader)
{
    struct text *buffer = &reader->buffer;

    if (reader->given == 0)
        return;
    memmove(buffer->bytes, buffer->bytes + reader->given, buffer->length - reader->given);
    buffer->length -= reader->given;
    reader->given = 0;
}

/* More bytes into the buffer. LINE_END at the end of input. */
static int fill(struct line_reader *reader)
{
    char bytes[16384];
    ssize_t got;

    do
        got = read(reader->fd, bytes, sizeof bytes);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    if (got == 0)
        return LINE_END;
    text_append(&reader->buffer, bytes, (size_t)got);
    return LINE_OK;
}

int line_next(struct line_reader *reader, const char **ret_line, size_t *ret_length)
{
    struct text *buffer = &reader->buffer;
    size_t searched = 0;
    bool too_long = false;

    drop_given(reader);
    for (;;) {
        char *end = buffer->length > searched
                        ? memchr(buffer->bytes + searched, '\n', buffer->length - searched)
                        : NULL;

        if (end) {
            *end = '\0';
            *ret_line = buffer->bytes;
            *ret_length = (size_t)(end - buffer->bytes);
            reader->given = *ret_length + 1;
            return too_long || *ret_length > LINE_LIMIT ? LINE_TOO_LONG : LINE_OK;
        }
        if (buffer->length > LINE_LIMIT) {
            too_long = true;
            text_clear(buffer);
        }
        searched = buffer->length;

        int outcome = fill(reader);

        if (outcome != LINE_OK)
            return outcome;
    }
}

void line_finish(struct line_reader *reader)
{
    if (reader)
        text_finish(&reader->buffer);
}
