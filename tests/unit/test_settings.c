/*
 * What duban.ini may say and what it is refused for; and that the sample which is installed says the same as
 * the table of settings: every row with its sentence and its default, and nothing that the table does not
 * know. The sample is found through DUBAN_SOURCE_ROOT, or in the current directory.
 */
#include "lib/settings.h"

#include "lib/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool read_settings(const char *text, struct settings *settings, char **ret_error)
{
    return settings_read("duban.ini", text, strlen(text), settings, ret_error);
}

static void test_defaults(void **state)
{
    struct settings settings;
    char *error = NULL;

    (void)state;
    assert_true(read_settings("", &settings, &error));
    assert_null(error);
    assert_string_equal(settings.desk, "main");
    assert_string_equal(settings.socket, "/run/duban/duban.sock");
    assert_int_equal(settings.transport, SETTINGS_TRANSPORT_MAILDIR);
    assert_int_equal(settings.log_level, 2);
    assert_int_equal(settings.senders, 2);
    assert_int_equal(settings.deadline_ms, 120000);
    assert_int_equal(settings.smtp_tls, SETTINGS_TLS_STARTTLS);
    assert_int_equal(settings.role_count, 0);
    settings_finish(&settings);
}

static void test_values(void **state)
{
    static const char text[] = "[desk north]\n"
                               "[daemon]\nsocket = /tmp/s ; here\nlog_level = debug\ngroup =\n"
                               "[sender]\ntransport = smtp\nsenders = 16\ndeadline = 1m30s\n"
                               "[smtp]\nhost = relay.example\nport = 587\nuser = duban\n"
                               "password_credential = smtp-password\n"
                               "[role admin]\nusers = root  wang.li\n"
                               "[role intake]\ngroups = desk\n";
    struct settings settings;
    char *error = NULL;

    (void)state;
    assert_true(read_settings(text, &settings, &error));
    assert_string_equal(settings.desk, "north");
    assert_string_equal(settings.socket, "/tmp/s");
    assert_string_equal(settings.group, "");
    assert_int_equal(settings.log_level, 3);
    assert_int_equal(settings.transport, SETTINGS_TRANSPORT_SMTP);
    assert_int_equal(settings.senders, 16);
    assert_int_equal(settings.deadline_ms, 90000);
    assert_string_equal(settings.smtp_password_credential, "smtp-password");
    assert_int_equal(settings.role_count, 2);
    assert_int_equal(settings.roles[0].role, ROLE_ADMIN);
    assert_string_equal(settings.roles[0].users, "root,wang.li");
    assert_string_equal(settings.roles[0].groups, "");
    assert_int_equal(settings.roles[1].role, ROLE_INTAKE);
    assert_string_equal(settings.roles[1].groups, "desk");
    settings_finish(&settings);
}

struct refusal {
    const char *text, *error;
};

static void test_refusals(void **state)
{
    static const struct refusal refusals[] = {
        {"[daemon]\nsoket = /tmp/s\n",
         "duban.ini:2: [daemon] has no setting `soket` (do you mean `socket`?)"},
        {"[deamon]\n", "duban.ini:1: there is no section [deamon] (do you mean [daemon]?)"},
        {"[role]\n", "duban.ini:1: [role] does not say which (write [role NAME])"},
        {"[desk]\n", "duban.ini:1: [desk] does not say which (write [desk NAME])"},
        {"[desk main]\nregimes = /x\n",
         "duban.ini:2: [desk main] has no setting `regimes` (do you mean `regime`?)"},
        {"[desk main]\npeople = x\n", "duban.ini:2: `people` is no absolute path (begin it with /)"},
        {"[desk a]\n[desk b]\n[desk c]\n[desk d]\n[desk e]\n[desk f]\n[desk g]\n[desk h]\n[desk i]\n[desk "
         "j]\n"
         "[desk k]\n[desk l]\n[desk m]\n[desk n]\n[desk o]\n[desk p]\n[desk q]\n",
         "duban.ini:17: a daemon leads at most 16 desks (start another daemon for the others)"},
        {"[desk Main]\n", "duban.ini:1: this is no name for a desk (up to 32 of a-z, 0-9, _ and -)"},
        {"[role boss]\n", "duban.ini:1: there is no role \"boss\" (one of: intake handler department_head "
                          "service_head leadership auditor gateway admin)"},
        {"[role admin]\nuser = root\n",
         "duban.ini:2: [role admin] has no setting `user` (do you mean `users`?)"},
        {"[daemon]\nsocket = s\n", "duban.ini:2: `socket` is no absolute path (begin it with /)"},
        {"[daemon]\nlog_level = loud\n",
         "duban.ini:2: `log_level` can't be \"loud\" (one of: error warning info debug)"},
        {"[sender]\nsenders = 17\n", "duban.ini:2: `senders` is not a whole number from 1 to 16"},
        {"[sender]\nsenders = 0x2\n", "duban.ini:2: `senders` is not a whole number from 1 to 16"},
        {"[sender]\nsenders = 4294967298\n", "duban.ini:2: `senders` is not a whole number from 1 to 16"},
        {"[sender]\ndeadline = 1s\n", "duban.ini:2: `deadline` is not from 5s to 1h of real time"},
        {"[sender]\ndeadline = 3bh\n", "duban.ini:2: `deadline` is not from 5s to 1h of real time"},
        {"[sender]\ntransport = smtp\n",
         "duban.ini: [smtp] `host` is missing (or set [sender] `transport = maildir`)"},
        {"[smtp]\nuser = u\ntls = no\n",
         "duban.ini: [smtp] `user` needs `tls = starttls` (a password never leaves in clear text)"},
        {"[smtp]\nuser = u\n", "duban.ini: [smtp] `password_credential` is missing, and there is a `user`"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
        struct settings settings;
        char *error = NULL;

        assert_false(read_settings(refusals[i].text, &settings, &error));
        assert_string_equal(error, refusals[i].error);
        free(error);
        settings_finish(&settings);
    }
}

static void test_desks_of_their_own(void **state)
{
    static const char text[] = "[daemon]\nregime = /all.ini\npeople = /all\n"
                               "[desk north]\nregime = /north.ini\n"
                               "[role admin]\nusers = root\n"
                               "[desk south]\npeople = /south\ncalendars = /c\ntemplates = /t\n";
    struct settings settings;
    char *error = NULL;

    (void)state;
    assert_true(read_settings(text, &settings, &error));
    assert_int_equal(settings.desk_count, 2);
    struct settings north = settings_of_desk(&settings, 0), south = settings_of_desk(&settings, 1);

    assert_string_equal(north.desk, "north");
    assert_string_equal(north.regime, "/north.ini");
    assert_string_equal(north.people, "/all");
    assert_string_equal(north.calendars, settings.calendars);
    assert_string_equal(south.desk, "south");
    assert_string_equal(south.regime, "/all.ini");
    assert_string_equal(south.people, "/south");
    assert_string_equal(south.calendars, "/c");
    assert_string_equal(south.templates, "/t");
    assert_string_equal(south.socket, settings.socket);
    assert_string_equal(settings.roles[0].users, "root");
    settings_finish(&settings);
}

static void test_double_and_bare(void **state)
{
    static const char *const texts[] = {
        "[daemon]\ngroup = a\ngroup = b\n",
        "[daemon]\n[daemon]\n",
        "[sender]\ndeadline = 90\n",
        "group = a\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct settings settings;
        char *error = NULL;

        assert_false(read_settings(texts[i], &settings, &error));
        assert_non_null(strstr(error, "duban.ini:"));
        free(error);
        settings_finish(&settings);
    }
}

static char *read_sample(void)
{
    const char *root = getenv("DUBAN_SOURCE_ROOT");
    struct text path, sample;
    char bytes[4096];
    size_t got;

    text_init(&path);
    text_init(&sample);
    text_printf(&path, "%s/etc/duban.ini", root ? root : ".");
    FILE *file = fopen(text_get(&path), "re");

    assert_non_null(file);
    while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
        text_append(&sample, bytes, got);
    fclose(file);
    text_finish(&path);
    return text_take(&sample);
}

static void test_sample_has_every_setting(void **state)
{
    char *sample = read_sample();

    (void)state;
    for (size_t i = 0; i < settings_count(); i++) {
        const struct setting *row = settings_at(i);
        struct text wanted;

        text_init(&wanted);
        text_printf(&wanted, "\n; %s\n;%s =%s%s\n", row->help, row->key, *row->fallback ? " " : "",
                    row->fallback);
        if (!strstr(sample, text_get(&wanted)))
            print_error("the sample lacks:%s", text_get(&wanted));
        assert_non_null(strstr(sample, text_get(&wanted)));
        text_finish(&wanted);
    }
    free(sample);
}

/* Everything that the sample comments out is a setting with its default: with all of it in force nothing
 * changes. */
static void test_sample_says_nothing_else(void **state)
{
    char *sample = read_sample(), *error = NULL, *rest = sample, *line;
    struct text bared;
    struct settings settings;
    size_t bared_count = 0;

    (void)state;
    text_init(&bared);
    while ((line = strsep(&rest, "\n"))) {
        bool is_setting = line[0] == ';' && line[1] >= 'a' && line[1] <= 'z';

        bared_count += is_setting;
        if (strcmp(line, "users = root") != 0)
            text_printf(&bared, "%s\n", line + is_setting);
    }
    assert_int_equal(bared_count, settings_count());
    if (!read_settings(text_get(&bared), &settings, &error))
        print_error("%s\n", error);
    assert_null(error);
    assert_string_equal(settings.desk, "main");
    assert_string_equal(settings.program, "/usr/libexec/duban-sender");
    settings_finish(&settings);
    text_finish(&bared);
    free(sample);
}

static void test_sample_as_installed(void **state)
{
    char *sample = read_sample(), *error = NULL;
    struct settings settings;

    (void)state;
    if (!read_settings(sample, &settings, &error))
        print_error("%s\n", error);
    assert_null(error);
    assert_string_equal(settings.roles[0].users, "root");
    settings_finish(&settings);
    free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_desks_of_their_own),
        cmocka_unit_test(test_desks_of_their_own),
        cmocka_unit_test(test_double_and_bare),
        cmocka_unit_test(test_sample_has_every_setting),
        cmocka_unit_test(test_sample_says_nothing_else),
        cmocka_unit_test(test_sample_as_installed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
