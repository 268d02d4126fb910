/*
 * duban.ini: every setting in one table.
 *
 * Read by the daemon at its start (daemon/config.c) and by whoever documents or checks a configuration. A row
 * of the table is the only place that knows a setting's name, default, range and sentence: reading, the
 * sample file (a test compares the two), the manual page and the hint for a mistyped key all come from it, so
 * that they cannot disagree. Defaults are texts that go through the same reader as the file's values, so that
 * a default outside its own range is found by the first test.
 *
 * Strict on purpose: a daemon that ignores `group` spelt `grupo` opens its socket to the wrong people.
 * Nothing here opens a file: whether paths exist and secrets are secret is for the hands to find out.
 */
#include "lib/settings.h"

#include "lib/base/span.h"
#include "lib/base/text.h"
#include "lib/ini.h"
#include <stdlib.h>
#include <string.h>

#define TEXT(section, key, member, fallback, help)                                                           \
    {                                                                                                        \
        section, key, SETTING_TEXT, fallback, 0, 0, NULL, help, offsetof(struct settings, member)            \
    }
#define PATH(section, key, member, fallback, help)                                                           \
    {                                                                                                        \
        section, key, SETTING_PATH, fallback, 0, 0, NULL, help, offsetof(struct settings, member)            \
    }
#define CHOICE(section, key, member, fallback, choices, help)                                                \
    {                                                                                                        \
        section, key, SETTING_CHOICE, fallback, 0, 0, choices, help, offsetof(struct settings, member)       \
    }
#define INTEGER(section, key, member, fallback, low, high, help)                                             \
    {                                                                                                        \
        section, key, SETTING_INTEGER, fallback, low, high, NULL, help, offsetof(struct settings, member)    \
    }
#define SPAN(section, key, member, fallback, low, high, help)                                                \
    {                                                                                                        \
        section, key, SETTING_SPAN, fallback, low, high, NULL, help, offsetof(struct settings, member)       \
    }
#define OF_DESK(key, member, help)                                                                           \
    {                                                                                                        \
        "desk", key, SETTING_PATH, "", 0, 0, NULL, help, offsetof(struct desk_settings, member)              \
    }
#define NAMES(section, key, member, help)                                                                    \
    {                                                                                                        \
        section, key, SETTING_NAMES, "", 0, 0, NULL, help, offsetof(struct role_settings, member)            \
    }

static const struct setting settings_table[] = {
    OF_DESK("regime", regime, "The desk's regime; empty: the one that [daemon] names."),
    OF_DESK("people", people, "The desk's people; empty: those that [daemon] names."),
    OF_DESK("calendars", calendars, "The desk's directory of calendars; empty: the one that [daemon] names."),
    OF_DESK("templates", templates, "The desk's directory of templates; empty: the one that [daemon] names."),
    PATH("daemon", "socket", socket, "/run/duban/duban.sock",
         "Where clients connect; systemd's duban.socket, when used, must name the same path."),
    TEXT("daemon", "group", group, "duban-clients",
         "The group that may connect; empty leaves the file's group alone."),
    PATH("daemon", "state_directory", state_directory, "/var/lib/duban",
         "A directory of the daemon's own; it becomes HOME of the senders."),
    PATH("daemon", "regime", regime, "/etc/duban/regimes/nq510201.ini",
         "The regime: what is owed to customers, by when, and who is told."),
    PATH("daemon", "people", people, "/etc/duban/people.ini", "Who holds which role and how to reach them."),
    PATH("daemon", "calendars", calendars, "/etc/duban/calendars",
         "The directory of calendars, NAME.ini each."),
    PATH("daemon", "templates", templates, "/etc/duban/templates",
         "The directory of notice templates, LANGUAGE/NAME.txt each."),
    CHOICE("daemon", "log_level", log_level, "info", "error warning info debug", "How much goes to the log."),
    TEXT("database", "conninfo", conninfo, "host=/run/postgresql dbname=duban user=duban_daemon",
         "Where PostgreSQL is, as libpq writes it; name a socket directory or an address, so that nothing is "
         "resolved."),
    SPAN("database", "leader_wait", leader_wait_ms, "30s", 0, MSEC_DAY,
         "How long to wait at the start for another daemon that leads the desk to go."),
    PATH("sender", "program", program, "/usr/libexec/duban-sender", "The program that delivers notices."),
    CHOICE("sender", "transport", transport, "maildir", "maildir smtp",
           "How notices leave: into a Maildir on this machine, or through a mail relay."),
    PATH("sender", "maildir", maildir, "/var/lib/duban/maildir", "The Maildir, for transport = maildir."),
    TEXT("sender", "from_name", from_name, "duban", "The name notices come from."),
    TEXT("sender", "from_address", from_address, "duban@localhost.localdomain",
         "The address notices come from, and bounces return to."),
    TEXT("sender", "domain", domain, "localhost.localdomain",
         "The right side of Message-IDs, and our name in EHLO."),
    INTEGER("sender", "senders", senders, "2", 1, 16, "How many notices are delivered at the same time."),
    SPAN("sender", "deadline", deadline_ms, "120s", 5 * MSEC_SECOND, MSEC_HOUR,
         "A delivery that takes longer is killed and tried again later."),
    TEXT("customer mail", "from_name", customer_from_name, "",
         "The name that customers are written from; empty: none."),
    TEXT("customer mail", "from_address", customer_from_address, "",
         "The address that customers are written from, and their bounces return to; empty: customers are not "
         "written to."),
    TEXT("customer mail", "reply_to", customer_reply_to, "",
         "Where their answers and their wishes to be left alone go; empty: to from_address."),
    TEXT("customer mail", "domain", customer_domain, "",
         "The right side of Message-IDs of mails to customers; empty: that of from_address."),
    INTEGER("customer mail", "rate", customer_rate, "120", 1, 60000,
            "How many mails to customers leave in a minute; those to our own people never wait for them."),
    TEXT("smtp", "host", smtp_host, "", "The relay, for transport = smtp."),
    INTEGER("smtp", "port", smtp_port, "25", 1, 65535, "Its port."),
    CHOICE("smtp", "tls", smtp_tls, "starttls", "starttls no",
           "Whether TLS is required; without it no user and password are sent."),
    PATH("smtp", "ca_file", smtp_ca_file, "",
         "Authorities that may sign the relay's certificate; empty: the system's."),
    TEXT("smtp", "user", smtp_user, "", "Who we log in as; empty: nobody."),
    TEXT("smtp", "password_credential", smtp_password_credential, "",
         "The file with the password: a name in $CREDENTIALS_DIRECTORY or an absolute path, unreadable for "
         "others."),
    TEXT(
        "webhook", "channel", webhook_channel, "",
        "Which notices go to a web service: those that the regime sends by `sms` or by `chat`; empty: none."),
    TEXT("webhook", "url", webhook_url, "", "Where they are posted."),
    TEXT("webhook", "url_credential", webhook_url_credential, "",
         "The file with the URL, when the URL itself is a secret; named like a password's."),
    TEXT("webhook", "secret_credential", webhook_secret_credential, "",
         "The file with the secret that signs them; named like a password's. Empty: they are not signed."),
    CHOICE("webhook", "format", webhook_format, "standard", "standard dingtalk wecom feishu",
           "What the service expects: Standard Webhooks, or the robot of one of these three."),
    PATH("webhook", "ca_file", webhook_ca_file, "",
         "Authorities that may sign the service's certificate; empty: the system's."),
    INTEGER("webhook", "rate", webhook_rate, "20", 1, 6000,
            "How many notices a minute it gets; more are tried again later."),
    NAMES("role", "users", users, "The users who get this role when they connect."),
    NAMES("role", "groups", groups, "The groups whose members get this role when they connect."),
};

#define SETTING_COUNT (sizeof(settings_table) / sizeof(*settings_table))

size_t settings_count(void)
{
    return SETTING_COUNT;
}

const struct setting *settings_at(size_t index)
{
    return &settings_table[index];
}

/* How many letters must change to make one word of the other; words longer than the room count as far apart.
 */
static size_t distance(const char *left, const char *right)
{
    size_t row[INI_KEY_BYTES + 2], length = strlen(right);

    if (length > INI_KEY_BYTES)
        return SIZE_MAX;
    for (size_t i = 0; i <= length; i++)
        row[i] = i;
    for (size_t i = 1; left[i - 1]; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t k = 1; k <= length; k++) {
            size_t changed = diagonal + (left[i - 1] != right[k - 1]);
            size_t inserted = 1 + (row[k] < row[k - 1] ? row[k] : row[k - 1]);

            diagonal = row[k];
            row[k] = changed < inserted ? changed : inserted;
        }
    }
    return row[length];
}

/* The word of the table nearest to `word`: a key of `section`, or with NULL a section. */
static const char *nearest(const char *section, const char *word)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (const struct setting *row = settings_table; row < settings_table + SETTING_COUNT; row++) {
        const char *candidate = section ? row->key : row->section;
        size_t away = distance(word, candidate);

        if ((section && strcmp(section, row->section) != 0) || away >= least)
            continue;
        least = away;
        best = candidate;
    }
    return best;
}

static const char *read_text(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    (void)row;
    *(const char **)at = arena_text(arena, value);
    return NULL;
}

static const char *read_path(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    if (*value && *value != '/')
        return arena_printf(arena, "`%s` is no absolute path (begin it with /)", row->key);
    return read_text(arena, row, value, at);
}

/* Copies the next word of `*cursor`, NULL at the end. */
static char *next_word(struct arena *arena, const char **cursor)
{
    const char *word = *cursor + strspn(*cursor, " \t");
    size_t length = strcspn(word, " \t");

    *cursor = word + length;
    return length ? arena_bytes(arena, word, length) : NULL;
}

static const char *read_choice(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    const char *cursor = row->choices, *word;

    for (int index = 0; (word = next_word(arena, &cursor)); index++) {
        if (strcmp(word, value) != 0)
            continue;
        *(int *)at = index;
        return NULL;
    }
    return arena_printf(arena, "`%s` can't be \"%s\" (one of: %s)", row->key, value, row->choices);
}

static const char *read_integer(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    size_t digits = strspn(value, "0123456789");
    long number = strtol(value, NULL, 10);

    if (digits == 0 || digits > 9 || value[digits] || number < row->low || number > row->high)
        return arena_printf(arena, "`%s` is not a whole number from %ld to %ld", row->key, (long)row->low,
                            (long)row->high);
    *(int *)at = (int)number;
    return NULL;
}

static const char *span_words(struct arena *arena, msec amount)
{
    char words[SPAN_TEXT];

    span_format((struct span){.unit = SPAN_REAL, .amount = amount}, words);
    return arena_text(arena, words);
}

static const char *read_span(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    struct span span;
    enum span_outcome outcome = span_parse(value, &span);

    if (outcome != SPAN_OK)
        return arena_printf(arena, "`%s`: %s", row->key, span_outcome_text(outcome));
    if (span.unit != SPAN_REAL || span.amount < row->low || span.amount > row->high)
        return arena_printf(arena, "`%s` is not from %s to %s of real time", row->key,
                            span_words(arena, row->low), span_words(arena, row->high));
    *(msec *)at = span.amount;
    return NULL;
}

static const char *read_names(struct arena *arena, const struct setting *row, const char *value, void *at)
{
    struct text list;

    (void)row;
    text_init(&list);
    for (value += strspn(value, " \t,"); *value; value += strspn(value, " \t,")) {
        size_t length = strcspn(value, " \t,");

        text_add(&list, list.length ? "," : "");
        text_append(&list, value, length);
        value += length;
    }
    *(const char **)at = arena_text(arena, text_get(&list));
    text_finish(&list);
    return NULL;
}

static const char *read_value(struct arena *arena, const struct setting *row, const char *value, void *base)
{
    static const char *(*const readers[])(struct arena *, const struct setting *, const char *, void *) = {
        [SETTING_TEXT] = read_text,       [SETTING_PATH] = read_path, [SETTING_CHOICE] = read_choice,
        [SETTING_INTEGER] = read_integer, [SETTING_SPAN] = read_span, [SETTING_NAMES] = read_names,
    };

    return readers[row->type](arena, row, value, (char *)base + row->offset);
}

/* What follows `word ` in a section's name, or NULL when the name is another. */
static const char *subject_of(const char *section, const char *word)
{
    size_t length = strlen(word);

    return strncmp(section, word, length) == 0 && section[length] == ' ' ? section + length + 1 : NULL;
}

/* No section opens twice, so no name does. */
static const char *open_desk(struct settings *settings, const char *name)
{
    if (settings->desk_count == SETTINGS_DESKS_MAX)
        return "a daemon leads at most 16 desks (start another daemon for the others)";
    if (strlen(name) > 32 || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")])
        return "this is no name for a desk (up to 32 of a-z, 0-9, _ and -)";
    settings->desks[settings->desk_count++] =
        (struct desk_settings){arena_text(&settings->arena, name), "", "", "", ""};
    return NULL;
}

static const char *open_role(struct settings *settings, const char *name)
{
    struct text known;

    if (access_role_find(name) != ROLE_NONE) {
        settings->roles[settings->role_count++] = (struct role_settings){access_role_find(name), "", ""};
        return NULL; /* each role once: no section opens twice */
    }
    text_init(&known);
    for (enum role role = ROLE_INTAKE; role < ROLE_COUNT; role++)
        text_printf(&known, " %s", access_role_name(role));
    const char *error =
        arena_printf(&settings->arena, "there is no role \"%s\" (one of:%s)", name, text_get(&known));

    text_finish(&known);
    return error;
}

static const char *open_section(struct settings *settings, const char *section)
{
    const char *desk = subject_of(section, "desk"), *role = subject_of(section, "role");

    if (desk)
        return open_desk(settings, desk);
    if (role)
        return open_role(settings, role);
    if (strcmp(section, "desk") == 0 || strcmp(section, "role") == 0)
        return arena_printf(&settings->arena, "[%s] does not say which (write [%s NAME])", section, section);
    for (const struct setting *row = settings_table; row < settings_table + SETTING_COUNT; row++)
        if (strcmp(row->section, section) == 0)
            return NULL;
    return arena_printf(&settings->arena, "there is no section [%s] (do you mean [%s]?)", section,
                        nearest(NULL, section));
}

/* Where a section's settings are kept, and the word its rows have in the table. */
static void *place_of(struct settings *settings, const char *section, const char **ret_table_section)
{
    bool is_desk = subject_of(section, "desk"), is_role = subject_of(section, "role");

    *ret_table_section = is_desk ? "desk" : is_role ? "role" : section;
    if (is_desk)
        return &settings->desks[settings->desk_count - 1];
    return is_role ? (void *)&settings->roles[settings->role_count - 1] : settings;
}

static const char *take(void *context, const char *section, const char *key, const char *value, int line)
{
    struct settings *settings = context;
    const char *table_section;

    (void)line;
    if (!key)
        return open_section(settings, section);
    void *place = place_of(settings, section, &table_section);

    for (const struct setting *row = settings_table; row < settings_table + SETTING_COUNT; row++)
        if (strcmp(row->section, table_section) == 0 && strcmp(row->key, key) == 0)
            return read_value(&settings->arena, row, value, place);
    return arena_printf(&settings->arena, "[%s] has no setting `%s` (do you mean `%s`?)", section, key,
                        nearest(table_section, key));
}

static bool is_of_all(const struct setting *row)
{
    return strcmp(row->section, "role") != 0 && strcmp(row->section, "desk") != 0;
}

static void set_defaults(struct settings *settings)
{
    for (const struct setting *row = settings_table; row < settings_table + SETTING_COUNT; row++)
        if (is_of_all(row) && read_value(&settings->arena, row, row->fallback, settings))
            abort(); /* a default that its own row refuses */
}

/* What only several settings together can get wrong. */
static const char *contradiction(const struct settings *settings)
{
    if (settings->transport == SETTINGS_TRANSPORT_SMTP && !*settings->smtp_host)
        return "[smtp] `host` is missing (or set [sender] `transport = maildir`)";
    if (settings->transport == SETTINGS_TRANSPORT_MAILDIR && !*settings->maildir)
        return "[sender] `maildir` is empty (or set `transport = smtp`)";
    if (*settings->webhook_channel && !*settings->webhook_url == !*settings->webhook_url_credential)
        return "[webhook] needs either `url` or `url_credential` (or no `channel`)";
    if (*settings->webhook_channel && strcmp(settings->webhook_channel, "sms") != 0 &&
        strcmp(settings->webhook_channel, "chat") != 0)
        return "[webhook] `channel` is sms or chat";
    if (!*settings->customer_from_address && (*settings->customer_reply_to || *settings->customer_from_name))
        return "[customer mail] `from_address` is missing: nobody is written to without it";
    if (*settings->customer_from_address && !strchr(settings->customer_from_address, '@'))
        return "[customer mail] `from_address` is no mail address";
    if (*settings->customer_from_address &&
        strcmp(settings->customer_from_address, settings->from_address) == 0)
        return "[customer mail] `from_address` is the one of [sender]: customers don't learn where we write "
               "to our own people from";
    if (*settings->smtp_user && settings->smtp_tls == SETTINGS_TLS_NO)
        return "[smtp] `user` needs `tls = starttls` (a password never leaves in clear text)";
    if (*settings->smtp_user && !*settings->smtp_password_credential)
        return "[smtp] `password_credential` is missing, and there is a `user`";
    return NULL;
}

bool settings_read(const char *file_name, const char *text, size_t length, struct settings *ret_settings,
                   char **ret_error)
{
    *ret_settings = (struct settings){.desk_count = 0};
    arena_init(&ret_settings->arena);
    ret_settings->file_name = arena_text(&ret_settings->arena, file_name);
    set_defaults(ret_settings);
    if (!ini_read(file_name, text, length, NULL, take, ret_settings, ret_error))
        return false;
    if (ret_settings->desk_count == 0)
        open_desk(ret_settings, "main");
    ret_settings->desk = ret_settings->desks[0].name;
    const char *error = contradiction(ret_settings);

    if (!error)
        return true;
    struct text message;

    text_init(&message);
    text_printf(&message, "%s: %s", file_name, error);
    *ret_error = text_take(&message);
    return false;
}

void settings_finish(struct settings *settings)
{
    if (settings)
        arena_finish(&settings->arena);
}

struct settings settings_of_desk(const struct settings *settings, size_t desk)
{
    const struct desk_settings *own = &settings->desks[desk];
    struct settings view = *settings;

    view.desk = own->name;
    view.regime = *own->regime ? own->regime : settings->regime;
    view.people = *own->people ? own->people : settings->people;
    view.calendars = *own->calendars ? own->calendars : settings->calendars;
    view.templates = *own->templates ? own->templates : settings->templates;
    return view;
}
