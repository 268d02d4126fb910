/*
 * Templates of notices: `Subject: …`, an empty line, a body, with {variables}.
 *
 * Compiled when the regime is, so that a misspelt variable stops a reload instead of reaching a customer's
 * department head. Rendering is a single pass that copies text and values; values never contain line breaks
 * when they come from outside (one_line below), because a notice's subject becomes a mail header.
 */
#include "lib/notice_template.h"

#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FACT_PREFIX  7 /* bytes of "record." */
#define FIELD_PREFIX 6 /* bytes of "field." */

static const char *const variable_names[VARIABLE_COUNT] = {
    [VARIABLE_NUMBER] = "number",
    [VARIABLE_CLASS] = "class",
    [VARIABLE_TYPES] = "types",
    [VARIABLE_URGENCY] = "urgency",
    [VARIABLE_STAGE] = "stage",
    [VARIABLE_CUSTOMER] = "customer",
    [VARIABLE_DEPARTMENT] = "department",
    [VARIABLE_HANDLER] = "handler",
    [VARIABLE_RECIPIENT] = "recipient",
    [VARIABLE_CLOCK] = "clock",
    [VARIABLE_RECEIVED] = "received_at",
    [VARIABLE_DUE] = "due_at",
    [VARIABLE_NOW] = "now",
    [VARIABLE_OVERRUN] = "overrun",
    [VARIABLE_LEFT] = "left",
    [VARIABLE_REASON] = "reason",
    [VARIABLE_DAYS_LEFT] = "days_left",
    [VARIABLE_RESULT] = "result",
    [VARIABLE_NOTE] = "note",
    [VARIABLE_STAGES] = "stages",
    [VARIABLE_FIELD] = "field.NAME",
    [VARIABLE_HANDLER_CONTACT] = "handler.contact",
    [VARIABLE_PAST] = "customer.tickets",
    [VARIABLE_TOTAL] = "total",
    [VARIABLE_ITEMS] = "items",
};

/* Lines of our own making: they stay lines, and have no place in a subject. */
static const enum notice_variable of_lines[] = {VARIABLE_ITEMS, VARIABLE_STAGES, VARIABLE_PAST};

/* A stretch of a template: literal text up to a variable, VARIABLE_COUNT when it ends without one. */
struct piece {
    const char *text;
    enum notice_variable variable;
    const char *fact;  /* the NAME of {record.NAME}, NULL: none */
    const char *field; /* the NAME of {field.NAME}, NULL: none */
    struct piece *next;
};

struct template
{
    const char *name;
    enum language language;
    struct piece *subject, *body;
    struct template *next;
};

struct notice_templates {
    struct arena *arena;
    struct template *first;
};

const char *notice_variable_name(enum notice_variable variable)
{
    return variable_names[variable];
}

static const char *const language_names[LANGUAGE_COUNT] = {"zh", "en"};

const char *language_name(enum language language)
{
    return language_names[language];
}

bool language_find(const char *name, enum language *ret_language)
{
    for (enum language language = 0; language < LANGUAGE_COUNT; language++)
        if (strcmp(language_names[language], name) == 0) {
            *ret_language = language;
            return true;
        }
    return false;
}

struct notice_templates *notice_templates_create(struct arena *arena)
{
    struct notice_templates *templates = arena_new(arena, sizeof(*templates));

    templates->arena = arena;
    return templates;
}

static enum notice_variable find_variable(const char *name, size_t length)
{
    enum notice_variable variable = 0;

    while (variable < VARIABLE_COUNT && (strlen(variable_names[variable]) != length ||
                                         strncmp(variable_names[variable], name, length) != 0))
        variable++;
    return variable;
}

static const char *unknown_variable(struct arena *arena, int line, const char *name, size_t length)
{
    struct text known = {0};

    for (enum notice_variable variable = 0; variable < VARIABLE_COUNT; variable++)
        text_printf(&known, " {%s}", variable_names[variable]);
    const char *wrong = arena_printf(arena, "line %d: unknown variable {%.*s} (known:%s)", line, (int)length,
                                     name, text_get(&known));

    text_finish(&known);
    return wrong;
}

static const char *compile_pieces(struct arena *arena, const char *text, int *line, struct piece **ret_first)
{
    struct piece **end = ret_first;

    for (;;) {
        size_t length = strcspn(text, "{");
        struct piece *piece = arena_new(arena, sizeof(*piece));

        for (size_t i = 0; i < length; i++)
            *line += text[i] == '\n';
        piece->text = arena_bytes(arena, text, length);
        piece->variable = VARIABLE_COUNT;
        *end = piece;
        end = &piece->next;
        if (!text[length])
            return NULL;
        const char *name = text + length + 1;
        size_t name_length = strcspn(name, "}\n");

        if (name[name_length] != '}')
            return arena_printf(arena, "line %d: '{' without '}'", *line);
        piece->variable = find_variable(name, name_length);
        if (name_length > FACT_PREFIX && strncmp(name, "record.", FACT_PREFIX) == 0)
            piece->fact = arena_bytes(arena, name + FACT_PREFIX, name_length - FACT_PREFIX);
        if (name_length > FIELD_PREFIX && strncmp(name, "field.", FIELD_PREFIX) == 0) {
            piece->field = arena_bytes(arena, name + FIELD_PREFIX, name_length - FIELD_PREFIX);
            piece->variable = VARIABLE_FIELD;
        }
        if (piece->variable == VARIABLE_COUNT && !piece->fact)
            return unknown_variable(arena, *line, name, name_length);
        text = name + name_length + 1;
    }
}

static const struct template *find_template(const struct notice_templates *templates, const char *name,
                                            enum language language)
{
    for (const struct template *template = templates->first; template; template = template->next)
        if (template->language == language && strcmp(template->name, name) == 0)
            return template;
    return NULL;
}

static uint32_t uses_of(const struct piece *piece)
{
    uint32_t uses = 0;

    for (; piece; piece = piece->next)
        if (piece->variable < VARIABLE_COUNT)
            uses |= UINT32_C(1) << piece->variable;
    return uses;
}

const char *notice_templates_add(struct notice_templates *templates, const char *name, enum language language,
                                 const char *text)
{
    struct arena *arena = templates->arena;
    const char *end = strchr(text, '\n');
    int line = 1;

    if (find_template(templates, name, language))
        return NULL;
    if (strncmp(text, "Subject: ", 9) != 0 || !end)
        return "line 1: a template begins with `Subject: …`";
    if (end[1] != '\n')
        return "line 2: an empty line stands between subject and body";
    struct template *template = arena_new(arena, sizeof(*template));
    const char *subject = arena_bytes(arena, text + 9, (size_t)(end - text - 9));
    const char *wrong = compile_pieces(arena, subject, &line, &template->subject);

    line = 3;
    if (!wrong)
        wrong = compile_pieces(arena, end + 2, &line, &template->body);
    for (size_t i = 0; !wrong && i < sizeof(of_lines) / sizeof(of_lines[0]); i++)
        if (uses_of(template->subject) >> of_lines[i] & 1)
            wrong = arena_printf(arena, "line 1: {%s} are lines, a subject is one",
                                 notice_variable_name(of_lines[i]));
    if (wrong)
        return wrong;
    template->name = arena_text(arena, name);
    template->language = language;
    template->next = templates->first;
    templates->first = template;
    return NULL;
}

bool notice_templates_have(const struct notice_templates *templates, const char *name, enum language language)
{
    return find_template(templates, name, language) != NULL;
}

uint32_t notice_template_uses(const struct notice_templates *templates, const char *name)
{
    uint32_t uses = 0;

    for (const struct template *template = templates->first; template; template = template->next)
        if (strcmp(template->name, name) == 0)
            uses |= uses_of(template->subject) | uses_of(template->body);
    return uses;
}

const char *notice_templates_first_use(const struct notice_templates *templates, uint32_t variables,
                                       const char *but)
{
    for (const struct template *template = templates->first; template; template = template->next)
        if (strcmp(template->name, but) != 0 &&
            ((uses_of(template->subject) | uses_of(template->body)) & variables))
            return template->name;
    return NULL;
}

static bool is_own_lines(enum notice_variable variable)
{
    for (size_t i = 0; i < sizeof(of_lines) / sizeof(of_lines[0]); i++)
        if (variable == of_lines[i])
            return true;
    return false;
}

static bool is_lines(enum notice_variable variable)
{
    return variable == VARIABLE_RESULT || variable == VARIABLE_NOTE;
}

/* What people wrote in several lines stays so, in a body: each its own, without any other control character.
 */
static void add_lines(struct text *out, const char *value)
{
    for (; *value; value++) {
        bool is_break = value[0] == '\r' && value[1] == '\n';
        char c = (unsigned char)*value >= 0x20 && *value != 0x7f ? *value : *value == '\n' ? '\n' : ' ';

        if (!is_break)
            text_append(out, &c, 1);
    }
}

/* Controls become blanks: what a client typed can open no new line, header or table row. A subject has no
   angle brackets either, because the sender refuses them in headers. */
static void add_one_line(struct text *out, const char *value, bool is_header)
{
    for (; *value; value++) {
        char c = (unsigned char)*value < 0x20 || *value == 0x7f ? ' ' : *value;

        if (is_header && (c == '<' || c == '>'))
            c = c == '<' ? '(' : ')';
        text_append(out, &c, 1);
    }
}

static const char *find_fact(const struct notice_fact *facts, size_t count, const char *name,
                             const char *otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].name, name) == 0)
            return facts[i].value;
    return otherwise;
}

static const char *check_fields(const struct piece *piece,
                                const char *(*check)(void *context, const char *field), void *context)
{
    const char *wrong = NULL;

    for (; piece && !wrong; piece = piece->next)
        if (piece->field)
            wrong = check(context, piece->field);
    return wrong;
}

const char *notice_templates_fields(const struct notice_templates *templates, const char *name,
                                    const char *(*check)(void *context, const char *field), void *context)
{
    const char *wrong = NULL;

    for (const struct template *template = templates->first; template && !wrong; template = template->next) {
        if (name && strcmp(template->name, name) != 0)
            continue;
        wrong = check_fields(template->subject, check, context);
        if (!wrong)
            wrong = check_fields(template->body, check, context);
    }
    return wrong;
}

static const char *check_pieces(const struct piece *piece,
                                const char *(*check)(void *context, const char *fact), void *context)
{
    const char *wrong = NULL;

    for (; piece && !wrong; piece = piece->next)
        if (piece->fact)
            wrong = check(context, piece->fact);
    return wrong;
}

const char *notice_templates_facts(const struct notice_templates *templates, const char *name,
                                   const char *(*check)(void *context, const char *fact), void *context)
{
    const char *wrong = NULL;

    for (enum language language = 0; language < LANGUAGE_COUNT && !wrong; language++) {
        const struct template *template = find_template(templates, name, language);

        if (template)
            wrong = check_pieces(template->subject, check, context);
        if (template && !wrong)
            wrong = check_pieces(template->body, check, context);
    }
    return wrong;
}

/* Who is not shown fields has all of them masked by what stands for the variable. */
static const char *field_value(const struct notice_values *values, const char *name)
{
    const char *masked = values->of[VARIABLE_FIELD];

    return masked ? masked : find_fact(values->fields, values->field_count, name, NOTICE_NOTHING);
}

static const char *render(const struct piece *piece, const struct notice_values *values, bool is_header,
                          struct arena *arena)
{
    struct text out = {0};

    for (; piece; piece = piece->next) {
        text_add(&out, piece->text);
        if (piece->field)
            add_one_line(&out, field_value(values, piece->field), is_header);
        else if (is_own_lines(piece->variable) && values->of[piece->variable])
            text_add(&out, values->of[piece->variable]);
        else if (is_lines(piece->variable) && values->of[piece->variable] && !is_header)
            add_lines(&out, values->of[piece->variable]);
        else if (piece->variable < VARIABLE_COUNT && values->of[piece->variable])
            add_one_line(&out, values->of[piece->variable], is_header);
        if (piece->fact)
            add_one_line(&out, find_fact(values->facts, values->fact_count, piece->fact, ""), is_header);
    }
    const char *copy = arena_bytes(arena, text_get(&out), out.length);

    text_finish(&out);
    return copy;
}

void notice_template_render(const struct notice_templates *templates, const char *name,
                            enum language language, const struct notice_values *values, struct arena *arena,
                            const char **ret_subject, const char **ret_body)
{
    const struct template *template = find_template(templates, name, language);

    if (!template)
        template = find_template(templates, name, language == LANGUAGE_ZH ? LANGUAGE_EN : LANGUAGE_ZH);
    *ret_subject = template ? render(template->subject, values, true, arena) : name;
    *ret_body = template ? render(template->body, values, false, arena) : "";
}
