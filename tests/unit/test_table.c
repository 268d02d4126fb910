/* Widths, padding and cutting of the client's tables, with Chinese and with text that means harm. */
#include "client/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *printed(struct table *table, int width, bool in_colour)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);

    assert_non_null(out);
    table_print(table, out, width, in_colour);
    fclose(out);
    table_destroy(table);
    return bytes;
}

#define assert_printed(table, width, wanted)                                                                 \
    do {                                                                                                     \
        char *text_ = printed(table, width, false);                                                          \
        assert_string_equal(text_, wanted);                                                                  \
        free(text_);                                                                                         \
    } while (0)

#define assert_clean(text, width, wanted)                                                                    \
    do {                                                                                                     \
        char *clean_ = table_clean(text, width);                                                             \
        assert_string_equal(clean_, wanted);                                                                 \
        free(clean_);                                                                                        \
    } while (0)

static struct table *two_by(const char *const *cells, size_t count)
{
    static const char *const titles[] = {"NAME", "STATE"};
    struct table *table = table_create(2, titles);

    for (size_t i = 0; i < count; i++)
        table_add(table, cells[i], TABLE_PLAIN);
    return table;
}

static void a_chinese_character_is_two_columns_wide(void **state)
{
    (void)state;
    assert_int_equal(table_width(""), 0);
    assert_int_equal(table_width("abc"), 3);
    assert_int_equal(table_width("客户问题"), 8);
    assert_int_equal(table_width("e\xcc\x81"), 1); /* a letter and a combining accent */
    assert_int_equal(table_width("Ａ１"), 4);      /* full-width forms */
}

static void columns_are_padded_by_screen_width(void **state)
{
    static const char *const cells[] = {"海港医院", "open", "Bank", "closed"};

    (void)state;
    assert_printed(two_by(cells, 4), TABLE_ENDLESS,
                   "NAME      STATE\n"
                   "海港医院  open\n"
                   "Bank      closed\n");
}

static void what_could_move_the_cursor_is_replaced(void **state)
{
    (void)state;
    assert_clean("a\x1b[2Jb", TABLE_ENDLESS, "a\xef\xbf\xbd[2Jb");
    assert_clean("one\ntwo\tthree", TABLE_ENDLESS, "one two three");
    assert_clean("\xc2\x9b"
                 "31m",
                 TABLE_ENDLESS,
                 "\xef\xbf\xbd"
                 "31m"); /* a control character above ASCII */
    assert_clean("\xe2\x80\xae"
                 "abc",
                 TABLE_ENDLESS,
                 "\xef\xbf\xbd"
                 "abc"); /* right-to-left override */
    assert_clean("x\xff\xfey", TABLE_ENDLESS, "x\xef\xbf\xbd\xef\xbf\xbdy");
    assert_clean("cut \xe5\xae", TABLE_ENDLESS,
                 "cut \xef\xbf\xbd\xef\xbf\xbd"); /* half a character at the end */
}

static void cutting_keeps_whole_characters(void **state)
{
    (void)state;
    assert_clean("customer", 8, "customer");
    assert_clean("customers", 8, "custome…");
    assert_clean("客户问题受理", 8, "客户问…");
    assert_clean("客户问题受理", 7, "客户问…");
}

static void the_widest_column_gives_way(void **state)
{
    static const char *const cells[] = {"NR510201A-0042", "a very long text that does not fit into the line"};

    (void)state;
    assert_printed(two_by(cells, 2), 40,
                   "NAME            STATE\n"
                   "NR510201A-0042  a very long text that d…\n");
}

static void no_column_is_cut_to_nothing(void **state)
{
    static const char *const cells[] = {"0123456789", "0123456789"};

    (void)state;
    assert_printed(two_by(cells, 2), 5,
                   "NAME      STATE\n"
                   "0123456…  0123456…\n");
}

static void colour_is_only_there_when_asked_for(void **state)
{
    struct table *table = table_create(1, NULL);

    (void)state;
    table_add(table, "overdue", TABLE_BAD);
    assert_int_equal(table_rows(table), 1);
    char *text = printed(table, TABLE_ENDLESS, true);

    assert_string_equal(text, "\x1b[31;1moverdue\x1b[0m\n");
    free(text);
    table = table_create(1, NULL);
    table_add(table, "overdue", TABLE_BAD);
    assert_printed(table, TABLE_ENDLESS, "overdue\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chinese_character_is_two_columns_wide),
        cmocka_unit_test(columns_are_padded_by_screen_width),
        cmocka_unit_test(what_could_move_the_cursor_is_replaced),
        cmocka_unit_test(cutting_keeps_whole_characters),
        cmocka_unit_test(the_widest_column_gives_way),
        cmocka_unit_test(no_column_is_cut_to_nothing),
        cmocka_unit_test(colour_is_only_there_when_asked_for),
    };

    /* As in a stripped-down container: the user's locale knows no UTF-8. */
    setenv("LC_ALL", "C", 1);
    table_locale();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
