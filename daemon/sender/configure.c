/*
 * Reads the first line the parent writes: the worker's whole configuration.
 *
 * It comes through the pipe rather than from duban.ini so that the daemon alone reads settings, and so that a
 * worker can be configured in a test with one line. The password does not come through the pipe: only the
 * path of a credential file does, and it is read here, in the process that needs it.
 *
 * A password goes out only inside TLS, therefore a user without starttls is refused.
 */
#include "daemon/sender/configure.h"

#include "daemon/sender/job.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TIMEOUT_DEFAULT_S 60
#define TIMEOUT_LIMIT_S   600
#define WEBHOOK_LIMIT_S   15

static const char *const transport_names[] = {[TRANSPORT_MAILDIR] = "maildir", [TRANSPORT_SMTP] = "smtp"};

static const struct field_rule common_rules[] = {
    {"from.address", field_address, offsetof(struct configure, from.address), false},
    {"from.name", field_header, offsetof(struct configure, from.name), true},
    {"domain", field_host, offsetof(struct configure, domain), false},
};

static const struct field_rule customer_rules[] = {
    {"customer.address", field_address, offsetof(struct configure, customer_from.address), false},
    {"customer.name", field_header, offsetof(struct configure, customer_from.name), true},
    {"customer.reply_to", field_address, offsetof(struct configure, reply_to), false},
};

static const struct field_rule maildir_rules[] = {
    {"maildir", field_path, offsetof(struct configure, maildir), false},
};

static const struct field_rule smtp_rules[] = {
    {"smtp.host", field_host, offsetof(struct configure, smtp.host), false},
    {"smtp.ca_file", field_path, offsetof(struct configure, smtp.ca_file), true},
    {"smtp.user", field_header, offsetof(struct configure, smtp.user), true},
    {"smtp.password_file", field_path, offsetof(struct configure, smtp.password_file), true},
};

static const struct field_rule webhook_rules[] = {
    {"webhook.channel", field_token, offsetof(struct configure, webhook.channel), false},
    {"webhook.url", field_header, offsetof(struct configure, webhook.url), true},
    {"webhook.url_file", field_path, offsetof(struct configure, webhook.url_file), true},
    {"webhook.secret_file", field_path, offsetof(struct configure, webhook.secret_file), true},
    {"webhook.ca_file", field_path, offsetof(struct configure, webhook.ca_file), true},
};

static int wrong(const char *path, const char *sentence, char ret_error[FIELD_ERROR])
{
    snprintf(ret_error, FIELD_ERROR, "configure.%s: %s", path, sentence);
    return FIELD_WRONG;
}

/* A whole number from `low` to `high` at `path`; `fallback` when it is absent (0: it may not be). */
static int read_number(const json_t *settings, const char *path, int low, int high, int fallback,
                       int *ret_number, char ret_error[FIELD_ERROR])
{
    const json_t *value = field_find(settings, path);
    json_int_t number = value ? json_integer_value(value) : fallback;

    if (number < low || number > high) {
        snprintf(ret_error, FIELD_ERROR, "configure.%s: is not a whole number from %d to %d", path, low,
                 high);
        return FIELD_WRONG;
    }
    *ret_number = (int)number;
    return FIELD_OK;
}

static int read_tls(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    const char *tls = json_string_value(field_find(settings, "smtp.tls"));

    if (!tls || (strcmp(tls, "no") != 0 && strcmp(tls, "starttls") != 0))
        return wrong("smtp.tls", "is neither \"no\" nor \"starttls\"", ret_error);
    configure->smtp.starttls = strcmp(tls, "starttls") == 0;
    if (configure->smtp.user && !configure->smtp.starttls)
        return wrong("smtp.user", "needs \"tls\":\"starttls\", a password never goes out in clear text",
                     ret_error);
    if (configure->smtp.user && !configure->smtp.password_file)
        return wrong("smtp.password_file", "is missing, and there is a user", ret_error);
    return FIELD_OK;
}

static int read_smtp(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    int timeout_s = TIMEOUT_DEFAULT_S;

    if (field_read(settings, smtp_rules, sizeof smtp_rules / sizeof smtp_rules[0], "configure.", configure,
                   ret_error) ||
        read_number(settings, "smtp.port", 1, 65535, 0, &configure->smtp.port, ret_error) ||
        read_number(settings, "smtp.timeout_s", 1, TIMEOUT_LIMIT_S, TIMEOUT_DEFAULT_S, &timeout_s,
                    ret_error) ||
        read_tls(settings, configure, ret_error))
        return FIELD_WRONG;
    configure->smtp.timeout_ms = timeout_s * 1000;
    return FIELD_OK;
}

static int read_format(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    static const char *const names[] = {"standard", "dingtalk", "wecom", "feishu"};
    const char *name = json_string_value(field_find(settings, "webhook.format"));

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!name || strcmp(name, names[i]) == 0) {
            configure->webhook.format = (enum webhook_format)i;
            return FIELD_OK;
        }
    return wrong("webhook.format", "is none of standard, dingtalk, wecom and feishu", ret_error);
}

static int read_webhook(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    int timeout_s;

    if (!json_object_get(settings, "webhook"))
        return FIELD_OK;
    if (field_read(settings, webhook_rules, sizeof webhook_rules / sizeof webhook_rules[0], "configure.",
                   configure, ret_error) ||
        read_number(settings, "webhook.timeout_s", 1, WEBHOOK_LIMIT_S, WEBHOOK_LIMIT_S, &timeout_s,
                    ret_error) ||
        read_format(settings, configure, ret_error))
        return FIELD_WRONG;
    configure->webhook.timeout_ms = timeout_s * 1000;
    if (!configure->webhook.url == !configure->webhook.url_file)
        return wrong("webhook.url", "is needed, either here or in a file", ret_error);
    return FIELD_OK;
}

static int read_customer(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    if (!json_object_get(settings, "customer"))
        return FIELD_OK;
    return field_read(settings, customer_rules, sizeof customer_rules / sizeof customer_rules[0],
                      "configure.", configure, ret_error);
}

static int read_transport(const json_t *settings, struct configure *configure, char ret_error[FIELD_ERROR])
{
    const char *name = json_string_value(json_object_get(settings, "transport"));

    for (size_t i = 0; name && i < sizeof transport_names / sizeof transport_names[0]; i++) {
        if (strcmp(name, transport_names[i]) == 0) {
            configure->transport = (enum transport)i;
            return FIELD_OK;
        }
    }
    return wrong("transport", "is neither \"maildir\" nor \"smtp\"", ret_error);
}

int configure_read(const char *line, size_t length, struct configure *ret_configure,
                   char ret_error[FIELD_ERROR])
{
    json_error_t where;

    *ret_configure = (struct configure){0};
    ret_configure->document = json_loadb(line, length, JSON_REJECT_DUPLICATES, &where);

    const json_t *settings = json_object_get(ret_configure->document, "configure");

    if (!json_is_object(settings)) {
        snprintf(ret_error, FIELD_ERROR, "configure: the first line is not {\"configure\":{...}}");
        return FIELD_WRONG;
    }
    if (read_transport(settings, ret_configure, ret_error) ||
        field_read(settings, common_rules, sizeof common_rules / sizeof common_rules[0], "configure.",
                   ret_configure, ret_error) ||
        read_customer(settings, ret_configure, ret_error) || read_webhook(settings, ret_configure, ret_error))
        return FIELD_WRONG;
    switch (ret_configure->transport) {
    case TRANSPORT_MAILDIR:
        return field_read(settings, maildir_rules, sizeof maildir_rules / sizeof maildir_rules[0],
                          "configure.", ret_configure, ret_error);
    case TRANSPORT_SMTP:
        return read_smtp(settings, ret_configure, ret_error);
    }
    return FIELD_WRONG;
}

/* NULL and the password without its line end in `ret_password`, or what is wrong with the file. */
static const char *read_secret(int fd, char *ret_password, size_t size)
{
    struct stat status;

    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return "is not a regular file";
    if (status.st_mode & S_IRWXO)
        return "can be used by everybody on this machine; chmod o= it";

    ssize_t got = read(fd, ret_password, size);

    if (got < 0)
        return strerror(errno);
    if ((size_t)got == size)
        return "holds too much";
    ret_password[got] = '\0';
    ret_password[strcspn(ret_password, "\r\n")] = '\0';
    return *ret_password ? NULL : "is empty";
}

int configure_read_secret(const char *field, const char *path, char *ret_secret, size_t size,
                          char ret_error[FIELD_ERROR])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return wrong(field, strerror(errno), ret_error);

    const char *sentence = read_secret(fd, ret_secret, size);

    close(fd);
    return sentence ? wrong(field, sentence, ret_error) : FIELD_OK;
}

int configure_load_password(struct configure *configure, char ret_error[FIELD_ERROR])
{
    if (!configure->smtp.user)
        return FIELD_OK;
    return configure_read_secret("smtp.password_file", configure->smtp.password_file,
                                 configure->smtp.password, sizeof configure->smtp.password, ret_error);
}

const struct person *configure_from(const struct configure *configure, const struct job *job)
{
    return job->customer ? &configure->customer_from : &configure->from;
}

const char *configure_transport_name(enum transport transport)
{
    return transport_names[transport];
}

void configure_finish(struct configure *configure)
{
    if (!configure)
        return;
    json_decref(configure->document);
    explicit_bzero(configure, sizeof *configure);
}
