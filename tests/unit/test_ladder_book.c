/* The book of ladders: what a list reads like, that it is kept once, and what is left of it under other
 * words. */
#include "lib/ladder_book.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static struct small_world world;

static struct policy *compile(const char *old, const char *new)
{
    int line;
    char *text = small_bent(old, new, &line), *error = NULL;
    struct policy *policy = small_compile(&world, text, &error);

    free(text);
    if (!policy)
        fail_msg("%s", error);
    return policy;
}

static void finish(struct policy *policy)
{
    policy_destroy(policy);
    small_world_finish(&world);
}

/* Blanks and commas apart, a list reads as in the regime; the same list has the same number. */
static void a_list_is_kept_once(void **state)
{
    struct policy *policy =
        compile("rung = +50% service_head by mail", "rung =  +50%   service_head or intake "
                                                    "by  mail, if not acknowledged");
    struct ladder_book book = {0};
    struct effects effects;

    (void)state;
    effects_init(&effects);
    assert_int_equal(ladder_book_freeze(&book, policy, &policy->ladders[0], 0), 1);
    assert_int_equal(ladder_book_freeze(&book, policy, &policy->ladders[0], 1), 2);
    assert_int_equal(ladder_book_freeze(&book, policy, &policy->ladders[0], 0), 1);
    ladder_book_settle(&book, &effects);
    assert_int_equal(effects.count, 2);
    assert_string_equal(effects.list[0].ladder->body,
                        "rung = +0 department_head by mail\n"
                        "rung = +50% service_head or intake by mail, if not acknowledged\n"
                        "rung = +100% service_head intake by mail\n"
                        "all clear = yes\n");
    assert_int_equal(effects.list[1].ladder->ladder, 2);
    assert_string_not_equal(effects.list[0].ladder->digest, effects.list[1].ladder->digest);
    effects_reset(&effects);
    ladder_book_settle(&book, &effects);
    assert_int_equal(effects.count, 0);
    effects_finish(&effects);
    ladder_book_finish(&book);
    finish(policy);
}

static void words_that_are_gone_are_left_out(void **state)
{
    static const char body[] =
        "rung = +0 boss by mail\n"
        "rung = +1h boss or service_head attic.handler by mail again every 2h at most 3 times\n"
        "rung = +2h intake by pigeon\n"
        "all clear = yes\n";
    struct policy *policy = compile("name = small", "name = smaller");
    struct ladder_book book = {0};

    (void)state;
    assert_true(ladder_book_restore(&book, policy, 7, body));
    assert_false(ladder_book_restore(&book, policy, 7, body));
    assert_false(ladder_book_restore(&book, policy, 0, body));
    assert_false(ladder_book_restore(&book, policy, 70000, body));
    assert_null(ladder_book_list(&book, 3));
    const struct ladder_list *list = ladder_book_list(&book, 7);

    assert_non_null(list);
    assert_true(list->all_clear);
    assert_int_equal(list->set.count, 3); /* each keeps its place */
    assert_string_equal(list->set.rungs[0].lost, "boss");
    assert_true(addressee_is_nobody(&list->set.rungs[0].to.to[0][0]));
    assert_string_equal(list->set.rungs[1].lost, "boss attic.handler");
    assert_int_equal(list->set.rungs[1].to.to[0][1].role, vocabulary_find(&policy->roles, "service_head"));
    assert_int_equal(list->set.rungs[1].times, 3);
    assert_int_equal(list->set.rungs[1].every.amount, 2 * MSEC_HOUR);
    assert_string_equal(list->set.rungs[2].lost, "+2h intake by pigeon");
    assert_int_equal(list->set.rungs[2].to.count, 0);
    assert_int_equal(ladder_book_freeze(&book, policy, &policy->ladders[0], 0), 8);
    ladder_book_finish(&book);
    finish(policy);
}

/* What the regime has again by then is told again. */
static void another_policy_reads_it_anew(void **state)
{
    struct policy *without = compile("service_head =\n", "service_head =\nboss =\n");
    struct small_world first = world;
    struct ladder_book book = {0};

    (void)state;
    assert_true(ladder_book_restore(&book, without, 1, "rung = +0 boss by mail\nall clear = no\n"));
    assert_null(ladder_book_list(&book, 1)->set.rungs[0].lost);
    assert_false(ladder_book_list(&book, 1)->all_clear);
    struct policy *policy = compile("name = small", "name = smaller");

    ladder_book_compile(&book, policy);
    policy_destroy(without);
    small_world_finish(&first);
    assert_string_equal(ladder_book_list(&book, 1)->set.rungs[0].lost, "boss");
    ladder_book_finish(&book);
    finish(policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_kept_once),
        cmocka_unit_test(words_that_are_gone_are_left_out),
        cmocka_unit_test(another_policy_reads_it_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
