/*
 * Pages: what a record becomes as a tree, that text stays text, what is refused and how it is said.
 *
 * Each test writes its stylesheets into a directory of its own.
 */
#include "files/page.h"

#include <ftw.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEAD  "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'>"
#define PLAIN "<xsl:output method='text'/>"
#define END   "</xsl:stylesheet>"

static char directory[64];

static int create(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/duban-page.XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static int destroy(void **state)
{
    (void)state;
    return nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void write_file(const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* What the stylesheet `page` makes of the record; malloc'd. */
static char *render(const char *json, const struct page_param *params)
{
    json_t *record = json_loads(json, 0, NULL);
    struct text page = {0};

    assert_non_null(record);
    char *wrong = page_render(directory, "page", params, record, &page);

    if (wrong)
        fail_msg("%s", wrong);
    json_decref(record);
    return text_take(&page);
}

/* It must not be made, and the complaint must hold `expected` and begin with a file. */
static void assert_refused(const char *name, const char *expected)
{
    json_t *record = json_object();
    struct text page = {0};
    char *wrong = page_render(directory, name, NULL, record, &page);

    if (!wrong)
        fail_msg("it made '%s'", text_get(&page));
    if (!strstr(wrong, expected))
        fail_msg("'%s' does not say '%s'", wrong, expected);
    assert_int_equal(page.length, 0);
    free(wrong);
    text_finish(&page);
    json_decref(record);
}

static void test_tree(void **state)
{
    struct text xml = {0};
    json_t *record = json_loads(
        "{\"a\":\"<&\\u0001\",\"b\":[1,true,null,{\"c\":\"中\"}],\"none\":null,\"字 段\":\"x\"}", 0, NULL);

    (void)state;
    assert_non_null(record);
    page_source(record, &xml);
    assert_non_null(strstr(text_get(&xml), "<a>&lt;&amp;\xef\xbf\xbd</a>"));
    assert_non_null(strstr(text_get(&xml), "<item>1</item>"));
    assert_non_null(strstr(text_get(&xml), "<item>true</item>"));
    assert_non_null(strstr(text_get(&xml), "<c>中</c>"));
    assert_null(strstr(text_get(&xml), "none"));
    assert_non_null(strstr(text_get(&xml), "<member name=\"字 段\">x</member>"));
    text_finish(&xml);
    json_decref(record);
}

static void test_page(void **state)
{
    const struct page_param params[] = {{"language", "it's \"zh\""}, {"unset", NULL}, {NULL, NULL}};

    (void)state;
    write_file("shared.xsl", HEAD "<xsl:output method='html' encoding='UTF-8'/><xsl:param name='language'/>"
                                  "<xsl:template match='/page'><p title='{$language}'>"
                                  "<xsl:apply-templates select='.' mode='body'/></p></xsl:template>" END);
    write_file("page.xsl", HEAD "<xsl:import href='shared.xsl'/><xsl:template match='page' mode='body'>"
                                "<xsl:value-of select='text'/></xsl:template>" END);
    char *page = render("{\"text\":\"<script>中文 & 𠮷</script>\"}", params);

    assert_string_equal(page,
                        "<p title=\"it's &quot;zh&quot;\">&lt;script&gt;中文 &amp; 𠮷&lt;/script&gt;</p>\n");
    free(page);
}

static void test_wrong_stylesheets(void **state)
{
    (void)state;
    assert_refused("page", "/page.xsl: No such file");
    assert_refused("../page", "no name of a page");
    assert_refused("a/page", "no name of a page");
    write_file("page.xsl", HEAD "\n<oops>\n" END);
    assert_refused("page", "/page.xsl:3: Opening and ending tag mismatch");
    write_file("page.xsl", "");
    assert_refused("page", "/page.xsl:");
    write_file("page.xsl", HEAD "\n\n<xsl:template match='/page['/>" END);
    assert_refused("page", "/page.xsl:3: ");
    write_file("page.xsl",
               HEAD "\n<xsl:template match='/'>\n\n<xsl:call-template name='lost'/></xsl:template>" END);
    assert_refused("page", "/page.xsl:4: ");
    write_file("page.xsl", HEAD "<xsl:import href='lost.xsl'/>" END);
    assert_refused("page", "/lost.xsl: No such file");
    write_file("page.xsl", HEAD "\n<xsl:template match='/'>\n<xsl:message terminate='yes'>a form needs a name"
                                "</xsl:message></xsl:template>" END);
    assert_refused("page", "a form needs a name");
}

/* A stylesheet that goes on for ever ends, and says so. */
static void test_endless(void **state)
{
    (void)state;
    write_file("page.xsl", HEAD "<xsl:template match='/' name='again'><xsl:call-template name='again'/>"
                                "</xsl:template>" END);
    assert_refused("page", "page.xsl:");
}

/* The inside of a file that nobody may read through a stylesheet. */
static void test_reaches_nothing(void **state)
{
    char text[512];

    (void)state;
    write_file("secret.xml", "<secret>key</secret>");
    write_file("secret.txt", "key");
    write_file("page.xsl",
               HEAD PLAIN "<xsl:template match='/'><xsl:value-of select=\"document('secret.xml')\"/>x"
                          "</xsl:template>" END);
    assert_refused("page", "page.xsl:");
    write_file("page.xsl", HEAD PLAIN
               "<xsl:template match='/'><xsl:value-of select=\"document('http://127.0.0.1:9/x')\"/>x"
               "</xsl:template>" END);
    assert_refused("page", "page.xsl:");
    write_file("page.xsl", HEAD "<xsl:import href='../../etc/hosts'/>" END);
    assert_refused("page", "reads no file but stylesheets beside it");
    write_file("page.xsl", HEAD "<xsl:include href='http://127.0.0.1:9/x.xsl'/>" END);
    assert_refused("page", "reads no file but stylesheets beside it");
    snprintf(text, sizeof(text),
             "<!DOCTYPE x [<!ENTITY e SYSTEM '%s/secret.txt'>]>" HEAD PLAIN
             "<xsl:template match='/'>(<xsl:text>&e;</xsl:text>)</xsl:template>" END,
             directory);
    write_file("page.xsl", text);
    json_t *record = json_object();
    struct text page = {0};
    char *wrong = page_render(directory, "page", NULL, record, &page);

    assert_null(strstr(text_get(&page), "key"));
    free(wrong);
    text_finish(&page);
    json_decref(record);
}

static void test_writes_nothing(void **state)
{
    char text[512];

    (void)state;
    snprintf(text, sizeof(text),
             "<xsl:stylesheet version='1.1' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:template "
             "match='/'>"
             "<xsl:document href='%s/written.txt' method='text'>x</xsl:document></xsl:template>" END,
             directory);
    write_file("page.xsl", text);
    assert_refused("page", "page.xsl:");
    snprintf(text, sizeof(text), "%s/written.txt", directory);
    assert_null(fopen(text, "r"));
}

/* One after the other: what one rendering met is forgotten by the next. */
static void test_again(void **state)
{
    (void)state;
    write_file("page.xsl", HEAD "<xsl:import href='lost.xsl'/>" END);
    assert_refused("page", "lost.xsl");
    write_file("page.xsl", HEAD PLAIN "<xsl:template match='/page'><xsl:for-each select='list/item'>"
                                      "<xsl:value-of select='.'/>,</xsl:for-each></xsl:template>" END);
    for (int i = 0; i < 3; i++) {
        char *page = render("{\"list\":[\"一\",2]}", NULL);

        assert_string_equal(page, "一,2,");
        free(page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, create, destroy),
        cmocka_unit_test_setup_teardown(test_page, create, destroy),
        cmocka_unit_test_setup_teardown(test_wrong_stylesheets, create, destroy),
        cmocka_unit_test_setup_teardown(test_endless, create, destroy),
        cmocka_unit_test_setup_teardown(test_reaches_nothing, create, destroy),
        cmocka_unit_test_setup_teardown(test_writes_nothing, create, destroy),
        cmocka_unit_test_setup_teardown(test_again, create, destroy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
