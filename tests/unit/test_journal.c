/*
 * The journal's chain: the documented bytes, and that every change of a row, its removal or its insertion
 * shows. The expected digests were computed with Python's hashlib from the description in daemon/journal.h.
 */
#include "daemon/journal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char zeros[JOURNAL_HASH];

static const struct journal_row rows[] = {
    {1, INT64_C(1772420400123), 4711, "ticket.create", "{\"class\":\"complaint\",\"subject\":\"货物破损\"}"},
    {2, INT64_C(1772420400999), 0, "desk.reload", "{}"},
    {3, INT64_C(1772449200123), 4711, "clock.breached", "{\"clock\":\"first_contact\"}"},
};

#define ROW_COUNT (sizeof(rows) / sizeof(*rows))

static void assert_hex(const unsigned char hash[JOURNAL_HASH], const char *expected)
{
    char hex[2 * JOURNAL_HASH + 1];

    for (size_t i = 0; i < JOURNAL_HASH; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    assert_string_equal(hex, expected);
}

static void hash_all(uint32_t desk, const struct journal_row *list, size_t count,
                     unsigned char (*ret_hashes)[JOURNAL_HASH])
{
    struct journal_chain *chain = journal_chain_create(desk);

    for (size_t i = 0; i < count; i++)
        journal_hash(chain, i ? ret_hashes[i - 1] : zeros, &list[i], ret_hashes[i]);
    journal_chain_destroy(chain);
}

static void test_documented_bytes(void **state)
{
    unsigned char hashes[ROW_COUNT][JOURNAL_HASH];

    (void)state;
    hash_all(7, rows, ROW_COUNT, hashes);
    assert_hex(hashes[0], "fdc4a480de7d1536ae13d130823f30378429d106fa157de2374d023923ad8048");
    assert_hex(hashes[1], "d94cfc75d2704557c93e7a201ede5420a5d2b47ac1edcd3b1557c4bd2c0182b8");
    assert_hex(hashes[2], "0c24f79f547df9240b072b7ffc57b2402f2905c6ae14e292ecf12a02e4bbb031");
}

static void test_hash_in_place(void **state)
{
    unsigned char hashes[ROW_COUNT][JOURNAL_HASH], head[JOURNAL_HASH] = {0};
    struct journal_chain *chain = journal_chain_create(7);

    (void)state;
    hash_all(7, rows, ROW_COUNT, hashes);
    for (size_t i = 0; i < ROW_COUNT; i++)
        journal_hash(chain, head, &rows[i], head);
    assert_memory_equal(head, hashes[ROW_COUNT - 1], JOURNAL_HASH);
    journal_chain_destroy(chain);
}

static void test_each_column_counts(void **state)
{
    struct journal_row changed[6];
    unsigned char good[1][JOURNAL_HASH], other[1][JOURNAL_HASH];

    (void)state;
    hash_all(7, rows, 1, good);
    for (size_t i = 0; i < 6; i++)
        changed[i] = rows[0];
    changed[0].sequence = 2;
    changed[1].at++;
    changed[2].ticket = 0;
    changed[3].type = "ticket.creates";
    changed[4].body = "{\"class\":\"complaint\",\"subject\":\"货物破损 \"}";
    changed[5].type = "ticket.create{"; /* a byte moved from body to type */
    changed[5].body = "\"class\":\"complaint\",\"subject\":\"货物破损\"}";
    for (size_t i = 0; i < 6; i++) {
        hash_all(7, &changed[i], 1, other);
        assert_memory_not_equal(other, good, JOURNAL_HASH);
    }
    hash_all(8, rows, 1, other);
    assert_memory_not_equal(other, good, JOURNAL_HASH);
}

static void test_verify_good(void **state)
{
    unsigned char hashes[ROW_COUNT][JOURNAL_HASH];
    struct journal_chain *chain = journal_chain_create(7);
    struct journal_check check = {0};

    (void)state;
    hash_all(7, rows, ROW_COUNT, hashes);
    for (size_t i = 0; i < ROW_COUNT; i++)
        assert_int_equal(journal_verify(chain, &check, &rows[i], hashes[i]), JOURNAL_GOOD);
    assert_int_equal(journal_verify_head(&check, 3, hashes[2]), JOURNAL_GOOD);
    assert_int_equal(journal_verify_head(&check, 4, hashes[2]), JOURNAL_CUT);
    assert_int_equal(journal_verify_head(&check, 3, hashes[1]), JOURNAL_CUT);
    journal_chain_destroy(chain);
}

static void test_verify_bad(void **state)
{
    unsigned char hashes[ROW_COUNT][JOURNAL_HASH];
    struct journal_chain *chain = journal_chain_create(7);
    struct journal_check check = {0};
    struct journal_row altered = rows[1];

    (void)state;
    hash_all(7, rows, ROW_COUNT, hashes);
    altered.body = "{ }";
    assert_int_equal(journal_verify(chain, &check, &rows[1], hashes[1]), JOURNAL_GAP);
    assert_int_equal(journal_verify(chain, &check, &rows[0], hashes[0]), JOURNAL_GOOD);
    assert_int_equal(journal_verify(chain, &check, &rows[2], hashes[2]), JOURNAL_GAP);
    assert_int_equal(journal_verify(chain, &check, &rows[0], hashes[0]), JOURNAL_GAP);
    assert_int_equal(journal_verify(chain, &check, &altered, hashes[1]), JOURNAL_ALTERED);
    assert_int_equal(check.sequence, 1); /* the last good one */
    journal_chain_destroy(chain);
}

/* Whoever alters a row and recomputes its hash breaks the row behind it. */
static void test_verify_rehashed(void **state)
{
    unsigned char hashes[ROW_COUNT][JOURNAL_HASH], forged[ROW_COUNT][JOURNAL_HASH];
    struct journal_row list[ROW_COUNT];
    struct journal_chain *chain = journal_chain_create(7);
    struct journal_check check = {0};

    (void)state;
    memcpy(list, rows, sizeof(list));
    hash_all(7, rows, ROW_COUNT, hashes);
    list[1].body = "{ }";
    hash_all(7, list, 2, forged);
    assert_int_equal(journal_verify(chain, &check, &list[0], forged[0]), JOURNAL_GOOD);
    assert_int_equal(journal_verify(chain, &check, &list[1], forged[1]), JOURNAL_GOOD);
    assert_int_equal(journal_verify(chain, &check, &list[2], hashes[2]), JOURNAL_ALTERED);
    journal_chain_destroy(chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documented_bytes),   cmocka_unit_test(test_hash_in_place),
        cmocka_unit_test(test_each_column_counts), cmocka_unit_test(test_verify_good),
        cmocka_unit_test(test_verify_bad),         cmocka_unit_test(test_verify_rehashed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
