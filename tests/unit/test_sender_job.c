/*
 * Job lines and the configuration line.
 */
#include "daemon/sender/configure.h"
#include "daemon/sender/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define WHOLE                                                                                                \
    "{\"notice\":\"123\",\"attempt\":2,\"message_id\":\"<n123.1.main@example.com>\","                        \
    "\"date\":\"2026-03-02T09:00:00+08:00\",\"to\":{\"name\":\"张伟\",\"address\":\"zhang@example.com\"}," \
    "\"subject\":\"s\",\"text\":\"t\",\"lang\":\"en\",\"thread\":\"<t45.main@example.com>\","                \
    "\"ticket\":\"NR-1\",\"template\":\"contact_breach\",\"unknown\":[1]}"
#define LEAST                                                                                                \
    "\"message_id\":\"<a@b>\",\"date\":\"2026-03-02T09:00:00Z\",\"to\":{\"address\":\"a@b\"},\"subject\":"   \
    "\"s\","                                                                                                 \
    "\"text\":\"t\"}"

static void test_whole_job(void **state)
{
    struct job job;
    char error[FIELD_ERROR];

    (void)state;
    assert_int_equal(job_read(WHOLE, strlen(WHOLE), &job, error), JOB_OK);
    assert_string_equal(job.notice, "123");
    assert_int_equal(job.attempt, 2);
    assert_string_equal(job.message_id, "<n123.1.main@example.com>");
    assert_string_equal(job.thread, "<t45.main@example.com>");
    assert_string_equal(job.to.name, "张伟");
    assert_string_equal(job.to.address, "zhang@example.com");
    assert_string_equal(job.lang, "en");
    assert_string_equal(job.template_name, "contact_breach");
    job_finish(&job);
}

static void test_least_job(void **state)
{
    const char line[] = "{\"notice\":\"1\",\"attempt\":1," LEAST;
    struct job job;
    char error[FIELD_ERROR];

    (void)state;
    assert_int_equal(job_read(line, strlen(line), &job, error), JOB_OK);
    assert_null(job.to.name);
    assert_null(job.thread);
    assert_string_equal(job.lang, "zh");
    job_finish(&job);
    job_finish(NULL);
}

static void test_malformed_jobs(void **state)
{
    static const struct {
        const char *line, *notice, *error;
        int attempt;
    } samples[] = {
        {"", NULL, "job: not a JSON object", 0},
        {"nonsense", NULL, "job: not a JSON object", 0},
        {"[1]", NULL, "job: not a JSON object", 0},
        {"{\"notice\":\"1\",\"notice\":\"2\"}", NULL, "job: not a JSON object", 0},
        {"{\"notice\":\"1\\u0000\"}", NULL, "job: not a JSON object", 0},
        {"{\"notice\":\"1\",\"attempt\":1}", "1", "job: field message_id: is missing", 1},
        {"{\"notice\":\"a/b\",\"attempt\":3}", NULL,
         "job: field notice: is not 1 to 40 letters, digits, _ or -", 3},
        {"{\"notice\":\"1\",\"attempt\":0," LEAST, "1", "job: field attempt: is not a whole number from 1",
         0},
        {"{\"notice\":\"1\",\"attempt\":1.5," LEAST, "1", "job: field attempt: is not a whole number from 1",
         0},
        {"{\"notice\":\"1\",\"attempt\":1,\"lang\":\"<\"," LEAST, "1",
         "job: field lang: is not a language tag", 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct job job;
        char error[FIELD_ERROR];

        assert_int_equal(job_read(samples[i].line, strlen(samples[i].line), &job, error), JOB_MALFORMED);
        assert_string_equal(error, samples[i].error);
        assert_int_equal(job.attempt, samples[i].attempt);
        if (samples[i].notice)
            assert_string_equal(job.notice, samples[i].notice);
        else
            assert_null(job.notice);
        job_finish(&job);
    }
}

#define FROM "\"from\":{\"name\":\"督办\",\"address\":\"duban@example.com\"},\"domain\":\"example.com\""
#define SMTP(more)                                                                                           \
    "{\"configure\":{\"transport\":\"smtp\"," FROM ",\"smtp\":{\"host\":\"127.0.0.1\"" more "}}}"

static void test_configurations(void **state)
{
    static const struct {
        const char *line, *error;
    } samples[] = {
        {"{\"configure\":{\"transport\":\"maildir\",\"maildir\":\"/m\"," FROM "}}", NULL},
        {SMTP(",\"port\":25,\"tls\":\"no\""), NULL},
        {SMTP(",\"port\":587,\"tls\":\"starttls\",\"user\":\"u\",\"password_file\":\"/p\",\"timeout_s\":9"),
         NULL},
        {"", "configure: the first line is not {\"configure\":{...}}"},
        {"{\"notice\":\"1\"}", "configure: the first line is not {\"configure\":{...}}"},
        {"{\"configure\":{}}", "configure.transport: is neither \"maildir\" nor \"smtp\""},
        {"{\"configure\":{\"transport\":\"smtp\"," FROM "}}", "configure.smtp.host: is missing"},
        {"{\"configure\":{\"transport\":\"maildir\"," FROM "}}", "configure.maildir: is missing"},
        {SMTP(",\"tls\":\"no\""), "configure.smtp.port: is not a whole number from 1 to 65535"},
        {SMTP(",\"port\":\"25\",\"tls\":\"no\""),
         "configure.smtp.port: is not a whole number from 1 to 65535"},
        {SMTP(",\"port\":65536,\"tls\":\"no\""),
         "configure.smtp.port: is not a whole number from 1 to 65535"},
        {SMTP(",\"port\":25,\"tls\":\"no\",\"timeout_s\":0"),
         "configure.smtp.timeout_s: is not a whole number from 1 to 600"},
        {SMTP(",\"port\":25"), "configure.smtp.tls: is neither \"no\" nor \"starttls\""},
        {SMTP(",\"port\":25,\"tls\":\"starttls\",\"user\":\"u\""),
         "configure.smtp.password_file: is missing, and there is a user"},
        {SMTP(",\"port\":25,\"tls\":\"no\",\"user\":\"u\",\"password_file\":\"/p\""),
         "configure.smtp.user: needs \"tls\":\"starttls\", a password never goes out in clear text"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct configure configure;
        char error[FIELD_ERROR] = "";
        int outcome = configure_read(samples[i].line, strlen(samples[i].line), &configure, error);

        assert_string_equal(error, samples[i].error ? samples[i].error : "");
        assert_int_equal(outcome, samples[i].error ? FIELD_WRONG : FIELD_OK);
        configure_finish(&configure);
    }
    configure_finish(NULL);
}

static void test_configuration_values(void **state)
{
    const char line[] = SMTP(",\"port\":587,\"tls\":\"starttls\",\"ca_file\":\"/ca\",\"timeout_s\":9");
    struct configure configure;
    char error[FIELD_ERROR];

    (void)state;
    assert_int_equal(configure_read(line, strlen(line), &configure, error), FIELD_OK);
    assert_int_equal(configure.transport, TRANSPORT_SMTP);
    assert_int_equal(configure.smtp.port, 587);
    assert_int_equal(configure.smtp.timeout_ms, 9000);
    assert_true(configure.smtp.starttls);
    assert_string_equal(configure.smtp.ca_file, "/ca");
    assert_string_equal(configure.from.name, "督办");
    assert_int_equal(configure_load_password(&configure, error), FIELD_OK); /* no user, no file */
    configure_finish(&configure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_job),
        cmocka_unit_test(test_least_job),
        cmocka_unit_test(test_malformed_jobs),
        cmocka_unit_test(test_configurations),
        cmocka_unit_test(test_configuration_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
