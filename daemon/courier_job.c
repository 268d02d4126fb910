/*
 * The lines between the courier and its senders: jobs out, answers in.
 *
 * Used by courier.c only. Kept apart from it because this is the one place that knows how daemon/sender wants
 * to be spoken to (its README is daemon/sender/job.c and answer.c), while the courier knows processes and
 * deadlines. Every attempt of a notice gives the same bytes except for its number and time: the mail must
 * come out identical. Answers come from a process that talks to strangers, so they are read as input, not
 * trusted.
 */
#include "daemon/courier_job.h"

#include "daemon/clock.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

static void set_number(json_t *object, const char *key, uint64_t number)
{
    char digits[24];

    snprintf(digits, sizeof(digits), "%" PRIu64, number);
    set_text(object, key, digits);
}

static char *write_line(const struct notice_row *row, uint16_t attempt)
{
    char date[INSTANT_TEXT];
    json_t *job = json_object(), *to = json_object();

    instant_format(row->at, 0, date);
    set_text(to, "name", row->display_name);
    set_text(to, "address", row->address);
    set_number(job, "notice", row->notice);
    json_object_set_new(job, "attempt", json_integer(attempt));
    if (!effect_is_mail(row)) /* a web service refuses what is not fresh */
        json_object_set_new(job, "posted_at", json_integer(clock_wall() / MSEC_SECOND));
    set_text(job, "channel", row->channel);
    set_text(job, "message_id", row->message_id);
    set_text(job, "date", date);
    json_object_set_new(job, "to", to);
    set_text(job, "subject", row->subject);
    set_text(job, "text", row->body);
    set_text(job, "lang", row->language);
    set_text(job, "thread", row->thread);
    set_text(job, "attachment", row->attachment);
    set_text(job, "attachment_name", row->attachment_name);
    if (effect_is_to_customer(row)) { /* they learn no names of ours */
        set_text(job, "customer", row->is_courtesy ? "courtesy" : "service");
    } else {
        if (row->ticket)
            set_number(job, "ticket", row->ticket);
        set_text(job, "template", row->template_name);
    }
    char *dumped = json_dumps(job, JSON_COMPACT), *line;

    json_decref(job);
    if (!dumped || asprintf(&line, "%s\n", dumped) < 0)
        abort();
    free(dumped);
    return line;
}

struct courier_job *courier_job_create(const struct notice_row *row, uint16_t attempt, int64_t deadline_at_ms)
{
    struct courier_job *job = memory_new(1, sizeof(*job));

    job->notice = row->notice;
    job->attempt = attempt;
    job->line = write_line(row, attempt);
    job->deadline_at_ms = deadline_at_ms;
    return job;
}

void courier_job_destroy(struct courier_job *job)
{
    if (!job)
        return;
    free(job->line);
    free(job);
}

static bool read_outcome(const char *word, enum send_outcome *ret_outcome)
{
    static const char *const words[] = {
        [SEND_ACCEPTED] = "accepted",
        [SEND_DEFERRED] = "deferred",
        [SEND_REFUSED] = "refused",
    };

    for (size_t i = 0; word && i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i], word) != 0)
            continue;
        *ret_outcome = (enum send_outcome)i;
        return true;
    }
    return false;
}

void courier_answer_read(const char *line, struct courier_answer *ret_answer)
{
    json_t *document = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    const char *notice = json_string_value(json_object_get(document, "notice"));
    const char *error = json_string_value(json_object_get(document, "error"));
    const char *detail = json_string_value(json_object_get(document, "detail"));
    json_int_t attempt = json_integer_value(json_object_get(document, "attempt"));

    *ret_answer = (struct courier_answer){
        .document = document,
        .is_ready = json_is_true(json_object_get(document, "ready")),
        .is_last = json_is_true(json_object_get(document, "last")),
        .notice = notice ? strtoull(notice, NULL, 10) : 0,
        .attempt = attempt > 0 && attempt <= UINT16_MAX ? (uint16_t)attempt : 0,
        .detail = error ? error : detail,
        .queue_id = json_string_value(json_object_get(document, "queue_id")),
    };
    ret_answer->has_outcome =
        read_outcome(json_string_value(json_object_get(document, "outcome")), &ret_answer->outcome);
}

void courier_answer_finish(struct courier_answer *answer)
{
    json_decref(answer->document);
    *answer = (struct courier_answer){0};
}
