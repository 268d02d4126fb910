/*
 * Input of one connection, from bytes to lines.
 *
 * Owned by a connection, which bounds it: this buffer takes whatever it is told to read. It is flat, so that
 * a line can be parsed where it lies, and `searched` remembers how far it was looked through: a client that
 * sends its line byte by byte costs one byte's work each time, where searching from the line's beginning
 * would cost the square.
 *
 * Invariant: begun <= searched <= filled <= capacity.
 */
#include "daemon/line_buffer.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define READ_BYTES ((size_t)16 * 1024)

void line_buffer_finish(struct line_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct line_buffer){0};
}

void line_buffer_clear(struct line_buffer *buffer)
{
    buffer->begun = buffer->searched = buffer->filled = 0;
}

void line_buffer_trim(struct line_buffer *buffer)
{
    if (buffer->begun == buffer->filled && buffer->capacity > READ_BYTES)
        line_buffer_finish(buffer);
}

size_t line_buffer_waiting(const struct line_buffer *buffer)
{
    return buffer->filled - buffer->begun;
}

static void move_to_front(struct line_buffer *buffer)
{
    if (buffer->begun == 0)
        return;
    memmove(buffer->bytes, buffer->bytes + buffer->begun, buffer->filled - buffer->begun);
    buffer->searched -= buffer->begun;
    buffer->filled -= buffer->begun;
    buffer->begun = 0;
}

ssize_t line_buffer_read(struct line_buffer *buffer, int fd)
{
    move_to_front(buffer);
    buffer->bytes = memory_reserve(buffer->bytes, &buffer->capacity, buffer->filled + READ_BYTES, 1);
    ssize_t got = recv(fd, buffer->bytes + buffer->filled, READ_BYTES, MSG_DONTWAIT);

    if (got < 0)
        return -errno;
    buffer->filled += (size_t)got;
    return got;
}

static const char *find_end(const struct line_buffer *buffer)
{
    if (buffer->searched == buffer->filled)
        return NULL;
    return memchr(buffer->bytes + buffer->searched, '\n', buffer->filled - buffer->searched);
}

bool line_buffer_has_line(const struct line_buffer *buffer, bool is_ended)
{
    return find_end(buffer) || (is_ended && buffer->begun < buffer->filled);
}

bool line_buffer_next(struct line_buffer *buffer, bool is_ended, const char **ret_bytes, size_t *ret_length)
{
    const char *end = find_end(buffer);

    buffer->searched = end ? (size_t)(end - buffer->bytes) + 1 : buffer->filled;
    if (!end && (!is_ended || buffer->begun == buffer->filled))
        return false;
    const char *from = buffer->bytes + buffer->begun;
    size_t length = end ? (size_t)(end - from) : buffer->filled - buffer->begun;

    if (length > 0 && from[length - 1] == '\r')
        length--;
    buffer->begun = buffer->searched;
    *ret_bytes = from;
    *ret_length = length;
    return true;
}
