/*
 * What the worker makes of the words of servers: queue ids, and details that end in answers.
 */
#include "daemon/sender/answer.h"
#include "daemon/sender/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_queue_ids(void **state)
{
    static const struct {
        const char *text, *id;
    } samples[] = {
        {"2.0.0 Ok: queued as 4ABC\r\n", "4ABC"},
        {"Ok: queued as 4ABC", "4ABC"},
        {"Mail OK queued as smtp2,bmKAfdsf", "smtp2"},
        {"OK id=1rAbCd-0001xY-2z", "1rAbCd-0001xY-2z"},
        {"9c2ad5ce Message accepted for delivery", "9c2ad5ce"},
        {"2.0.0 6AB1234x Message accepted for delivery", "6AB1234x"},
        {"ok 1772413200 qp 5678", "5678"},
        {"2.6.0 <a@b> [InternalId=1234, Hostname=x] Queued mail for delivery", "1234"},
        {"Ok", ""},
        {"", ""},
        {"queued as ", ""},
        {"queued as \x1b[2J", ""},
    };
    char id[16];

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        relay_queue_id(samples[i].text, id, sizeof id);
        assert_string_equal(id, strlen(samples[i].id) < sizeof id ? samples[i].id : "1rAbCd-0001xY-2");
    }
}

static void test_details(void **state)
{
    struct answer answer = {0};
    char longest[2000];

    (void)state;
    answer_detail(&answer, "550 %s", "no\r\nsuch \x1b[2J\t user\x01 ");
    assert_string_equal(answer.detail, "550 no such [2J user");
    answer_detail(&answer, "%s", "bad \xff\xfe督");
    assert_string_equal(answer.detail, "bad \xef\xbf\xbd\xef\xbf\xbd督");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    answer_detail(&answer, "%s", longest);
    assert_int_equal(strlen(answer.detail), sizeof answer.detail - 1);
    for (size_t i = 0; i + 3 < sizeof longest; i += 3)
        memcpy(longest + i, "督", 3);
    answer_detail(&answer, "a%s", longest); /* no character is cut in two */
    assert_int_equal((strlen(answer.detail) - 1) % 3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue_ids),
        cmocka_unit_test(test_details),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
