/*
 * A ticket's list of pauses: its order, and the stretches in which a clock stands, against a row of minutes
 * that knows nothing of lists. What the stretches do to a deadline is shown by stories
 * (tests/scenario/DOM-06-pauses.scenario) and by property_judge.
 */
#include "lib/pause.h"

#include "lib/ticket.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define A UINT32_C(1)
#define B UINT32_C(2)
#define C UINT32_C(4)

enum { MINUTES = 40 };

static void pause_for(struct ticket *ticket, uint16_t number, uint8_t reason, msec from_at, msec to_at)
{
    pause_add(ticket,
              &(struct pause){.from_at = from_at, .to_at = to_at, .number = number, .reason = reason});
}

struct stretch {
    msec from_at, to_at;
};

static void assert_stretches(const struct ticket *ticket, uint32_t reasons, msec after_at,
                             const struct stretch *expected)
{
    struct pause_walk walk = pause_walk(ticket, reasons, after_at);
    msec from_at, to_at;

    for (; expected->to_at; expected++) {
        assert_true(pause_walk_next(&walk, &from_at, &to_at));
        assert_int_equal(from_at, expected->from_at);
        assert_int_equal(to_at, expected->to_at);
    }
    assert_false(pause_walk_next(&walk, &from_at, &to_at));
}

#define ASSERT_STRETCHES(ticket, reasons, after_at, ...)                                                     \
    assert_stretches(ticket, reasons, after_at, (const struct stretch[]){__VA_ARGS__{0, 0}})
#define FROM(at, to)                                                                                         \
    {                                                                                                        \
        at, to                                                                                               \
    }

static void no_pauses_cost_nothing(void **state)
{
    struct ticket ticket = {0};

    (void)state;
    ASSERT_STRETCHES(&ticket, UINT32_MAX, 0, );
    assert_int_equal(pause_reasons(&ticket), 0);
    assert_null(pause_lasting(&ticket, 0));
    assert_int_equal(pause_last_end(&ticket, UINT32_MAX), INT64_MIN);
    assert_false(pause_touches(&ticket, UINT32_MAX, 0, NEVER));
    assert_null(ticket.rare);
}

static void the_list_rises_however_it_was_recorded(void **state)
{
    struct ticket ticket = {0};
    /* of two that begin together the one recorded first comes first */
    static const uint16_t order[] = {3, 1, 2, 4, 5};

    (void)state;
    pause_for(&ticket, 1, 0, 20, 30);
    pause_for(&ticket, 2, 1, 20, 25);
    pause_for(&ticket, 5, 0, 60, NEVER);
    pause_for(&ticket, 4, 1, 60, 70);
    pause_for(&ticket, 3, 2, 10, 12);
    assert_int_equal(ticket_rare(&ticket)->pause_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(ticket_rare(&ticket)->pauses[i].number, order[i]);
    assert_int_equal(pause_reasons(&ticket), A);
    assert_int_equal(pause_lasting(&ticket, 0)->number, 5);
    assert_null(pause_lasting(&ticket, 1));
    ticket_free_rare(&ticket);
}

static void stretches_unite_where_they_touch(void **state)
{
    struct ticket ticket = {0};

    (void)state;
    pause_for(&ticket, 1, 0, 10, 20);
    pause_for(&ticket, 2, 1, 20, 30); /* goes on where the first ends */
    pause_for(&ticket, 3, 0, 22, 25); /* within */
    pause_for(&ticket, 4, 2, 40, 50);
    pause_for(&ticket, 5, 0, 60, 60); /* resumed at once */
    pause_for(&ticket, 6, 1, 70, NEVER);
    pause_for(&ticket, 7, 2, 75, 80);
    ASSERT_STRETCHES(&ticket, A | B | C, 0, FROM(10, 30), FROM(40, 50), FROM(70, NEVER), );
    ASSERT_STRETCHES(&ticket, A, 0, FROM(10, 20), FROM(22, 25), );
    ASSERT_STRETCHES(&ticket, C, 0, FROM(40, 50), FROM(75, 80), );
    ASSERT_STRETCHES(&ticket, A | B, 20, FROM(20, 30), FROM(70, NEVER), );
    ASSERT_STRETCHES(&ticket, A, 24, FROM(24, 25), );
    ASSERT_STRETCHES(&ticket, A, 25, );
    assert_int_equal(pause_last_end(&ticket, A), 25);
    assert_int_equal(pause_last_end(&ticket, A | B), NEVER);
    assert_false(pause_touches(&ticket, A | B, 30, 70)); /* neither its end nor its beginning is inside */
    assert_true(pause_touches(&ticket, A | B, 30, 71));
    assert_true(pause_touches(&ticket, A | B, 29, 70));
    assert_false(pause_touches(&ticket, 0, 0, NEVER));
    ticket_free_rare(&ticket);
}

/* ---- against a row of minutes ---- */

static uint32_t next_number(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 16) % below;
}

static void assert_like_minutes(const struct ticket *ticket, uint32_t reasons, msec after_at)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    bool stands[MINUTES] = {false}, walked[MINUTES] = {false};
    struct pause_walk walk = pause_walk(ticket, reasons, after_at);
    msec from_at, to_at, last_to_at = INT64_MIN;

    for (uint16_t i = 0; i < rare->pause_count; i++)
        for (msec at = 0; at < MINUTES; at++)
            stands[at] |= (reasons >> rare->pauses[i].reason & 1) && at >= after_at &&
                          rare->pauses[i].from_at <= at && at < rare->pauses[i].to_at;
    while (pause_walk_next(&walk, &from_at, &to_at)) {
        assert_true(from_at < to_at && from_at > last_to_at); /* they neither touch nor overlap */
        last_to_at = to_at;
        for (msec at = from_at; at < to_at && at < MINUTES; at++)
            walked[at] = true;
    }
    assert_memory_equal(stands, walked, sizeof(stands));
    for (msec from = after_at; from < MINUTES; from += 7) {
        bool is_touched = false;

        for (msec at = from; at < from + 5 && at < MINUTES; at++)
            is_touched |= stands[at];
        if (from + 5 <= MINUTES)
            assert_int_equal(pause_touches(ticket, reasons, from, from + 5), is_touched);
    }
}

static void stretches_are_the_minutes_in_which_it_stands(void **state)
{
    uint32_t seed = 20260302;

    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct ticket ticket = {0};
        uint32_t count = 1 + next_number(&seed, 8);

        for (uint16_t i = 0; i < count; i++) {
            msec from_at = next_number(&seed, MINUTES), length = next_number(&seed, 12);

            pause_for(&ticket, (uint16_t)(i + 1), (uint8_t)next_number(&seed, 3), from_at,
                      length == 11 ? NEVER : from_at + length);
        }
        for (uint32_t reasons = 0; reasons < 8; reasons++)
            assert_like_minutes(&ticket, reasons, next_number(&seed, MINUTES));
        ticket_free_rare(&ticket);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_pauses_cost_nothing),
        cmocka_unit_test(the_list_rises_however_it_was_recorded),
        cmocka_unit_test(stretches_unite_where_they_touch),
        cmocka_unit_test(stretches_are_the_minutes_in_which_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
