/*
 * One call, one line, whatever the values contain: nobody forges a line or a key through a customer's name.
 */
#include "daemon/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int saved_stderr, reading_end;

static void redirect(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    reading_end = ends[0];
}

/* What was written since redirect(), from `event=` on. */
static const char *written(void)
{
    static char bytes[20000];

    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    ssize_t got = read(reading_end, bytes, sizeof(bytes) - 1);

    close(reading_end);
    bytes[got > 0 ? got : 0] = '\0';
    char *start = strstr(bytes, "event=");

    return start ? start : "";
}

static void test_values(void **state)
{
    (void)state;
    log_open(LOG_LEVEL_INFO);
    redirect();
    log_info("event=x plain=%s spaced=%s empty=%s none=%s n=%d u=%lu z=%zu hex=%x percent=100%%", "abc",
             "a b", "", getenv("DUBAN_NO_SUCH_VARIABLE"), -3, 7ul, sizeof(char), 255u);
    assert_string_equal(
        written(), "event=x plain=abc spaced=\"a b\" empty=\"\" none=- n=-3 u=7 z=1 hex=ff percent=100%\n");
}

static void test_injection(void **state)
{
    (void)state;
    redirect();
    log_info("event=x customer=%s", "Wang\nevent=forged level=\"error\" \\ \x1b[2J\r\x7f");
    assert_string_equal(
        written(), "event=x customer=\"Wang\\nevent=forged level=\\\"error\\\" \\\\ \\x1b[2J\\x0d\\x7f\"\n");
    redirect();
    log_note("event=note text=a\nevent=forged");
    assert_string_equal(written(), "event=note text=a\\nevent=forged\n");
}

static void test_levels(void **state)
{
    enum log_level level;

    (void)state;
    assert_true(log_level_find("debug", &level));
    assert_int_equal(level, LOG_LEVEL_DEBUG);
    assert_false(log_level_find("loud", &level));
    redirect();
    log_debug("event=quiet");
    log_set_level(LOG_LEVEL_ERROR);
    log_warning("event=quiet");
    log_note("event=quiet");
    log_error("event=said");
    log_set_level(LOG_LEVEL_INFO);
    assert_string_equal(written(), "event=said\n");
}

static void test_long_line(void **state)
{
    char value[10000];

    (void)state;
    memset(value, 'a', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    redirect();
    log_info("event=x value=%s", value);
    const char *line = written();

    assert_true(strlen(line) < 8300);
    assert_int_equal(line[strlen(line) - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_injection),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_long_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
