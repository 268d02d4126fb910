/*
 * From a JSON record to a page: a tree of XML (libxml2), a stylesheet (libxslt), one HTML text.
 *
 * Used by dubanctl for printed forms and reports. Stylesheets and not a template language of our own: a
 * form's page is a tree walked twice over (tables, tick marks, empty rows, two languages), the escaping must
 * be right by construction, and whoever changes a form finds XSLT 1.0 described in any book shop. A record's
 * members become elements of their names, the elements of an array <item>s; null is nothing at all, so that a
 * stylesheet asks for a member by naming it.
 *
 * A stylesheet is somebody's file, so it reaches nothing: other stylesheets of the same directory by their
 * bare names, and that is all. document(), writing, the network and entities of the outside are refused; how
 * deep its templates call each other and how many steps they take has a bound. libxslt's loader is a global
 * of that library, and so is its complaint; both are set for the length of one call, which is why pages are
 * made by one thread.
 */
#include "files/page.h"

#include "files/files.h"
#include "lib/base/memory.h"
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxslt/documents.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STYLESHEET_BYTES_MAX ((size_t)1 << 20)
#define RECORD_DEPTH_MAX     64
#define TEMPLATE_DEPTH_MAX   400 /* of templates that call each other */
#define STEPS_MAX            20000000

/* XML text of the outside is read without a network, without external entities, without a DTD. */
#define PARSE_OPTIONS (XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)

/* One rendering; what the callbacks of libxslt, which bring no context of ours, find through `current`. */
struct rendering {
    const char *directory;
    char *complaint;     /* the first about a file */
    struct text grumble; /* what libxslt said, in its pieces */
};

static struct rendering *current;

/* ---- the record as a tree ---- */

static bool is_element_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

    return *name && strchr(letters, *name) && strncasecmp(name, "xml", 3) != 0 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789-.")] == '\0';
}

/* XML has no control characters but tab and line ends; what was typed instead is shown as U+FFFD. */
static void add_text(xmlNode *parent, const char *bytes)
{
    struct text clean = {0};

    for (const char *at = bytes; *at; at++) {
        bool is_control = (unsigned char)*at < ' ' && !strchr("\t\n\r", *at);
        bool is_no_character = strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;

        if (is_control || is_no_character)
            text_add(&clean, "\xef\xbf\xbd");
        else
            text_append(&clean, at, 1);
        if (is_no_character)
            at += 2;
    }
    xmlAddChild(parent, xmlNewDocText(parent->doc, (const xmlChar *)text_get(&clean)));
    text_finish(&clean);
}

static xmlNode *add_element(xmlNode *parent, const char *name)
{
    bool is_name = is_element_name(name);
    xmlNode *element = xmlNewDocNode(parent->doc, NULL, (const xmlChar *)(is_name ? name : "member"), NULL);

    if (!element)
        abort();
    xmlAddChild(parent, element);
    if (!is_name)
        xmlSetProp(element, (const xmlChar *)"name", (const xmlChar *)name);
    return element;
}

static void add_value(xmlNode *element, const json_t *value, int depth)
{
    char number[32];
    const json_t *inner;
    const char *name;
    size_t i;

    if (depth > RECORD_DEPTH_MAX)
        return;
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_object_foreach((json_t *)(uintptr_t)value, name, inner)
        {
            if (!json_is_null(inner))
                add_value(add_element(element, name), inner, depth + 1);
        }
        break;
    case JSON_ARRAY:
        json_array_foreach(value, i, inner)
        {
            add_value(add_element(element, "item"), inner, depth + 1);
        }
        break;
    case JSON_STRING:
        add_text(element, json_string_value(value));
        break;
    case JSON_INTEGER:
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        add_text(element, number);
        break;
    case JSON_REAL:
        snprintf(number, sizeof(number), "%.15g", json_real_value(value));
        add_text(element, number);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        add_text(element, json_is_true(value) ? "true" : "false");
        break;
    case JSON_NULL:
        break;
    }
}

static xmlDoc *tree_of(const json_t *record)
{
    xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
    xmlNode *root = document ? xmlNewDocNode(document, NULL, (const xmlChar *)"page", NULL) : NULL;

    if (!root)
        abort();
    xmlDocSetRootElement(document, root);
    add_value(root, record, 0);
    return document;
}

void page_source(const json_t *record, struct text *ret_xml)
{
    xmlDoc *document = tree_of(record);
    xmlChar *bytes = NULL;
    int length = 0;

    xmlDocDumpFormatMemoryEnc(document, &bytes, &length, "UTF-8", 1);
    text_append(ret_xml, (const char *)bytes, (size_t)length);
    xmlFree(bytes);
    xmlFreeDoc(document);
}

/* ---- what is wrong, in one line ---- */

static void complain(struct rendering *rendering, char *complaint)
{
    if (rendering->complaint)
        free(complaint);
    else
        rendering->complaint = complaint;
}

/* What libxml2 says to the world; what of it matters libxslt says again, with its place. */
__attribute__((format(printf, 2, 3))) static void say_nothing(void *context, const char *format, ...)
{
    (void)context;
    (void)format;
}

__attribute__((format(printf, 2, 3))) static void take_grumble(void *context, const char *format, ...)
{
    char *piece;
    va_list list;

    (void)context;
    va_start(list, format);
    if (vasprintf(&piece, format, list) < 0)
        abort();
    va_end(list);
    if (current)
        text_add(&current->grumble, piece);
    free(piece);
}

/* The line that libxslt names in "compilation error: file F line N element E\nwhat is wrong\n"; 0: none. */
static int read_place(const char *grumble, const char **ret_file, int *ret_length, const char **ret_rest)
{
    const char *file = strstr(grumble, ": file ");
    const char *line = file ? strstr(file, " line ") : NULL, *end = line ? strchr(line, '\n') : NULL;
    int number = 0;

    if (!end || sscanf(line, " line %d", &number) != 1)
        return 0;
    *ret_file = file + strlen(": file ");
    *ret_length = (int)(line - *ret_file);
    *ret_rest = end + 1;
    return number;
}

/* The first thing libxslt said, with its file and line in front. */
static char *first_grumble(const struct rendering *rendering, const char *path)
{
    const char *rest = text_get(&rendering->grumble), *file = path;
    int file_length = (int)strlen(path), line = read_place(rest, &file, &file_length, &rest);
    char *complaint;

    while (*rest == '\n' || *rest == ' ')
        rest++;
    if (!*rest)
        rest = "it makes nothing";
    if (asprintf(&complaint, "%.*s:%d: %.*s", file_length, file, line ? line : 1, (int)strcspn(rest, "\n"),
                 rest) < 0)
        abort();
    return complaint;
}

/* ---- stylesheets ---- */

/* The first error in a text counts; those behind it are mostly its consequences. */
static void take_error(void *context, xmlError *error)
{
    xmlParserCtxt *parser = context;
    char *complaint;

    if (!error->message || error->level < XML_ERR_ERROR)
        return;
    if (asprintf(&complaint, "%s:%d: %.*s", (const char *)parser->_private, error->line,
                 (int)strcspn(error->message, "\n"), error->message) < 0)
        abort();
    complain(current, complaint);
}

/* libxslt compares names by their address, so what is imported shares the dictionary of what imports it. */
static xmlDoc *parse_stylesheet(const char *path, const struct text *text, xmlDict *dict)
{
    xmlParserCtxt *parser = xmlNewParserCtxt();

    if (!parser)
        abort();
    if (dict) {
        xmlDictFree(parser->dict);
        parser->dict = dict;
        xmlDictReference(dict);
    }
    parser->_private = (void *)(uintptr_t)path;
    parser->sax->serror = take_error;
    xmlDoc *document =
        xmlCtxtReadMemory(parser, text_get(text), (int)text->length, path, NULL, PARSE_OPTIONS);

    xmlFreeParserCtxt(parser);
    return document;
}

static bool is_bare_name(const char *name)
{
    return *name && *name != '.' && strlen(name) < 64 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] == '\0';
}

static xmlDoc *load_stylesheet(struct rendering *rendering, const char *file_name, xmlDict *dict)
{
    struct text text;
    xmlDoc *document = NULL;
    char *path;

    if (asprintf(&path, "%s/%s", rendering->directory, file_name) < 0)
        abort();
    text_init(&text);
    char *complaint = files_read_or_say(path, STYLESHEET_BYTES_MAX, &text);

    if (complaint)
        complain(rendering, complaint);
    else
        document = parse_stylesheet(path, &text, dict);
    text_finish(&text);
    free(path);
    return document;
}

/* xsl:import and xsl:include come here with the path libxslt made of them, and so does document(). */
static xmlDoc *load(const xmlChar *uri, xmlDict *dict, int options, void *context, xsltLoadType type)
{
    const char *path = (const char *)uri;
    size_t length = strlen(current->directory);
    char *complaint;

    (void)options;
    (void)context;
    bool is_ours = type == XSLT_LOAD_STYLESHEET && strncmp(path, current->directory, length) == 0 &&
                   path[length] == '/' && is_bare_name(path + length + 1);

    if (is_ours)
        return load_stylesheet(current, path + length + 1, dict);
    if (asprintf(&complaint, "%s: a stylesheet reads no file but stylesheets beside it", path) < 0)
        abort();
    complain(current, complaint);
    return NULL;
}

static xsltStylesheet *compile(struct rendering *rendering, const char *path, const char *name)
{
    char *file_name, *complaint;

    if (!is_bare_name(name)) {
        if (asprintf(&complaint, "'%s' is no name of a page (a word of letters, digits, _ and -)", name) < 0)
            abort();
        complain(rendering, complaint);
        return NULL;
    }
    if (asprintf(&file_name, "%s.xsl", name) < 0)
        abort();
    xmlDoc *document = load_stylesheet(rendering, file_name, NULL);

    free(file_name);
    xsltStylesheet *stylesheet = document ? xsltParseStylesheetDoc(document) : NULL;

    if (document && (!stylesheet || stylesheet->errors)) {
        complain(rendering, first_grumble(rendering, path));
        if (!stylesheet)
            xmlFreeDoc(document);
        xsltFreeStylesheet(stylesheet);
        stylesheet = NULL;
    }
    return stylesheet;
}

/* ---- the page ---- */

static xsltSecurityPrefs *forbid_everything(void)
{
    static const xsltSecurityOption options[] = {
        XSLT_SECPREF_READ_FILE,    XSLT_SECPREF_WRITE_FILE,    XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK,
    };
    xsltSecurityPrefs *preferences = xsltNewSecurityPrefs();

    if (!preferences)
        abort();
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        xsltSetSecurityPrefs(preferences, options[i], xsltSecurityForbid);
    return preferences;
}

static void set_params(xsltTransformContext *transform, const struct page_param *params)
{
    for (; params && params->name; params++)
        if (params->value)
            xsltQuoteOneUserParam(transform, (const xmlChar *)params->name, (const xmlChar *)params->value);
}

static void transform(struct rendering *rendering, xsltStylesheet *stylesheet, const char *path,
                      const struct page_param *params, xmlDoc *tree, struct text *ret_html)
{
    xsltTransformContext *context = xsltNewTransformContext(stylesheet, tree);
    xsltSecurityPrefs *preferences = forbid_everything();
    xmlChar *bytes = NULL;
    int length = 0;

    if (!context || xsltSetCtxtSecurityPrefs(preferences, context) < 0)
        abort();
    context->maxTemplateDepth = TEMPLATE_DEPTH_MAX;
    context->opLimit = STEPS_MAX;
    set_params(context, params);
    xmlDoc *result = xsltApplyStylesheetUser(stylesheet, tree, NULL, NULL, NULL, context);
    bool is_good = result && context->state == XSLT_STATE_OK && !rendering->complaint;

    if (is_good && xsltSaveResultToString(&bytes, &length, result, stylesheet) == 0 && length > 0)
        text_append(ret_html, (const char *)bytes, (size_t)length);
    else
        complain(rendering, first_grumble(rendering, path));
    xmlFree(bytes);
    xmlFreeDoc(result);
    xsltFreeTransformContext(context);
    xsltFreeSecurityPrefs(preferences);
}

char *page_render(const char *directory, const char *name, const struct page_param *params,
                  const json_t *record, struct text *ret_html)
{
    char *real = realpath(directory, NULL), *path; /* libxslt makes its own of a path with dots */
    struct rendering rendering = {.directory = real ? real : directory};

    if (asprintf(&path, "%s/%s.xsl", rendering.directory, name) < 0)
        abort();
    current = &rendering;
    xsltSetLoaderFunc(load);
    xsltSetGenericErrorFunc(NULL, take_grumble);
    xmlSetGenericErrorFunc(NULL, say_nothing);
    xsltStylesheet *stylesheet = compile(&rendering, path, name);

    if (stylesheet) {
        xmlDoc *tree = tree_of(record);

        transform(&rendering, stylesheet, path, params, tree, ret_html);
        xmlFreeDoc(tree);
    } else if (!rendering.complaint) {
        complain(&rendering, first_grumble(&rendering, path));
    }
    xsltFreeStylesheet(stylesheet);
    xsltSetGenericErrorFunc(NULL, NULL);
    xmlSetGenericErrorFunc(NULL, NULL);
    xsltSetLoaderFunc(NULL);
    current = NULL;
    text_finish(&rendering.grumble);
    free(path);
    free(real);
    return rendering.complaint;
}
