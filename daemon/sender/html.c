/*
 * Makes the HTML part of a notice from its text, so that the two can never say different things and templates
 * are written once. Called by message.c.
 *
 * The text is a row of blocks: an empty line ends one, a run of `label: value` lines is a table, anything
 * else is a paragraph whose lines keep their breaks. Everything from the text is escaped; no link, image or
 * style comes from it. Styles are inline because mail readers drop style sheets, and the fonts name Chinese
 * and Latin faces so that mixed lines look right in either language.
 */
#include "daemon/sender/html.h"

#include <stdbool.h>
#include <string.h>

#define LABEL_CHARACTERS 24 /* a longer "label" is a sentence that happens to have a colon */
#define RUN_MINIMUM      2  /* a single such line reads better as a sentence */

#define FONTS                                                                                                \
    "-apple-system,'Segoe UI',Roboto,'PingFang SC','Hiragino Sans GB','Microsoft YaHei','Noto Sans CJK SC'," \
    "'Helvetica Neue',Arial,sans-serif"
#define BODY_STYLE  "margin:0;padding:16px;color:#1f2328;background:#ffffff;font:15px/1.6 " FONTS
#define TABLE_STYLE "border-collapse:collapse;margin:0 0 16px"
#define LABEL_STYLE "color:#59636e;font-weight:normal;text-align:left;vertical-align:top;white-space:nowrap"
#define VALUE_STYLE "vertical-align:top"

struct line {
    const char *bytes;
    size_t length;
};

struct pair {
    struct line label, value;
};

static const struct {
    const char *mark;
    size_t length;
} colons[] = {{"：", sizeof "：" - 1}, {": ", 2}};

/* Punctuation that ends a clause: what stands before the colon is then no label. */
static const char *const clause_marks[] = {"。", "，", "；", "！", "？", ",", ";", "!", "?"};

static struct line trim(const char *start, const char *end)
{
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct line){start, (size_t)(end - start)};
}

static bool is_label(struct line label)
{
    size_t characters = 0;

    for (size_t i = 0; i < label.length; i++)
        characters += ((unsigned char)label.bytes[i] & 0xc0) != 0x80;
    if (characters == 0 || characters > LABEL_CHARACTERS)
        return false;
    for (size_t i = 0; i < sizeof clause_marks / sizeof clause_marks[0]; i++) {
        if (memmem(label.bytes, label.length, clause_marks[i], strlen(clause_marks[i])))
            return false;
    }
    return true;
}

/* Whether `line` reads `label: value`, split at its first colon of either kind. */
static bool read_pair(struct line line, struct pair *ret_pair)
{
    const char *colon = NULL, *end = line.bytes + line.length;
    size_t width = 0;

    for (size_t i = 0; i < sizeof colons / sizeof colons[0]; i++) {
        const char *found = memmem(line.bytes, line.length, colons[i].mark, colons[i].length);

        if (found && (!colon || found < colon)) {
            colon = found;
            width = colons[i].length;
        }
    }
    if (!colon)
        return false;
    ret_pair->label = trim(line.bytes, colon);
    ret_pair->value = trim(colon + width, end);
    return ret_pair->value.length > 0 && is_label(ret_pair->label);
}

static struct line line_at(const char *text)
{
    return (struct line){text, strcspn(text, "\n")};
}

static const char *after(struct line line)
{
    const char *end = line.bytes + line.length;

    return *end ? end + 1 : end;
}

static size_t count_pairs(const char *text)
{
    struct pair pair;
    size_t count = 0;

    for (struct line line = line_at(text); *line.bytes && read_pair(line, &pair); line = line_at(after(line)))
        count++;
    return count;
}

static const char *entity(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    }
    return NULL;
}

static void add_escaped(struct text *html, struct line line)
{
    for (size_t i = 0; i < line.length; i++) {
        const char *name = entity(line.bytes[i]);

        if (name)
            text_add(html, name);
        else
            text_append(html, &line.bytes[i], 1);
    }
}

static const char *add_table(struct text *html, const char *text, size_t rows)
{
    text_add(html, "<table role=\"presentation\" cellpadding=\"4\" style=\"" TABLE_STYLE "\">\n");
    for (size_t i = 0; i < rows; i++) {
        struct line line = line_at(text);
        struct pair pair;

        if (!read_pair(line, &pair))
            break; /* count_pairs() has just read it */
        text_add(html, "<tr><th scope=\"row\" style=\"" LABEL_STYLE "\">");
        add_escaped(html, pair.label);
        text_add(html, "</th><td style=\"" VALUE_STYLE "\">");
        add_escaped(html, pair.value);
        text_add(html, "</td></tr>\n");
        text = after(line);
    }
    text_add(html, "</table>\n");
    return text;
}

/* Lines up to an empty one, a table or the end. */
static const char *add_paragraph(struct text *html, const char *text)
{
    const char *separator = "<p style=\"margin:0 0 16px\">";

    do {
        struct line line = line_at(text);

        text_add(html, separator);
        add_escaped(html, line);
        separator = "<br>\n";
        text = after(line);
    } while (*text && *text != '\n' && count_pairs(text) < RUN_MINIMUM);
    text_add(html, "</p>\n");
    return text;
}

static void add_blocks(struct text *html, const char *text)
{
    while (*text) {
        size_t pairs = count_pairs(text);

        if (*text == '\n')
            text++;
        else if (pairs >= RUN_MINIMUM)
            text = add_table(html, text, pairs);
        else
            text = add_paragraph(html, text);
    }
}

void html_render(const char *plain, const char *language, const char *title, struct text *ret_html)
{
    text_add(ret_html, "<!DOCTYPE html>\n<html lang=\"");
    add_escaped(ret_html, (struct line){language, strlen(language)});
    text_add(ret_html, "\">\n<head>\n<meta charset=\"utf-8\">\n"
                       "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    add_escaped(ret_html, (struct line){title, strlen(title)});
    text_add(ret_html, "</title>\n</head>\n<body style=\"" BODY_STYLE "\">\n");
    add_blocks(ret_html, plain);
    text_add(ret_html, "</body>\n</html>\n");
}
