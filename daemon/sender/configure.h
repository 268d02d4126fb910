/* What the worker was told on its first line: which transport, as whom, and where to. */
#ifndef DUBAN_DAEMON_SENDER_CONFIGURE_H
#define DUBAN_DAEMON_SENDER_CONFIGURE_H

#include "daemon/sender/field.h"

enum transport { TRANSPORT_MAILDIR, TRANSPORT_SMTP };

enum webhook_format { WEBHOOK_STANDARD, WEBHOOK_DINGTALK, WEBHOOK_WECOM, WEBHOOK_FEISHU };

/* Where notices of a channel that is not mail go. */
struct webhook_settings {
    const char *channel; /* NULL: nothing but mail is delivered */
    const char *url, *url_file, *secret_file, *ca_file;
    enum webhook_format format;
    int timeout_ms;
    char url_text[1024], secret[256]; /* from their files, "" when there is none */
};

/* The strings belong to `document`, but for what comes from files of secrets. */
struct configure {
    json_t *document;
    enum transport transport;
    struct person from;          /* also the envelope sender: bounces come back to it */
    struct person customer_from; /* the same for mails to customers; address NULL: none are sent */
    const char *reply_to;        /* where their answers go */
    const char *domain;          /* how the worker calls itself in EHLO */
    const char *maildir;         /* set when the transport is maildir */
    struct {
        const char *host; /* set when the transport is smtp, like all of these */
        int port;
        bool starttls;       /* required, never merely tried */
        const char *ca_file; /* NULL: the system's authorities */
        const char *user;    /* NULL: no authentication */
        const char *password_file;
        char password[256];
        int timeout_ms; /* for one answer of the server; the total is the parent's */
    } smtp;
    struct webhook_settings webhook;
};

/*
 * Reads `{"configure":{...}}`; nothing outside the line is touched. FIELD_WRONG with an `ret_error` such as
 * `configure.smtp.port: is not a port number`. Give `ret_configure` to configure_finish() in every case.
 */
int configure_read(const char *line, size_t length, struct configure *ret_configure,
                   char ret_error[FIELD_ERROR]) __attribute__((warn_unused_result));

/* Reads the password file, which nobody else may be able to read. Nothing to do without a user. */
int configure_load_password(struct configure *configure, char ret_error[FIELD_ERROR])
    __attribute__((warn_unused_result));

/* Reads a file of one line that nobody else may be able to read; `field` names it in an error. */
int configure_read_secret(const char *field, const char *path, char *ret_secret, size_t size,
                          char ret_error[FIELD_ERROR]) __attribute__((warn_unused_result));

/* Who the job's mail comes from; address NULL: nobody is configured for such mails. */
struct job;
const struct person *configure_from(const struct configure *configure, const struct job *job);

const char *configure_transport_name(enum transport transport);
void configure_finish(struct configure *configure);

#endif
