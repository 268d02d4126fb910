/*
 * The outbox: the earliest notice first, by id among equals, whatever is deferred and dropped in between; and
 * the chains of tickets.
 */
#include "lib/outbox.h"

#include "lib/base/hash.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define NOTICES 800u

static void add(struct outbox *outbox, struct ticket *ticket, uint64_t notice, msec ready_at)
{
    struct outbox_entry entry = {
        .notice = notice, .ticket = 1, .ready_at = ready_at, .rung = 1, .state = OUTBOX_QUEUED};

    outbox_add(outbox, ticket, &entry);
}

/* What the model says of a notice: gone, on its way, or queued until an instant. */
struct modelled {
    enum { GONE, ON_ITS_WAY, QUEUED } state;
    msec ready_at;
};

static uint64_t first_of(const struct modelled *model, uint64_t newest)
{
    uint64_t first = 0;

    for (uint64_t id = 1; id <= newest; id++)
        if (model[id].state == QUEUED && (!first || model[id].ready_at < model[first].ready_at))
            first = id;
    return first;
}

static void hands_out_the_earliest_first(void **state)
{
    static struct modelled model[NOTICES + 1];
    struct outbox *outbox = outbox_create();
    uint64_t newest = 0, chance = 7;
    size_t count = 0;

    (void)state;
    while (newest < NOTICES) {
        uint64_t luck = hash_number(chance++), id = newest ? 1 + hash_number(chance++) % newest : 0;
        struct outbox_entry *entry = id ? outbox_find(outbox, id) : NULL;

        assert_int_equal(entry != NULL, id && model[id].state != GONE);
        if (luck % 4 < 2) {
            newest++;
            model[newest] = (struct modelled){QUEUED, (msec)(luck >> 8) % 50};
            add(outbox, NULL, newest, model[newest].ready_at);
            count++;
        } else if (entry && model[id].state == ON_ITS_WAY && luck % 4 == 2) {
            model[id] = (struct modelled){QUEUED, (msec)(luck >> 8) % 90};
            outbox_defer(outbox, entry, model[id].ready_at);
        } else if (entry && luck % 8 == 3) {
            model[id].state = GONE;
            outbox_drop(outbox, NULL, entry);
            count--;
        } else if (first_of(model, newest)) {
            uint64_t first = first_of(model, newest);

            model[first].state = ON_ITS_WAY;
            outbox_attempt(outbox, outbox_first(outbox));
            assert_int_equal(outbox_find(outbox, first)->state, OUTBOX_ATTEMPTING);
        }
        uint64_t first = first_of(model, newest);

        assert_int_equal(outbox_first(outbox) ? outbox_first(outbox)->notice : 0, first);
        assert_int_equal(outbox_count(outbox), count);
    }
    outbox_destroy(outbox);
}

static void counts_attempts(void **state)
{
    struct outbox *outbox = outbox_create();

    (void)state;
    add(outbox, NULL, 1, 10);
    for (uint16_t attempt = 1; attempt <= 3; attempt++) {
        outbox_attempt(outbox, outbox_first(outbox));
        assert_null(outbox_first(outbox));
        assert_int_equal(outbox_find(outbox, 1)->attempts, attempt);
        outbox_defer(outbox, outbox_find(outbox, 1), 10 + attempt);
        assert_int_equal(outbox_first(outbox)->ready_at, 10 + attempt);
    }
    outbox_destroy(outbox);
}

static size_t chain_length(const struct outbox *outbox, const struct ticket *ticket)
{
    size_t length = 0;

    for (uint32_t place = ticket->notices; place != TICKET_NO_INDEX;
         place = outbox_entry(outbox, place)->next_of_ticket)
        length++;
    return length;
}

static void chains_a_tickets_notices(void **state)
{
    struct outbox *outbox = outbox_create();
    struct ticket one = {.id = 1, .notices = TICKET_NO_INDEX}, other = {.id = 2, .notices = TICKET_NO_INDEX};

    (void)state;
    for (uint64_t id = 1; id <= 30; id++)
        add(outbox, id % 3 ? &one : &other, id, 0);
    assert_int_equal(chain_length(outbox, &one), 20);
    assert_int_equal(chain_length(outbox, &other), 10);
    outbox_drop(outbox, &one, outbox_find(outbox, 1));  /* the last of its chain */
    outbox_drop(outbox, &one, outbox_find(outbox, 29)); /* the first */
    outbox_drop(outbox, &one, outbox_find(outbox, 14)); /* one in between */
    assert_int_equal(chain_length(outbox, &one), 17);
    add(outbox, &other, 31, 0); /* takes a place that one of the first ticket's had */
    assert_int_equal(chain_length(outbox, &one), 17);
    assert_int_equal(chain_length(outbox, &other), 11);
    outbox_detach(outbox, &one);
    assert_int_equal(chain_length(outbox, &one), 0);
    assert_int_equal(outbox_count(outbox), 28); /* they are still to be sent */
    outbox_destroy(outbox);
}

static void a_reload_renames_what_is_left(void **state)
{
    static const uint16_t people[] = {5, 6};
    static const uint8_t rules[] = {3, 4}, roles[] = {7, 8}, departments[] = {9, 2};
    struct outbox *outbox = outbox_create();
    struct outbox_entry entry = {
        .notice = 1, .person = 1, .rule = 0, .role = 1, .department = 1, .series = 3, .state = OUTBOX_QUEUED};
    struct outbox_entry report = {
        .notice = 2, .person = 0, .rule = 0xff, .role = 0xff, .department = 0xff, .state = OUTBOX_QUEUED};
    struct outbox_entry dropped = {.notice = 3, .person = 1, .rule = 1, .state = OUTBOX_QUEUED};

    (void)state;
    outbox_add(outbox, NULL, &entry);
    outbox_add(outbox, NULL, &report);
    outbox_add(outbox, NULL, &dropped);
    outbox_drop(outbox, NULL, outbox_find(outbox, 3));
    outbox_rename(outbox, &(struct outbox_names){
                              .people = people, .rules = rules, .roles = roles, .departments = departments});
    assert_int_equal(outbox_find(outbox, 1)->person, 6);
    assert_int_equal(outbox_find(outbox, 1)->rule, 3);
    assert_int_equal(outbox_find(outbox, 1)->role, 8);
    assert_int_equal(outbox_find(outbox, 2)->role, 0xff);
    assert_int_equal(outbox_find(outbox, 1)->department, 2);
    assert_int_equal(outbox_find(outbox, 1)->series, 3);
    assert_int_equal(outbox_find(outbox, 2)->department, 0xff);
    assert_int_equal(outbox_find(outbox, 2)->person, 5);
    assert_int_equal(outbox_find(outbox, 2)->rule, 0xff);
    outbox_destroy(outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_the_earliest_first),
        cmocka_unit_test(counts_attempts),
        cmocka_unit_test(chains_a_tickets_notices),
        cmocka_unit_test(a_reload_renames_what_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
