/*
 * The configuration as the daemon sees it.
 *
 * Used by main.c at the start and by station.c on reload. Settings are read once; regime and people may be
 * read again, each desk's by themselves. A load is a proposal: only when the desk has taken it does it become
 * what is in force (config_keep), and only then is the one before let go, because the desk's policy borrows
 * the calendars of its load.
 *
 * Secrets: the daemon never reads the password. It checks that nobody else could, and tells the sender where
 * the file is; a bad mode is reported at the start and not with the first notice.
 */
#include "daemon/config.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SETTINGS_BYTES_MAX ((size_t)256 << 10)
#define SMTP_ANSWER_MIN_S  5
#define SMTP_ANSWER_MAX_S  60

struct config {
    struct settings settings;
    bool borrows_settings; /* of the configuration of all desks */
    struct zone_files *zones;
    struct policy_files *in_force, *proposed;
    struct imported_calendars imported;
    char *tried_name, *former_text; /* an import that is tried, and what there was (NULL: nothing) */
};

char *config_open(const char *file_name, struct config **ret_config)
{
    struct config *config = memory_new(1, sizeof(*config));
    struct text text;

    text_init(&text);
    char *error = files_read_or_say(file_name, SETTINGS_BYTES_MAX, &text);
    bool is_read = !error && settings_read(file_name, text.bytes, text.length, &config->settings, &error);

    text_finish(&text);
    if (!is_read) {
        config_close(config);
        return error;
    }
    config->zones = zone_files_create(NULL);
    *ret_config = config;
    return NULL;
}

struct config *config_of_desk(const struct config *config, size_t desk)
{
    struct config *own = memory_new(1, sizeof(*own));

    own->settings = settings_of_desk(&config->settings, desk);
    own->borrows_settings = true;
    own->zones = zone_files_create(NULL);
    return own;
}

static void end_trial(struct config *config)
{
    free(config->tried_name);
    free(config->former_text);
    config->tried_name = config->former_text = NULL;
}

void config_close(struct config *config)
{
    if (!config)
        return;
    policy_files_destroy(config->proposed);
    policy_files_destroy(config->in_force);
    imported_calendars_finish(&config->imported);
    end_trial(config);
    zone_files_destroy(config->zones);
    if (!config->borrows_settings)
        settings_finish(&config->settings);
    free(config);
}

const struct settings *config_settings(const struct config *config)
{
    return &config->settings;
}

struct imported_calendars *config_imported(struct config *config)
{
    return &config->imported;
}

void config_try_import(struct config *config, const char *name, const char *text)
{
    const char *former = imported_calendars_text(&config->imported, name);

    end_trial(config);
    config->tried_name = memory_text(name);
    config->former_text = former ? memory_text(former) : NULL;
    imported_calendars_set(&config->imported, name, text);
}

static struct zone *find_zone(void *context, const char *name)
{
    return zone_files_find(context, name);
}

char *config_check_calendar(struct config *config, const char *name, const char *text)
{
    char *error = NULL;
    struct calendar *calendar = calendar_compile("text", text, find_zone, config->zones, &error);

    if (calendar && strcmp(calendar_name(calendar), name) != 0 &&
        asprintf(&error, "the calendar in it is named %s", calendar_name(calendar)) < 0)
        abort();
    calendar_destroy(calendar);
    return error;
}

char *config_look(struct config *config, const char *text, struct policy_files **ret_files,
                  struct policy **ret_policy, struct roster **ret_roster)
{
    const struct policy_paths paths = {
        .regime = config->settings.regime,
        .regime_text = text,
        .people = config->settings.people,
        .calendars = config->settings.calendars,
        .templates = config->settings.templates,
        .imported = &config->imported,
    };

    return policy_files_load(config->zones, &paths, ret_files, ret_policy, ret_roster);
}

char *config_load(struct config *config, struct policy **ret_policy, struct roster **ret_roster)
{
    policy_files_destroy(config->proposed);
    config->proposed = NULL;
    return config_look(config, NULL, &config->proposed, ret_policy, ret_roster);
}

void config_keep(struct config *config)
{
    policy_files_destroy(config->in_force);
    config->in_force = config->proposed;
    config->proposed = NULL;
    end_trial(config);
}

void config_discard(struct config *config)
{
    policy_files_destroy(config->proposed);
    config->proposed = NULL;
    if (config->tried_name)
        imported_calendars_set(&config->imported, config->tried_name, config->former_text);
    end_trial(config);
}

const struct policy_files *config_files(const struct config *config)
{
    return config->proposed ? config->proposed : config->in_force;
}

char *config_peers(const struct config *config, struct peer_table **ret_peers)
{
    const struct settings *settings = &config->settings;
    struct peer_table *peers = peer_table_create();

    for (size_t i = 0; i < settings->role_count; i++) {
        const struct role_settings *role = &settings->roles[i];
        char *why = NULL, *error = NULL;
        int outcome = peer_table_add(peers, role->role, *role->users ? role->users : NULL,
                                     *role->groups ? role->groups : NULL, &why);

        if (outcome == PEER_OK)
            continue;
        if (asprintf(&error, "%s: [role %s]: %s", settings->file_name, access_role_name(role->role),
                     why ? why : strerror(-outcome)) < 0)
            abort();
        free(why);
        peer_table_destroy(peers);
        return error;
    }
    *ret_peers = peers;
    return NULL;
}

/* Where a secret stands: absolute, or a name among the credentials systemd gave us. malloc'd; NULL: nowhere.
 */
static char *credential_path(const char *name)
{
    const char *directory = getenv("CREDENTIALS_DIRECTORY");
    char *path = NULL;

    if (name[0] == '/')
        return memory_text(name);
    if (directory && asprintf(&path, "%s/%s", directory, name) < 0)
        abort();
    return path;
}

static void set_text(json_t *object, const char *key, const char *value)
{
    if (value && *value)
        json_object_set_new(object, key, json_string(value));
}

static void set_credential(json_t *object, const char *key, const char *name)
{
    char *path = *name ? credential_path(name) : NULL;

    set_text(object, key, path);
    free(path);
}

/* A sender waits for one answer at most as long as leaves room for others within the job's deadline. */
static json_int_t answer_patience_s(const struct settings *settings)
{
    json_int_t third_s = settings->deadline_ms / 3000;

    if (third_s < SMTP_ANSWER_MIN_S)
        return SMTP_ANSWER_MIN_S;
    return third_s < SMTP_ANSWER_MAX_S ? third_s : SMTP_ANSWER_MAX_S;
}

static json_t *describe_smtp(const struct settings *settings)
{
    static const char *const tls_names[] = {[SETTINGS_TLS_STARTTLS] = "starttls", [SETTINGS_TLS_NO] = "no"};
    json_t *smtp = json_object();

    set_text(smtp, "host", settings->smtp_host);
    json_object_set_new(smtp, "port", json_integer(settings->smtp_port));
    set_text(smtp, "tls", tls_names[settings->smtp_tls]);
    set_text(smtp, "ca_file", settings->smtp_ca_file);
    set_text(smtp, "user", settings->smtp_user);
    if (*settings->smtp_user)
        set_credential(smtp, "password_file", settings->smtp_password_credential);
    json_object_set_new(smtp, "timeout_s", json_integer(answer_patience_s(settings)));
    return smtp;
}

static json_t *describe_webhook(const struct settings *settings)
{
    static const char *const formats[] = {"standard", "dingtalk", "wecom", "feishu"};
    json_t *webhook = json_object();

    set_text(webhook, "channel", settings->webhook_channel);
    set_text(webhook, "url", settings->webhook_url);
    set_credential(webhook, "url_file", settings->webhook_url_credential);
    set_credential(webhook, "secret_file", settings->webhook_secret_credential);
    set_text(webhook, "ca_file", settings->webhook_ca_file);
    set_text(webhook, "format", formats[settings->webhook_format]);
    return webhook;
}

/* Who customers are written by. */
static json_t *describe_customer_mail(const struct settings *settings)
{
    json_t *customer = json_object();

    set_text(customer, "name", settings->customer_from_name);
    set_text(customer, "address", settings->customer_from_address);
    set_text(customer, "reply_to",
             *settings->customer_reply_to ? settings->customer_reply_to : settings->customer_from_address);
    return customer;
}

const char *config_customer_domain(const struct config *config)
{
    const struct settings *settings = &config->settings;
    const char *at = strrchr(settings->customer_from_address, '@');

    return !at ? NULL : *settings->customer_domain ? settings->customer_domain : at + 1;
}

char *config_sender_line(const struct config *config)
{
    const struct settings *settings = &config->settings;
    bool is_smtp = settings->transport == SETTINGS_TRANSPORT_SMTP;
    json_t *line = json_object(), *configure = json_object(), *from = json_object();

    set_text(from, "name", settings->from_name);
    set_text(from, "address", settings->from_address);
    set_text(configure, "transport", is_smtp ? "smtp" : "maildir");
    json_object_set_new(configure, "from", from);
    set_text(configure, "domain", settings->domain);
    if (is_smtp)
        json_object_set_new(configure, "smtp", describe_smtp(settings));
    else
        set_text(configure, "maildir", settings->maildir);
    if (*settings->customer_from_address)
        json_object_set_new(configure, "customer", describe_customer_mail(settings));
    if (*settings->webhook_channel)
        json_object_set_new(configure, "webhook", describe_webhook(settings));
    json_object_set_new(line, "configure", configure);
    char *dumped = json_dumps(line, JSON_COMPACT);

    json_decref(line);
    if (!dumped)
        abort(); /* the strings are UTF-8: the settings' reader saw to it */
    return dumped;
}

static const char *judge_secret(const char *path)
{
    struct stat status;

    if (!path)
        return "there is no CREDENTIALS_DIRECTORY (use LoadCredential= in the unit, or an absolute path)";
    if (stat(path, &status) < 0)
        return strerror(errno);
    if (!S_ISREG(status.st_mode))
        return "not a regular file";
    if (status.st_mode & S_IRWXO)
        return "everybody on this machine can use it (chmod o= it)";
    return NULL;
}

/* NULL, or what is wrong with the file that a setting names; "" names none. */
static char *check_credential(const struct settings *settings, const char *setting, const char *name)
{
    char *path = *name ? credential_path(name) : NULL, *error = NULL;
    const char *wrong = *name ? judge_secret(path) : NULL;

    if (wrong &&
        asprintf(&error, "%s: %s %s: %s", settings->file_name, setting, path ? path : name, wrong) < 0)
        abort();
    free(path);
    return error;
}

char *config_check_secrets(const struct config *config)
{
    const struct settings *settings = &config->settings;
    bool logs_in = settings->transport == SETTINGS_TRANSPORT_SMTP && *settings->smtp_user;
    bool has_webhook = *settings->webhook_channel;
    char *error = logs_in ? check_credential(settings, "[smtp] `password_credential`",
                                             settings->smtp_password_credential)
                          : NULL;

    if (!error && has_webhook)
        error = check_credential(settings, "[webhook] `url_credential`", settings->webhook_url_credential);
    if (!error && has_webhook)
        error =
            check_credential(settings, "[webhook] `secret_credential`", settings->webhook_secret_credential);
    return error;
}
