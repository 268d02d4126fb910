/*
 * The worker's side of the conversation: result lines on fd 1.
 *
 * A line leaves in one write() where the pipe allows it, so that a parent that kills the worker sees a whole
 * line or none. Details come from strangers (a mail server may say anything), so they are cleaned here, in
 * the only place where they are stored.
 */
#include "daemon/sender/answer.h"

#include "daemon/sender/descriptor.h"
#include <glib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {
    [VERDICT_ACCEPTED] = "accepted",
    [VERDICT_DEFERRED] = "deferred",
    [VERDICT_REFUSED] = "refused",
};

const char *answer_verdict_name(enum verdict verdict)
{
    return verdict_names[verdict];
}

/* Copies as many whole characters as fit, with a space for each run of controls and blanks. */
static void copy_printable(const char *text, char *ret_text, size_t size)
{
    size_t used = 0;

    for (const char *at = text; *at; at = g_utf8_find_next_char(at, NULL)) {
        size_t width = (size_t)(g_utf8_find_next_char(at, NULL) - at);
        bool blank = g_unichar_iscntrl(g_utf8_get_char(at)) || *at == ' ';

        if (used + width >= size)
            break;
        if (blank && (used == 0 || ret_text[used - 1] == ' '))
            continue;
        memcpy(ret_text + used, blank ? " " : at, blank ? 1 : width);
        used += blank ? 1 : width;
    }
    while (used > 0 && ret_text[used - 1] == ' ')
        used--;
    ret_text[used] = '\0';
}

void answer_detail(struct answer *answer, const char *format, ...)
{
    char raw[2 * sizeof answer->detail];
    va_list list;

    va_start(list, format);
    vsnprintf(raw, sizeof raw, format, list);
    va_end(list);

    char *valid = g_utf8_make_valid(raw, -1);

    copy_printable(valid, answer->detail, sizeof answer->detail);
    g_free(valid);
}

/* Writes `object` as one line and lets go of it. */
static int write_line(int fd, json_t *object)
{
    char *line = json_dumps(object, JSON_COMPACT);

    json_decref(object);
    if (!line)
        abort(); /* every string in it was checked or cleaned: only memory can be missing */

    size_t length = strlen(line);

    line[length] = '\n'; /* the terminator is not needed any more */

    int outcome = descriptor_write(fd, line, length + 1);

    free(line);
    return outcome;
}

static json_t *about(const struct job *job)
{
    json_t *object = json_object();

    if (job && job->notice)
        json_object_set_new(object, "notice", json_string(job->notice));
    if (job && job->attempt)
        json_object_set_new(object, "attempt", json_integer(job->attempt));
    return object;
}

int answer_ready(int fd, const char *transport)
{
    return write_line(fd, json_pack("{s:b, s:s}", "ready", 1, "transport", transport));
}

int answer_error(int fd, const struct job *job, const char *error)
{
    json_t *object = about(job);

    if (job && job->notice && job->attempt)
        json_object_set_new(object, "outcome", json_string(answer_verdict_name(VERDICT_REFUSED)));
    json_object_set_new(object, "error", json_string(error));
    return write_line(fd, object);
}

int answer_result(int fd, const struct job *job, const struct answer *answer, bool last)
{
    json_t *object = about(job);

    json_object_set_new(object, "outcome", json_string(answer_verdict_name(answer->verdict)));
    json_object_set_new(object, "detail", json_string(answer->detail));
    if (*answer->queue_id)
        json_object_set_new(object, "queue_id", json_string(answer->queue_id));
    if (last)
        json_object_set_new(object, "last", json_true());
    return write_line(fd, object);
}
