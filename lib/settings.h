/* The settings of duban.ini: one row each, from which the file is read, its sample checked and its page
 * written. */
#ifndef DUBAN_LIB_SETTINGS_H
#define DUBAN_LIB_SETTINGS_H

#include "lib/access.h"
#include "lib/base/arena.h"
#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting_type {
    SETTING_TEXT,
    SETTING_PATH,    /* absolute */
    SETTING_CHOICE,  /* one of `choices`; kept as its index */
    SETTING_INTEGER, /* a whole number from `low` to `high` */
    SETTING_SPAN,    /* real time with its unit, `90s`, from `low` to `high` milliseconds */
    SETTING_NAMES,   /* names with blanks or commas between; kept with commas */
};

struct setting {
    const char *section, *key; /* "role" stands for every [role ROLE], "desk" for every [desk NAME] */
    enum setting_type type;
    const char *fallback; /* the default, as it would be written; "" for none */
    int64_t low, high;
    const char *choices; /* words with blanks between */
    const char *help;    /* one sentence */
    size_t offset;       /* in struct settings, or in struct role_settings or desk_settings for theirs */
};

size_t settings_count(void);
const struct setting *settings_at(size_t index);

enum settings_transport { SETTINGS_TRANSPORT_MAILDIR, SETTINGS_TRANSPORT_SMTP };
enum settings_tls { SETTINGS_TLS_STARTTLS, SETTINGS_TLS_NO };

/* One [role …] section. Names stand one comma apart; "" for none. */
struct role_settings {
    enum role role;
    const char *users, *groups;
};

/* One [desk …] section; "" is what [daemon] says. */
struct desk_settings {
    const char *name, *regime, *people, *calendars, *templates;
};

#define SETTINGS_DESKS_MAX 16

/* Texts are "" when they are not set, never NULL. Everything is in `arena`. */
struct settings {
    struct arena arena;
    const char *file_name;
    struct desk_settings desks[SETTINGS_DESKS_MAX]; /* in the order of the file, at least one */
    size_t desk_count;
    const char *desk; /* the desk whose regime, people, calendars and templates these are: the first */
    const char *socket, *group, *state_directory, *regime, *people, *calendars, *templates;
    int log_level; /* in the order error, warning, info, debug */
    const char *conninfo;
    msec leader_wait_ms;
    const char *program;
    int transport; /* enum settings_transport */
    const char *maildir, *from_name, *from_address, *domain;
    int senders;
    msec deadline_ms;
    const char *smtp_host;
    int smtp_port;
    int smtp_tls; /* enum settings_tls */
    const char *smtp_ca_file, *smtp_user, *smtp_password_credential;
    const char *customer_from_name, *customer_from_address, *customer_reply_to, *customer_domain;
    int customer_rate; /* mails a minute */
    const char *webhook_channel, *webhook_url, *webhook_url_credential, *webhook_secret_credential;
    const char *webhook_ca_file;
    int webhook_format;                     /* in the order standard, dingtalk, wecom, feishu */
    int webhook_rate;                       /* notices a minute */
    struct role_settings roles[ROLE_COUNT]; /* in the order of the file */
    size_t role_count;
};

/*
 * Reads the text of duban.ini into `ret_settings`, which settings_finish() must let go of whatever the
 * outcome. False: something is unknown, double, out of range or missing; `*ret_error` is "file:line: what
 * (hint)" or, for what no single line is to blame for, "file: what (hint)", to be freed.
 */
bool settings_read(const char *file_name, const char *text, size_t length, struct settings *ret_settings,
                   char **ret_error) __attribute__((warn_unused_result));
void settings_finish(struct settings *settings);

/* The same settings as one of the desks sees them. Borrows from `settings`: not to be finished. */
struct settings settings_of_desk(const struct settings *settings, size_t desk);

#endif
