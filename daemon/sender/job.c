/*
 * Reads a job line: JSON in, checked strings out.
 *
 * Called by main.c for every line after the first. A malformed job is answered and the worker goes on, so the
 * notice and the attempt are read before anything else can go wrong: the daemon must learn which notice it
 * was. Unknown keys are ignored; a newer daemon may say more than an older worker understands.
 */
#include "daemon/sender/job.h"

#include <stdio.h>
#include <string.h>

static const struct field_rule rules[] = {
    {"notice", field_token, offsetof(struct job, notice), false},
    {"channel", field_token, offsetof(struct job, channel), true},
    {"message_id", field_message_id, offsetof(struct job, message_id), false},
    {"thread", field_message_id, offsetof(struct job, thread), true},
    {"date", field_date, offsetof(struct job, date), false},
    {"to.name", field_header, offsetof(struct job, to.name), true},
    {"subject", field_header, offsetof(struct job, subject), false},
    {"text", field_body, offsetof(struct job, text), false},
    {"lang", field_language, offsetof(struct job, lang), true},
    {"ticket", field_header, offsetof(struct job, ticket), true},
    {"attachment", field_body, offsetof(struct job, attachment), true},
    {"attachment_name", field_header, offsetof(struct job, attachment_name), true},
    {"template", field_token, offsetof(struct job, template_name), true},
    {"customer", field_token, offsetof(struct job, customer), true},
};

/* A mail address for mail; whatever the service wants for anything else, as long as it is no trick. */
static const struct field_rule mail_rules[] = {
    {"to.address", field_address, offsetof(struct job, to.address), false},
};
static const struct field_rule other_rules[] = {
    {"to.address", field_header, offsetof(struct job, to.address), false},
};

bool job_is_mail(const struct job *job)
{
    return strcmp(job->channel, "mail") == 0;
}

bool job_is_courtesy(const struct job *job)
{
    return job->customer && strcmp(job->customer, "courtesy") == 0;
}

static int read_fields(struct job *job, char ret_error[FIELD_ERROR])
{
    if (field_read(job->document, rules, sizeof rules / sizeof rules[0], "job: field ", job, ret_error))
        return FIELD_WRONG;
    return field_read(job->document, job_is_mail(job) ? mail_rules : other_rules, 1, "job: field ", job,
                      ret_error);
}

static int read_number(const struct job *job, const char *name, json_int_t *ret_number,
                       char ret_error[FIELD_ERROR])
{
    json_int_t number = json_integer_value(json_object_get(job->document, name));

    if (number < 1) {
        snprintf(ret_error, FIELD_ERROR, "job: field %s: is not a whole number from 1", name);
        return JOB_MALFORMED;
    }
    *ret_number = number;
    return JOB_OK;
}

int job_read(const char *line, size_t length, struct job *ret_job, char ret_error[FIELD_ERROR])
{
    json_error_t where;

    *ret_job = (struct job){.lang = "zh", .channel = "mail"};
    ret_job->document = json_loadb(line, length, JSON_REJECT_DUPLICATES, &where);
    if (!json_is_object(ret_job->document)) {
        snprintf(ret_error, FIELD_ERROR, "job: not a JSON object");
        return JOB_MALFORMED;
    }

    int outcome = read_number(ret_job, "attempt", &ret_job->attempt, ret_error);
    char second[FIELD_ERROR];

    if (read_fields(ret_job, second)) {
        snprintf(ret_error, FIELD_ERROR, "%s", second);
        outcome = JOB_MALFORMED;
    }
    if (outcome == JOB_OK && !job_is_mail(ret_job))
        outcome = read_number(ret_job, "posted_at", &ret_job->posted_at_s, ret_error);
    return outcome;
}

void job_finish(struct job *job)
{
    if (!job)
        return;
    json_decref(job->document);
    *job = (struct job){0};
}
