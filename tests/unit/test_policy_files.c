/*
 * Reading a regime with all that it names: the installed one compiles, its digest depends on what is used and
 * on nothing else, and what is wrong with a file is said with the file's name. Files come from the source
 * tree (DUBAN_SOURCE_ROOT, or the current directory) and from a directory of the test's own.
 */
#include "files/policy_files.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64];

static int make_directory(void **state)
{
    char command[256];
    const char *root = getenv("DUBAN_SOURCE_ROOT");

    (void)state;
    strcpy(directory, "/tmp/duban-files-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(command, sizeof(command), "cp -r %s/etc/. %s", root ? root : ".", directory);
    return system(command);
}

static int remove_directory(void **state)
{
    char command[128];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", directory);
    return system(command);
}

static void write_file(const char *name, const char *bytes, size_t length)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fwrite(bytes, 1, length, file);
    fclose(file);
}

/* Loads from the test's directory; NULL and the policy's digest, or the complaint (malloc'd). */
static char *load(char ret_digest[FILES_DIGEST_TEXT])
{
    char regime[128], people[128], calendars[128], templates[128];
    struct zone_files *zones = zone_files_create(NULL);
    struct policy_files *files;
    struct policy *policy;
    struct roster *roster;

    snprintf(regime, sizeof(regime), "%s/regimes/nq510201.ini", directory);
    snprintf(people, sizeof(people), "%s/people.ini", directory);
    snprintf(calendars, sizeof(calendars), "%s/calendars", directory);
    snprintf(templates, sizeof(templates), "%s/templates", directory);
    const struct policy_paths paths = {
        .regime = regime,
        .people = people,
        .calendars = calendars,
        .templates = templates,
    };
    char *error = policy_files_load(zones, &paths, &files, &policy, &roster);

    if (!error) {
        snprintf(ret_digest, FILES_DIGEST_TEXT, "%s", policy->digest);
        assert_int_equal(strlen(ret_digest), 64);
        assert_true(policy_files_count(files) > 3);
        roster_destroy(roster);
        policy_destroy(policy);
        policy_files_destroy(files);
    }
    zone_files_destroy(zones);
    return error;
}

static void assert_refused(const char *words)
{
    char digest[FILES_DIGEST_TEXT];
    char *error = load(digest);

    assert_non_null(error);
    if (!strstr(error, words))
        print_error("\"%s\" lacks \"%s\"\n", error, words);
    assert_non_null(strstr(error, words));
    free(error);
}

static void test_installed(void **state)
{
    char digest[FILES_DIGEST_TEXT], again[FILES_DIGEST_TEXT];
    char *error = load(digest);

    (void)state;
    if (error)
        print_error("%s\n", error);
    assert_null(error);
    assert_null(load(again));
    assert_string_equal(digest, again);
}

static void test_digest_follows_what_is_used(void **state)
{
    char before[FILES_DIGEST_TEXT], after[FILES_DIGEST_TEXT];
    static const char template[] = "Subject: changed {number}\n\nText\n";

    (void)state;
    assert_null(load(before));
    write_file("templates/zh/unused.txt", template, strlen(template));
    assert_null(load(after));
    assert_string_equal(before, after);
    write_file("templates/en/all_clear.txt", template, strlen(template));
    assert_null(load(after));
    assert_string_not_equal(before, after);
}

static void test_complaints_name_the_file(void **state)
{
    (void)state;
    write_file("calendars/always.ini", "[calendar]\nname = other\n", 24);
    assert_refused("calendars/always.ini");
    write_file("calendars/always.ini", "a\0b", 3);
    assert_refused("always.ini: there is a NUL byte in it");
    char path[128];

    snprintf(path, sizeof(path), "%s/calendars/always.ini", directory);
    assert_int_equal(unlink(path), 0);
    assert_refused("there is no calendar 'always'");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused("always.ini: not a regular file");
}

static void test_missing(void **state)
{
    char path[128];

    (void)state;
    snprintf(path, sizeof(path), "%s/people.ini", directory);
    assert_int_equal(unlink(path), 0);
    assert_refused("people.ini: No such file or directory");
    snprintf(path, sizeof(path), "%s/regimes/nq510201.ini", directory);
    assert_int_equal(unlink(path), 0);
    assert_refused("nq510201.ini: No such file or directory");
}

static void test_reading(void **state)
{
    struct text text;

    (void)state;
    text_init(&text);
    assert_int_equal(files_read("/dev/null", 10, &text), FILES_NOT_REGULAR);
    assert_int_equal(files_read("/nonexistent", 10, &text), -ENOENT);
    write_file("big", "12345678901", 11);
    char path[128], hex[FILES_DIGEST_TEXT];

    snprintf(path, sizeof(path), "%s/big", directory);
    assert_int_equal(files_read(path, 10, &text), FILES_TOO_LARGE);
    text_clear(&text);
    assert_int_equal(files_read(path, 11, &text), FILES_READ);
    assert_string_equal(text_get(&text), "12345678901");
    text_finish(&text);
    files_digest("abc", 3, hex); /* FIPS 180-4, example of SHA-256 */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_zones(void **state)
{
    static const char *const bad[] = {"",        "/etc/passwd", "../../../etc/passwd",
                                      "No/Such", "Asia",        "Asia/Sh anghai"};
    struct zone_files *zones = zone_files_create(NULL);

    (void)state;
    assert_non_null(zone_files_find(zones, "UTC"));
    assert_ptr_equal(zone_files_find(zones, "Asia/Shanghai"), zone_files_find(zones, "Asia/Shanghai"));
    assert_int_equal(zone_offset_s(zone_files_find(zones, "Asia/Shanghai"), 1772413200000), 8 * 3600);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_null(zone_files_find(zones, bad[i]));
    zone_files_destroy(zones);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_installed),
        TEST(test_digest_follows_what_is_used),
        TEST(test_complaints_name_the_file),
        TEST(test_missing),
        TEST(test_reading),
        TEST(test_zones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
