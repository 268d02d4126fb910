/*
 * duban-sender: the process that talks to strangers so that the daemon need not.
 *
 * The daemon forks and execs it, writes a configuration line and then one job at a time on fd 0, and reads
 * one result line a job on fd 1; fd 2 takes log lines. The worker keeps no state between jobs, knows no
 * database and keeps no deadline of its own: the parent kills it when a job takes too long and starts
 * another. It dies with its parent, so that a daemon that was replaced has no worker left to send for it.
 *
 * Invariant: at most one result line a job, and none before the job's outcome is known. After a session with
 * TLS the worker answers with `last` and exits 0, because the SMTP library crashes in a second one.
 *
 * Log lines name notices and outcomes, never people, addresses, subjects or what a server said about them.
 */
#include "daemon/sender/answer.h"
#include "daemon/sender/configure.h"
#include "daemon/sender/descriptor.h"
#include "daemon/sender/line.h"
#include "daemon/sender/maildir.h"
#include "daemon/sender/message.h"
#include "daemon/sender/relay.h"
#include "daemon/sender/webhook.h"
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

struct worker {
    struct line_reader lines;
    struct configure configure;
    struct tls tls;
};

static const char usage[] =
    "Usage: duban-sender [--compose | --help | --version]\n"
    "\n"
    "Sends the notices of duband. The daemon starts it; there is no reason to start it by hand, except:\n"
    "  --compose   read a configuration line and a job line, write the message to standard output\n"
    "  --help      this text\n"
    "  --version   the version\n"
    "\n"
    "Exit: 0 at the end of input, 64 wrong usage, 65 bad job (--compose), 74 the parent is gone,\n"
    "78 the configuration was refused.\n";

/* A worker must not outlive its daemon, and a broken pipe is an error to be returned, not a death. */
static void settle(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    /* The library looks for client certificates here and gives up on STARTTLS when the directory is
     * unreadable. */
    setenv("XDG_CONFIG_DIR", "/nonexistent", 1);
    message_init();
}

static int read_configuration(struct worker *worker, char ret_error[FIELD_ERROR])
{
    const char *line;
    size_t length;

    if (line_next(&worker->lines, &line, &length) != LINE_OK) {
        snprintf(ret_error, FIELD_ERROR, "configure: no first line, or one that is too long");
        return FIELD_WRONG;
    }
    return configure_read(line, length, &worker->configure, ret_error);
}

static int open_transport(struct worker *worker, char ret_error[FIELD_ERROR])
{
    struct configure *configure = &worker->configure;

    if (configure->webhook.channel && webhook_prepare(&configure->webhook, ret_error))
        return FIELD_WRONG;
    switch (configure->transport) {
    case TRANSPORT_MAILDIR:
        return maildir_prepare(configure->maildir, ret_error);
    case TRANSPORT_SMTP:
        if (configure_load_password(configure, ret_error))
            return FIELD_WRONG;
        return configure->smtp.starttls
                   ? tls_init(configure->smtp.host, configure->smtp.ca_file, &worker->tls, ret_error)
                   : FIELD_OK;
    }
    return FIELD_WRONG;
}

static void deliver_elsewhere(struct worker *worker, const struct job *job, struct answer *ret_answer)
{
    const struct webhook_settings *webhook = &worker->configure.webhook;

    if (webhook->channel && strcmp(webhook->channel, job->channel) == 0) {
        webhook_deliver(webhook, job, ret_answer);
        return;
    }
    ret_answer->verdict = VERDICT_REFUSED;
    answer_detail(ret_answer, "no web service is configured for %s", job->channel);
}

static void deliver_mail(struct worker *worker, struct job *job, struct answer *ret_answer)
{
    const struct person *from = configure_from(&worker->configure, job);
    struct text message = {0};

    job->reply_to = job->customer ? worker->configure.reply_to : NULL;
    if (!from->address) {
        ret_answer->verdict = VERDICT_REFUSED;
        answer_detail(ret_answer, "no sender of mails to customers is configured");
    } else if (message_compose(from, job, &message) == MESSAGE_TOO_BIG) {
        ret_answer->verdict = VERDICT_REFUSED;
        answer_detail(ret_answer, "the message is larger than %zu bytes", MESSAGE_LIMIT);
    } else {
        switch (worker->configure.transport) {
        case TRANSPORT_MAILDIR:
            maildir_deliver(worker->configure.maildir, job, &message, ret_answer);
            break;
        case TRANSPORT_SMTP:
            relay_deliver(&worker->configure, worker->tls.context ? &worker->tls : NULL, job, &message,
                          ret_answer);
            break;
        }
    }
    text_finish(&message);
}

static void deliver(struct worker *worker, struct job *job, struct answer *ret_answer)
{
    *ret_answer = (struct answer){0};
    if (job_is_mail(job))
        deliver_mail(worker, job, ret_answer);
    else
        deliver_elsewhere(worker, job, ret_answer);
}

/* Does one job and answers. `ret_last` is left alone unless the worker has to end. */
static int do_job(struct worker *worker, const char *line, size_t length, bool *ret_last)
{
    struct job job;
    char error[FIELD_ERROR];
    int outcome;

    if (job_read(line, length, &job, error) == JOB_OK) {
        struct answer answer;

        deliver(worker, &job, &answer);
        *ret_last = worker->tls.context && job_is_mail(&job);
        fprintf(stderr, "event=notice_%s notice=%s attempt=%lld transport=%s queue_id=%s\n",
                answer_verdict_name(answer.verdict), job.notice, (long long)job.attempt,
                job_is_mail(&job) ? configure_transport_name(worker->configure.transport) : job.channel,
                answer.queue_id);
        outcome = answer_result(STDOUT_FILENO, &job, &answer, *ret_last);
    } else {
        fprintf(stderr, "event=job_malformed notice=%s reason=\"%s\"\n", job.notice ? job.notice : "", error);
        outcome = answer_error(STDOUT_FILENO, &job, error);
    }
    job_finish(&job);
    return outcome;
}

static int do_jobs(struct worker *worker)
{
    bool last = false;

    while (!last) {
        const char *line;
        size_t length;
        int outcome = line_next(&worker->lines, &line, &length);

        if (outcome == LINE_END)
            return EXIT_SUCCESS;
        if (outcome == LINE_TOO_LONG)
            outcome = answer_error(STDOUT_FILENO, NULL, "job: the line is too long");
        else if (outcome == LINE_OK)
            outcome = do_job(worker, line, length, &last);
        if (outcome < 0)
            return EX_IOERR;
    }
    return EXIT_SUCCESS;
}

static int serve(struct worker *worker)
{
    char error[FIELD_ERROR];

    if (read_configuration(worker, error) || open_transport(worker, error)) {
        fprintf(stderr, "event=configuration_refused reason=\"%s\"\n", error);
        return answer_error(STDOUT_FILENO, NULL, error) < 0 ? EX_IOERR : EX_CONFIG;
    }

    const char *transport = configure_transport_name(worker->configure.transport);

    if (answer_ready(STDOUT_FILENO, transport) < 0)
        return EX_IOERR;
    fprintf(stderr, "event=sender_ready transport=%s\n", transport);
    return do_jobs(worker);
}

static int compose_job(const struct worker *worker, struct job *job, char ret_error[FIELD_ERROR])
{
    const struct person *from = configure_from(&worker->configure, job);
    struct text message = {0};

    job->reply_to = job->customer ? worker->configure.reply_to : NULL;
    int exit_code = EX_DATAERR;

    if (!from->address)
        snprintf(ret_error, FIELD_ERROR, "no sender of mails to customers is configured");
    else if (message_compose(from, job, &message) == MESSAGE_TOO_BIG)
        snprintf(ret_error, FIELD_ERROR, "the message is larger than %zu bytes", MESSAGE_LIMIT);
    else
        exit_code =
            descriptor_write(STDOUT_FILENO, message.bytes, message.length) < 0 ? EX_IOERR : EXIT_SUCCESS;
    text_finish(&message);
    return exit_code;
}

static int compose_line(struct worker *worker, char ret_error[FIELD_ERROR])
{
    const char *line;
    size_t length;
    struct job job = {0};
    int exit_code = EX_DATAERR;

    if (line_next(&worker->lines, &line, &length) != LINE_OK)
        snprintf(ret_error, FIELD_ERROR, "job: no second line, or one that is too long");
    else if (job_read(line, length, &job, ret_error) == JOB_OK)
        exit_code = compose_job(worker, &job, ret_error);
    job_finish(&job);
    return exit_code;
}

/* Touches neither the transport nor the password: what it shows is what would be sent. */
static int compose(struct worker *worker)
{
    char error[FIELD_ERROR] = "";
    int exit_code = read_configuration(worker, error) ? EX_CONFIG : compose_line(worker, error);

    if (exit_code != EXIT_SUCCESS)
        fprintf(stderr, "duban-sender: %s\n", error);
    return exit_code;
}

static int run(int (*mode)(struct worker *))
{
    struct worker worker = {.lines = {.fd = STDIN_FILENO}};

    settle();

    int exit_code = mode(&worker);

    tls_finish(&worker.tls);
    configure_finish(&worker.configure);
    line_finish(&worker.lines);
    return exit_code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"compose", no_argument, NULL, 'c'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"version", no_argument, NULL, 'V'},
                                            {0}};
    int option = getopt_long(argc, argv, "", options, NULL);

    if (option == 'h' || option == 'V') {
        fputs(option == 'h' ? usage : "duban-sender " DUBAN_VERSION "\n", stdout);
        return EXIT_SUCCESS;
    }
    if ((option != -1 && option != 'c') || optind != argc) {
        fputs(usage, stderr);
        return EX_USAGE;
    }
    return run(option == 'c' ? compose : serve);
}
