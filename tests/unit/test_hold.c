/* Trays: the earliest instant first, in the order of notices, whatever is added, changed, removed and
 * renamed. */
#include "lib/hold.h"

#include "lib/base/hash.h"
#include "lib/policy.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOTICES 600u
#define PEOPLE  7u

static struct outbox *outbox;
static struct holds *holds;

static int set_up(void **state)
{
    (void)state;
    outbox = outbox_create();
    holds = holds_create();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    holds_destroy(holds);
    outbox_destroy(outbox);
    return 0;
}

static void hold(uint64_t notice, uint16_t person, enum hold why, msec until_at)
{
    struct outbox_entry entry = {
        .notice = notice, .person = person, .rule = 0, .role = 0, .state = OUTBOX_HELD};
    struct held held = {.until_at = until_at, .why = (uint8_t)why};

    holds_add(holds, outbox, outbox_add(outbox, NULL, &entry), &held);
}

static void drop(uint64_t notice)
{
    struct outbox_entry *entry = outbox_find(outbox, notice);

    holds_remove(holds, entry);
    outbox_drop(outbox, NULL, entry);
}

/* What the model knows of a notice; person TICKET_NOBODY + 1 is none. */
static struct {
    bool waits;
    uint16_t person;
    uint8_t why;
    msec until_at;
} model[NOTICES + 1];

static void hold_against_model(void)
{
    msec next_at = NEVER;
    size_t counts[HOLD_COUNT] = {0};
    uint16_t person;

    for (uint64_t id = 1; id <= NOTICES; id++) {
        if (!model[id].waits)
            continue;
        next_at = model[id].until_at < next_at ? model[id].until_at : next_at;
        counts[HOLD_NONE]++;
        counts[model[id].why]++;
    }
    assert_int_equal(holds_next_at(holds, &person), next_at);
    for (enum hold why = 0; why < HOLD_COUNT; why++)
        assert_int_equal(holds_count(holds, why), counts[why]);
    for (uint16_t who = 0; who <= PEOPLE; who++) {
        const struct held *held = holds_first(holds, who == PEOPLE ? TICKET_NOBODY : who);

        for (uint64_t id = 1; id <= NOTICES; id++) {
            if (!model[id].waits || model[id].person != (who == PEOPLE ? TICKET_NOBODY : who))
                continue;
            assert_non_null(held);
            assert_int_equal(held->notice, id);
            assert_int_equal(held->until_at, model[id].until_at);
            held = holds_next(holds, held);
        }
        assert_null(held);
    }
}

static void keeps_the_order_of_notices(void **state)
{
    uint64_t chance = 11;

    (void)state;
    for (size_t round = 0; round < 4000; round++) {
        uint64_t luck = hash_number(chance++), id = 1 + hash_number(chance++) % NOTICES;
        uint8_t why = (uint8_t)(1 + luck % (HOLD_COUNT - 1));
        msec until_at = luck % 5 ? (msec)(luck >> 8) % 100 : NEVER;

        if (!model[id].waits) {
            model[id].waits = true;
            model[id].person = luck % 9 ? (uint16_t)(hash_number(chance++) % PEOPLE) : TICKET_NOBODY;
            hold(id, model[id].person, (enum hold)why, until_at);
        } else if (luck % 2) {
            holds_change(holds, outbox_find(outbox, id), (enum hold)why, until_at);
        } else {
            model[id].waits = false;
            drop(id);
        }
        model[id].why = why;
        model[id].until_at = until_at;
        if (round % 50 == 0)
            hold_against_model();
    }
    hold_against_model();
}

static void one_digest_at_a_time_is_gathered(void **state)
{
    (void)state;
    assert_int_equal(holds_digest_at(holds, 3), NEVER);
    hold(1, 3, HOLD_QUIET, 50);
    assert_int_equal(holds_digest_at(holds, 3), NEVER);
    hold(2, 3, HOLD_BUDGET, 90);
    hold(3, 3, HOLD_BUDGET, 90);
    assert_int_equal(holds_digest_at(holds, 3), 90);
    assert_int_equal(holds_digest_at(holds, 4), NEVER);
    drop(2);
    assert_int_equal(holds_digest_at(holds, 3), 90);
    drop(3);
    assert_int_equal(holds_digest_at(holds, 3), NEVER);
}

static void a_reload_moves_trays(void **state)
{
    static const uint16_t people[] = {2, TICKET_NOBODY, 0};
    uint16_t person;

    (void)state;
    hold(1, 0, HOLD_BUDGET, 70);
    hold(2, 1, HOLD_QUIET, 60);
    hold(3, 2, HOLD_QUIET, 80);
    hold(4, TICKET_NOBODY, HOLD_RELEASE, NEVER);
    holds_rename(holds, people);
    for (uint64_t id = 1; id <= 3; id++)
        outbox_find(outbox, id)->person = people[id - 1];
    assert_int_equal(holds_first(holds, 2)->notice, 1);
    assert_int_equal(holds_digest_at(holds, 2), 70);
    assert_int_equal(holds_first(holds, 0)->notice, 3);
    assert_int_equal(holds_first(holds, TICKET_NOBODY)->notice, 2);
    assert_int_equal(holds_next(holds, holds_first(holds, TICKET_NOBODY))->notice, 4);
    assert_null(holds_first(holds, 1));
    assert_int_equal(holds_next_at(holds, &person), 60);
    assert_int_equal(person, TICKET_NOBODY);
    drop(2);
    assert_int_equal(holds_next_at(holds, &person), 70);
    assert_int_equal(person, 2);
}

static void names_there_and_back(void **state)
{
    enum hold found;

    (void)state;
    for (enum hold hold_of = HOLD_NONE + 1; hold_of < HOLD_COUNT; hold_of++) {
        assert_true(hold_find(hold_name(hold_of), &found));
        assert_int_equal(found, hold_of);
    }
    assert_false(hold_find("", &found));
    assert_false(hold_find(NULL, &found));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_the_order_of_notices),
        TEST(one_digest_at_a_time_is_gathered),
        TEST(a_reload_moves_trays),
        TEST(names_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
