/*
 * The store against an array: tickets come in the order of their ids, leave in any order, and some come back.
 */
#include "lib/store.h"

#include "lib/policy.h"
#include "lib/ticket_rare.h"

#include "lib/base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define TICKETS 9000u /* more than two chunks */

static void compare(struct store *store, const bool *is_in, uint64_t newest)
{
    uint32_t index = store_oldest(store);
    size_t count = 0;

    for (uint64_t id = 1; id <= newest; id++) {
        if (!is_in[id])
            continue;
        count++;
        assert_int_not_equal(index, TICKET_NO_INDEX);
        assert_int_equal(store_ticket(store, index)->id, id);
        assert_int_equal(store_find(store, id), index);
        assert_int_equal(store_find_number(store, (uint16_t)(id % 3 * 400), (uint32_t)(id + 7)), index);
        index = store_ticket(store, index)->newer;
    }
    assert_int_equal(index, TICKET_NO_INDEX);
    assert_int_equal(store_count(store), count);
}

static void add(struct store *store, bool *is_in, uint64_t id)
{
    struct ticket *ticket =
        store_ticket(store, store_add(store, id, (uint16_t)(id % 3 * 400), (uint32_t)(id + 7)));

    assert_int_equal(ticket->clock_count, 0);
    assert_int_equal(ticket_rare(ticket)->told_count, 0);
    assert_int_equal(ticket->notices, TICKET_NO_INDEX);
    ticket_tell(ticket, 1, 1, 2, 3);
    store_add_clock(store, ticket, 4)->state = CLOCK_RUNNING;
    is_in[id] = true;
}

static void agrees_with_an_array(void **state)
{
    static bool is_in[TICKETS + 1];
    struct store *store = store_create();
    uint64_t newest = 0, chance = 42;

    (void)state;
    while (newest < TICKETS) {
        uint64_t id = newest ? 1 + hash_number(chance) % newest : 1;

        chance++;
        if (hash_number(chance) % 5 < 3 || !newest) {
            add(store, is_in, ++newest);
        } else if (is_in[id]) {
            store_remove(store, store_find(store, id));
            is_in[id] = false;
            assert_int_equal(store_find(store, id), TICKET_NO_INDEX);
        } else {
            add(store, is_in, id); /* recalled: it goes to its place in the list */
        }
        if (newest % 1500 == 0)
            compare(store, is_in, newest);
    }
    compare(store, is_in, newest);
    for (uint64_t id = 1; id <= newest; id++) {
        uint32_t next = store_after(store, id);

        assert_true(next == TICKET_NO_INDEX || store_ticket(store, next)->id > id);
    }
    assert_true(store_bytes(store) > 0);
    store_destroy(store);
}

static void a_pointer_is_good_until_its_ticket_leaves(void **state)
{
    static bool is_in[TICKETS + 1];
    struct store *store = store_create();

    (void)state;
    add(store, is_in, 1);
    struct ticket *ticket = store_ticket(store, store_find(store, 1));

    for (uint64_t id = 2; id <= TICKETS; id++)
        add(store, is_in, id);
    assert_ptr_equal(ticket, store_ticket(store, store_find(store, 1)));
    store_destroy(store);
}

static void clocks_stand_in_the_order_of_their_rules(void **state)
{
    static const uint8_t rules[] = {5, 2, 9, 0, 7, 1};
    struct store *store = store_create();
    struct ticket *ticket = store_ticket(store, store_add(store, 1, 0, 1));

    (void)state;
    for (size_t i = 0; i < sizeof(rules); i++) {
        struct clock *clock = store_add_clock(store, ticket, rules[i]);

        assert_int_equal(clock->rule, rules[i]);
        assert_int_equal(clock->state, CLOCK_WAITING);
        assert_true(clock->due_at == NEVER && clock->anchor_at == NEVER && clock->ended_at == NEVER);
        clock->cycle = (uint16_t)(rules[i] + 100);
    }
    assert_int_equal(ticket->clock_count, sizeof(rules));
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        assert_true(i == 0 || ticket->clocks[i - 1].rule < ticket->clocks[i].rule);
        assert_int_equal(ticket->clocks[i].cycle, ticket->clocks[i].rule + 100);
        assert_ptr_equal(ticket_clock(ticket, ticket->clocks[i].rule), &ticket->clocks[i]);
    }
    assert_null(ticket_clock(ticket, 3));
    store_destroy(store);
}

static void who_was_told_is_counted_by_notices(void **state)
{
    struct store *store = store_create();
    struct ticket *ticket = store_ticket(store, store_add(store, 1, 0, 1));

    (void)state;
    ticket_tell(ticket, 1, 1, 10, 3);
    ticket_tell(ticket, 1, 1, 11, 3);
    ticket_tell(ticket, 2, 1, 10, 4);
    ticket_tell(ticket, 1, 1, 10, 3);
    assert_int_equal(ticket_rare(ticket)->told_count, 3);
    ticket_untell(ticket, 1, 1, 10, 3); /* one of two notices was withheld: still told */
    assert_int_equal(ticket_rare(ticket)->told_count, 3);
    ticket_untell(ticket, 1, 1, 10, 3);
    assert_int_equal(ticket_rare(ticket)->told_count, 2);
    ticket_untell(ticket, 1, 1, 10, 3); /* nobody */
    ticket_untell(ticket, 7, 1, 11, 3);
    assert_int_equal(ticket_rare(ticket)->told_count, 2);
    ticket_forget_told(ticket, 1);
    assert_int_equal(ticket_rare(ticket)->told_count, 1);
    assert_int_equal(ticket_rare(ticket)->told[0].rule, 2);
    assert_int_equal(ticket_rare(ticket)->told[0].role, 4);
    store_destroy(store);
}

/* In which role, must not depend on which of their notices came first, or was withheld. */
static void who_was_told_in_two_roles_hears_once_how_it_ended(void **state)
{
    struct store *store = store_create();
    struct ticket *ticket = store_ticket(store, store_add(store, 1, 0, 1));
    struct clock clock = {.rule = 1, .cycle = 2};
    uint16_t count = 0;

    (void)state;
    ticket_tell(ticket, 1, 2, 10, 4);
    ticket_tell(ticket, 1, 2, 10, 3);
    ticket_tell(ticket, 1, 1, 10, 2); /* of the breach before */
    for (uint16_t i = 0; i < ticket_rare(ticket)->told_count; i++)
        if (ticket_is_owed_word(ticket, &clock, &ticket_rare(ticket)->told[i])) {
            assert_int_equal(ticket_rare(ticket)->told[i].role, 3);
            count++;
        }
    assert_int_equal(count, 1);
    ticket_untell(ticket, 1, 2, 10, 3);
    for (uint16_t i = 0; i < ticket_rare(ticket)->told_count; i++)
        if (ticket_is_owed_word(ticket, &clock, &ticket_rare(ticket)->told[i]))
            assert_int_equal(ticket_rare(ticket)->told[i].role, 4);
    ticket->rare->told[0].role = ticket->rare->told[1].role = POLICY_NONE; /* both roles are gone */
    ticket->rare->told[0].cycle = 2;
    ticket_sort_told(ticket->rare);
    assert_int_equal(ticket_rare(ticket)->told_count, 1);
    assert_int_equal(ticket_rare(ticket)->told[0].notices, 2);
    store_destroy(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_array),
        cmocka_unit_test(a_pointer_is_good_until_its_ticket_leaves),
        cmocka_unit_test(clocks_stand_in_the_order_of_their_rules),
        cmocka_unit_test(who_was_told_is_counted_by_notices),
        cmocka_unit_test(who_was_told_in_two_roles_hears_once_how_it_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
