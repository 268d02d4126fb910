/*
 * From effects to parameters: the bytes of an array, what a batch is merged into, and which statements it
 * becomes. That the server takes them is shown by tests/system/test_database.py.
 */
#include "daemon/rows.h"

#include "daemon/array.h"
#include "daemon/columns.h"
#include "daemon/journal.h"
#include <arpa/inet.h>
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const unsigned char zeros[JOURNAL_HASH];

struct fixture {
    struct rows *rows;
    struct effects batch;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    fixture->rows = rows_create(7, 3);
    effects_init(&fixture->batch);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    rows_destroy(fixture->rows);
    effects_finish(&fixture->batch);
    free(fixture);
    return 0;
}

/* ---- reading parameters back ---- */

static int32_t number_at(const char *bytes)
{
    uint32_t big;

    memcpy(&big, bytes, sizeof(big));
    return (int32_t)ntohl(big);
}

static bool find(const struct fixture *fixture, const char *name, bool reopening,
                 struct rows_statement *ret_statement)
{
    for (size_t i = 0; rows_statement(fixture->rows, i, reopening, ret_statement); i++)
        if (ret_statement->name && strcmp(ret_statement->name, name) == 0)
            return true;
    return false;
}

static size_t count_of(const struct rows_statement *statement, int parameter)
{
    return (size_t)number_at(statement->values[parameter] + 12);
}

/* Element number `index` of a parameter; its length is -1 for NULL. */
static const char *element(const struct rows_statement *statement, int parameter, size_t index,
                           int32_t *ret_length)
{
    const char *at = statement->values[parameter] + 20;

    for (;; index--) {
        *ret_length = number_at(at);
        at += 4;
        if (index == 0)
            return at;
        at += *ret_length > 0 ? *ret_length : 0;
    }
}

static void assert_text(const struct rows_statement *statement, int parameter, size_t index,
                        const char *expected)
{
    int32_t length;
    const char *bytes = element(statement, parameter, index, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(bytes, expected, (size_t)length);
}

static int64_t bigint(const struct rows_statement *statement, int parameter, size_t index)
{
    int32_t length;
    const char *bytes = element(statement, parameter, index, &length);
    uint64_t big;

    assert_int_equal(length, 8);
    memcpy(&big, bytes, sizeof(big));
    return (int64_t)be64toh(big);
}

static bool is_null(const struct rows_statement *statement, int parameter, size_t index)
{
    int32_t length;

    element(statement, parameter, index, &length);
    return length == -1;
}

static void build(struct fixture *fixture)
{
    rows_build(fixture->rows, &fixture->batch, 12, zeros);
}

/* ---- adding effects ---- */

static struct ticket_row *add_ticket(struct fixture *fixture, uint64_t id, bool is_new)
{
    static const struct ticket_cold cold = {.subject = "broken", .occurred_at = NEVER};
    struct ticket_row *row = effects_add(&fixture->batch, is_new ? EFFECT_TICKET_NEW : EFFECT_TICKET);

    row->ticket = id;
    row->number = "NR-1";
    row->open = true;
    row->handed_over_at = row->expected_at = row->solved_at = row->closed_at = row->history_until_at = NEVER;
    row->contacted_at = NEVER;
    row->cold = is_new ? &cold : NULL;
    return row;
}

static struct clock_row *add_clock(struct fixture *fixture, uint64_t ticket, const char *name,
                                   const char *state)
{
    struct clock_row *row = effects_add(&fixture->batch, EFFECT_CLOCK);

    row->ticket = ticket;
    row->clock = name;
    row->state = state;
    return row;
}

static void add_contact(struct fixture *fixture, uint64_t ticket, uint32_t number)
{
    struct contact_row *row = effects_add(&fixture->batch, EFFECT_CONTACT);

    row->ticket = ticket;
    row->contact = number;
    row->minutes = -1;
}

static struct notice_state_row *add_state(struct fixture *fixture, uint64_t notice, const char *state)
{
    struct notice_state_row *row = effects_add(&fixture->batch, EFFECT_NOTICE_STATE);

    row->notice = notice;
    row->state = state;
    row->ready_at = NEVER;
    return row;
}

/* ---- arrays ---- */

static void test_array_bytes(void **state)
{
    static const unsigned char expected[] = {
        0, 0, 0, 1, 0,   0,   0,    0,    0,    0,    0, 25, 0, 0, 0, 2, 0, 0, 0, 1, /* head: two texts */
        0, 0, 0, 2, 'o', 'k', 0xff, 0xff, 0xff, 0xff,                                /* "ok", NULL */
    };
    struct array array = {0};

    (void)state;
    array_begin(&array, ARRAY_TEXT, 2);
    array_add_text(&array, "ok");
    array_add_text(&array, NULL);
    assert_int_equal(array.length, sizeof(expected));
    assert_memory_equal(array.bytes, expected, sizeof(expected));
    array_finish(&array);
}

static void test_array_instants(void **state)
{
    (void)state;
    assert_int_equal(array_instant(INT64_C(946684800000)), 0); /* 2000-01-01 */
    assert_int_equal(array_instant(INT64_C(946684800001)), 1000);
    assert_int_equal(array_instant(0), INT64_C(-946684800000000));
}

static void test_array_clean(void **state)
{
    static const char *const good[] = {"", "plain", "中文", "\xF0\x9F\x98\x80", "\xC2\x80", "\xED\x9F\xBF"};
    static const struct {
        const char *dirty, *clean;
    } bad[] = {
        {"caf\xE9", "caf\xEF\xBF\xBD"},                             /* Latin-1 */
        {"\xE4\xB8", "\xEF\xBF\xBD\xEF\xBF\xBD"},                   /* cut in the middle */
        {"\xC0\xAF", "\xEF\xBF\xBD\xEF\xBF\xBD"},                   /* overlong */
        {"\xED\xA0\x80x", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx"}, /* a surrogate */
        {"\xF4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"a\xFFz", "a\xEF\xBF\xBDz"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        assert_ptr_equal(array_clean(&arena, good[i]), good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_string_equal(array_clean(&arena, bad[i].dirty), bad[i].clean);
    assert_null(array_clean(&arena, NULL));
    arena_finish(&arena);
}

/* ---- statements ---- */

static void test_empty_batch_checks_the_epoch(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;
    size_t named = 0;

    build(fixture);
    for (size_t i = 0; rows_statement(fixture->rows, i, true, &statement); i++)
        named += statement.name != NULL;
    assert_int_equal(named, 1);
    assert_true(find(fixture, "desk_advance", false, &statement));
    assert_int_equal(statement.count, 5);
    assert_int_equal(number_at(statement.values[0]), 7);
    assert_int_equal(number_at(statement.values[1] + 4), 3);
    assert_int_equal(number_at(statement.values[2] + 4), 12);
    assert_null(statement.values[3]);
    assert_null(statement.values[4]);
}

static void test_parameters_fit(void **state)
{
    (void)state;
    assert_int_equal(rows_statement_count(), COLUMNS_COUNT + 1);
    for (size_t i = 0; i < COLUMNS_COUNT; i++) {
        assert_in_range(columns_table[i].column_count, 1, ROWS_PARAMETERS_MAX - 1);
        assert_string_equal(rows_statement_name(i + 1), columns_table[i].statement);
    }
}

static void test_new_ticket_is_inserted_as_it_ends(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    add_ticket(fixture, 1, true)->revision = 1;
    add_clock(fixture, 1, "first_contact", "running");
    add_contact(fixture, 1, 1);
    add_contact(fixture, 1, 2);
    add_ticket(fixture, 1, false)->revision = 3;
    add_clock(fixture, 1, "first_contact", "met");
    build(fixture);
    assert_true(find(fixture, "ticket_insert", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_int_equal(number_at(element(&statement, 2, 0, &(int32_t){0})), 3);
    assert_int_equal(number_at(element(&statement, 12, 0, &(int32_t){0})), 2); /* contacts */
    assert_true(find(fixture, "intake_insert", false, &statement));
    assert_text(&statement, 10, 0, "broken");
    assert_true(find(fixture, "clock_insert", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_text(&statement, 3, 0, "met");
    assert_true(find(fixture, "contact_insert", false, &statement));
    assert_int_equal(count_of(&statement, 1), 2);
    assert_true(is_null(&statement, 5, 0)); /* minutes not said */
    assert_false(find(fixture, "ticket_update", false, &statement));
    assert_false(find(fixture, "ticket_counts", false, &statement));
    assert_false(find(fixture, "clock_write", false, &statement));
}

static void test_result_carries_over(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;
    enum { RESULT = 24 }; /* $25 of ticket_update.sql */

    add_ticket(fixture, 1, false)->result = "exchanged";
    add_ticket(fixture, 1, false);
    add_ticket(fixture, 2, false);
    build(fixture);
    assert_true(find(fixture, "ticket_update", false, &statement));
    assert_int_equal(count_of(&statement, 1), 2);
    assert_text(&statement, RESULT, 0, "exchanged");
    assert_true(is_null(&statement, RESULT, 1));
    assert_true(is_null(&statement, 10, 0)); /* contacts unchanged */
}

static void test_closing(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    add_ticket(fixture, 1, false)->open = false;
    add_ticket(fixture, 2, false);
    add_clock(fixture, 1, "first_contact", "met");
    build(fixture);
    assert_true(find(fixture, "ticket_close", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_int_equal(bigint(&statement, 1, 0), 1);
    assert_true(find(fixture, "ticket_update", false, &statement));
    assert_int_equal(bigint(&statement, 1, 0), 2);
    assert_true(find(fixture, "clock_write", false, &statement));
    assert_true(find(fixture, "clock_close", false, &statement));
    assert_int_equal(bigint(&statement, 1, 0), 1);
}

static void test_reopening_comes_before(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    add_ticket(fixture, 1, false);
    add_ticket(fixture, 2, true);
    build(fixture);
    assert_false(find(fixture, "ticket_reopen", false, &statement));
    assert_true(find(fixture, "ticket_reopen", true, &statement));
    assert_int_equal(count_of(&statement, 1), 1); /* 2 is new: it cannot be closed */
    assert_int_equal(bigint(&statement, 1, 0), 1);
    assert_true(find(fixture, "clock_reopen", true, &statement));
}

static void test_contact_alone_is_counted(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    add_contact(fixture, 5, 4);
    build(fixture);
    assert_true(find(fixture, "ticket_counts", false, &statement));
    assert_int_equal(bigint(&statement, 1, 0), 5);
    assert_int_equal(number_at(element(&statement, 2, 0, &(int32_t){0})), 4);
    assert_true(is_null(&statement, 3, 0));
    assert_false(find(fixture, "ticket_update", false, &statement));
}

static void test_last_state_of_a_notice_wins(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;
    struct notice_row *notice = effects_add(&fixture->batch, EFFECT_NOTICE);

    notice->notice = 1;
    notice->state = "queued";
    add_state(fixture, 1, "attempting")->attempts = 1;
    add_state(fixture, 2, "attempting")->detail = "said before";
    add_state(fixture, 2, "accepted")->queue_id = "Q1";
    build(fixture);
    assert_true(find(fixture, "notice_insert", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_text(&statement, 13, 0, "attempting");
    assert_true(is_null(&statement, 8, 0)); /* ready_at: NEVER */
    assert_true(find(fixture, "notice_change", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_int_equal(bigint(&statement, 1, 0), 2);
    assert_text(&statement, 2, 0, "accepted");
    assert_text(&statement, 6, 0, "said before");
    assert_text(&statement, 7, 0, "Q1");
}

static void test_sequences_are_written_once(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    for (uint64_t last = 1; last <= 3; last++) {
        struct sequence_row *row = effects_add(&fixture->batch, EFFECT_SEQUENCE);

        row->name = "ticket";
        row->last = last;
    }
    build(fixture);
    assert_true(find(fixture, "sequence_write", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
    assert_int_equal(bigint(&statement, 2, 0), 3);
}

/* The hash is that of the stored bytes, and the desk's row names the last one. */
static void test_journal_is_chained(void **state)
{
    struct fixture *fixture = *state;
    struct journal_chain *chain = journal_chain_create(7);
    struct journal_check check = {0};
    struct rows_statement statement;
    struct journal_row cleaned = {.at = 5, .type = "note", .body = "{\"text\":\"\xEF\xBF\xBD\"}"};
    int32_t length;

    for (uint64_t sequence = 1; sequence <= 2; sequence++) {
        struct journal_row *row = effects_add(&fixture->batch, EFFECT_JOURNAL);

        *row = (struct journal_row){
            .sequence = sequence, .at = 5, .type = "note", .body = "{\"text\":\"\xFF\"}"};
    }
    build(fixture);
    assert_true(find(fixture, "journal_insert", false, &statement));
    for (size_t i = 0; i < 2; i++) {
        const unsigned char *hash = (const unsigned char *)element(&statement, 5, i, &length);

        assert_text(&statement, 6, i, cleaned.body);
        assert_true(is_null(&statement, 3, i)); /* no ticket */
        cleaned.sequence = i + 1;
        assert_int_equal(journal_verify(chain, &check, &cleaned, hash), JOURNAL_GOOD);
    }
    assert_memory_equal(rows_head(fixture->rows), check.hash, JOURNAL_HASH);
    assert_true(find(fixture, "desk_advance", false, &statement));
    assert_int_equal(number_at(statement.values[3] + 4), 2);
    assert_memory_equal(statement.values[4], check.hash, JOURNAL_HASH);
    journal_chain_destroy(chain);
}

/* Thousands of rows, so that the tables of positions grow; then a small batch, which must not see the big
 * one. */
static void test_big_and_small_batches(void **state)
{
    struct fixture *fixture = *state;
    struct rows_statement statement;

    for (uint64_t id = 1; id <= 5000; id++) {
        add_ticket(fixture, id, true);
        add_clock(fixture, id, "first_contact", "running");
        add_clock(fixture, id, "solution", "running");
    }
    build(fixture);
    assert_true(find(fixture, "clock_insert", false, &statement));
    assert_int_equal(count_of(&statement, 1), 10000);
    assert_int_equal(bigint(&statement, 1, 9999), 5000);
    effects_reset(&fixture->batch);
    add_clock(fixture, 4000, "solution", "met");
    build(fixture);
    assert_false(find(fixture, "clock_insert", false, &statement));
    assert_true(find(fixture, "clock_write", false, &statement));
    assert_int_equal(count_of(&statement, 1), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_array_bytes),      cmocka_unit_test(test_array_instants),
        cmocka_unit_test(test_array_clean),      cmocka_unit_test(test_parameters_fit),
        TEST(test_empty_batch_checks_the_epoch), TEST(test_new_ticket_is_inserted_as_it_ends),
        TEST(test_result_carries_over),          TEST(test_closing),
        TEST(test_reopening_comes_before),       TEST(test_contact_alone_is_counted),
        TEST(test_last_state_of_a_notice_wins),  TEST(test_sequences_are_written_once),
        TEST(test_journal_is_chained),           TEST(test_big_and_small_batches),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
