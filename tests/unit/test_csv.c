/* The strict reader: what RFC 4180 allows is read exactly, everything else is refused with its line. */
#include "client/csv.h"

#include "lib/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct bytes {
    const char *bytes;
    size_t length, at, step;
};

/* Hands out `step` bytes at a time, so that every boundary falls everywhere. */
static ssize_t give(void *context, char *bytes, size_t size)
{
    struct bytes *source = context;
    size_t count = source->length - source->at;

    count = count < source->step ? count : source->step;
    count = count < size ? count : size;
    memcpy(bytes, source->bytes + source->at, count);
    source->at += count;
    return (ssize_t)count;
}

/* All records as "a|b" lines; an error as "!LINE SENTENCE". */
static void read_all(const char *bytes, size_t length, size_t step, struct text *out)
{
    struct bytes source = {bytes, length, 0, step};
    struct csv *csv = csv_create(give, &source);
    const char *const *fields;
    size_t count;
    enum csv_outcome outcome;

    text_init(out);
    while ((outcome = csv_next(csv, &fields, &count)) == CSV_RECORD) {
        for (size_t i = 0; i < count; i++)
            text_printf(out, "%s%s", i ? "|" : "", fields[i]);
        text_add(out, "\n");
    }
    if (outcome == CSV_BAD) {
        text_printf(out, "!%zu %s", csv_line(csv), csv_error(csv));
        assert_int_equal(csv_next(csv, &fields, &count), CSV_BAD);
    }
    csv_destroy(csv);
}

static void assert_bytes(const char *bytes, size_t length, const char *wanted)
{
    for (size_t step = 1; step <= length + 1; step++) {
        struct text out;

        /* A byte order mark is looked for in the first block only. */
        if (step < 3 && length > 0 && (unsigned char)bytes[0] == 0xef)
            continue;
        read_all(bytes, length, step, &out);
        assert_string_equal(text_get(&out), wanted);
        text_finish(&out);
    }
}

#define assert_csv(literal, wanted) assert_bytes(literal, sizeof(literal) - 1, wanted)

static void plain_records_are_read(void **state)
{
    (void)state;
    assert_csv("", "");
    assert_csv("a,b\n1,2\n", "a|b\n1|2\n");
    assert_csv("a,b\r\n1,2\r\n", "a|b\n1|2\n");
    assert_csv("a,b\n1,2", "a|b\n1|2\n");
    assert_csv("a,b\n,\n", "a|b\n|\n");
    assert_csv("客户,问题\n", "客户|问题\n");
    assert_csv("\xef\xbb\xbf"
               "a,b\n",
               "a|b\n");
}

static void quoted_fields_may_hold_anything(void **state)
{
    (void)state;
    assert_csv("a,b\n\"1,5\",\"he said \"\"no\"\"\"\n", "a|b\n1,5|he said \"no\"\n");
    assert_csv("a,b\n\"two\nlines\",x\n", "a|b\ntwo\nlines|x\n");
    assert_csv("a,b\n\"\",\"\"\r\n", "a|b\n|\n");
}

static void lines_are_counted_through_quoted_fields(void **state)
{
    (void)state;
    assert_csv("a\n\"1\n2\n3\"\nx,y\n", "a\n1\n2\n3\n!5 there are 2 fields instead of 1");
}

static void what_is_not_quite_right_is_refused(void **state)
{
    (void)state;
    assert_csv("a,b\n1\n", "a|b\n!2 there are 1 fields instead of 2");
    assert_csv("a,b\n1,2,3\n", "a|b\n!2 there are 3 fields instead of 2");
    assert_csv("a,b\n\n", "a|b\n!2 there are 1 fields instead of 2");
    assert_csv("a\nx\"y\n", "a\n!2 there is a quote inside a field that is not quoted");
    assert_csv("a\n\"x\"y\n", "a\n!2 there is text behind a closing quote");
    assert_csv("a\n\"x\n", "a\n!2 a quoted field is not closed");
    assert_csv("a\rb\n", "!1 there is a carriage return without a line feed");
    assert_csv("a\nx\0y\n", "a\n!2 there is a NUL byte");
    assert_csv("a\n\xff\n", "a\n!2 the text is not valid UTF-8");
    assert_csv("a\n\xed\xa0\x80\n", "a\n!2 the text is not valid UTF-8");
}

static ssize_t fail_late(void *context, char *bytes, size_t size)
{
    size_t *calls = context;

    (void)size;
    memcpy(bytes, "a,b\n1,", 6);
    return (*calls)++ == 0 ? 6 : -1;
}

static void a_failing_source_is_no_end(void **state)
{
    size_t calls = 0;
    const char *const *fields;
    size_t count;
    struct csv *csv = csv_create(fail_late, &calls);

    (void)state;
    assert_int_equal(csv_next(csv, &fields, &count), CSV_RECORD);
    assert_int_equal(csv_next(csv, &fields, &count), CSV_BAD);
    assert_string_equal(csv_error(csv), "can't be read");
    csv_destroy(csv);
}

static ssize_t give_quotes_for_ever(void *context, char *bytes, size_t size)
{
    size_t *calls = context;

    memset(bytes, 'x', size);
    if ((*calls)++ == 0)
        bytes[0] = '"';
    return (ssize_t)size;
}

static void a_record_without_end_is_refused(void **state)
{
    size_t calls = 0, count;
    const char *const *fields;
    struct csv *csv = csv_create(give_quotes_for_ever, &calls);

    (void)state;
    assert_int_equal(csv_next(csv, &fields, &count), CSV_BAD);
    assert_non_null(strstr(csv_error(csv), "longer than 1 MiB"));
    csv_destroy(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_records_are_read),
        cmocka_unit_test(quoted_fields_may_hold_anything),
        cmocka_unit_test(lines_are_counted_through_quoted_fields),
        cmocka_unit_test(what_is_not_quite_right_is_refused),
        cmocka_unit_test(a_failing_source_is_no_end),
        cmocka_unit_test(a_record_without_end_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
