/*
 * Composes the mail of a notice: multipart/alternative, the text as rendered and the HTML made from it.
 *
 * main.c composes once per job and hands the bytes to whichever transport is configured. The promise behind
 * it: a cut connection may cause one repeat, and that repeat is byte-identical with the same Message-ID, so a
 * reader's mailbox can fold it. Hence everything that GMime would choose itself is fixed here: the boundary
 * comes from the notice, the charset is always UTF-8 (GMime would try the locale's), the transfer encoding
 * depends on the text.
 *
 * Both parts are encoded (quoted-printable for pure ASCII, else base64): then no line is too long, none
 * starts with "From " or a dot, no relay has a reason to re-encode, and neither encoding can produce "=_", so
 * the boundary needs no search. A long digest whose HTML would not fit goes without it rather than not at
 * all. The values come checked from field.c; nothing is validated twice.
 */
#include "daemon/sender/message.h"

#include "daemon/sender/html.h"
#include "daemon/sender/words.h"
#include <gmime/gmime.h>
#include <string.h>

#define CHARSET "utf-8"

void message_init(void)
{
    g_mime_init();
}

/* LF line ends, and U+FFFD for control characters: they would make the HTML invalid and can hide text. */
static void clean_body(const char *body, struct text *ret_clean)
{
    for (const char *at = body; *at; at = g_utf8_find_next_char(at, NULL)) {
        gunichar character = g_utf8_get_char(at);

        if (character == '\r' && at[1] == '\n')
            continue;
        if (character == '\r')
            text_add(ret_clean, "\n");
        else if (character != '\n' && character != '\t' && g_unichar_iscntrl(character))
            text_add(ret_clean, "\xef\xbf\xbd");
        else
            text_append(ret_clean, at, (size_t)(g_utf8_find_next_char(at, NULL) - at));
    }
}

/* Base64 encodes bytes as they are, and lines in mail end in CRLF; quoted-printable gets its CRLF when
 * written. */
static void add_content(GMimeStream *stream, const char *content, bool line_ends)
{
    if (line_ends) {
        GMimeStream *filtered = g_mime_stream_filter_new(stream);
        GMimeFilter *filter = g_mime_filter_unix2dos_new(FALSE);

        g_mime_stream_filter_add(GMIME_STREAM_FILTER(filtered), filter);
        g_object_unref(filter);
        g_mime_stream_write_string(filtered, content);
        g_mime_stream_flush(filtered);
        g_object_unref(filtered);
    } else {
        g_mime_stream_write_string(stream, content);
    }
    g_mime_stream_reset(stream);
}

static void add_part(GMimeMultipart *alternative, const char *subtype, const char *content)
{
    GMimePart *part = g_mime_part_new_with_type("text", subtype);
    GMimeStream *stream = g_mime_stream_mem_new();
    bool plain = g_str_is_ascii(content);

    add_content(stream, content, !plain);

    GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, plain ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
                                                 : GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", CHARSET);
    g_mime_multipart_add(alternative, GMIME_OBJECT(part));
    g_object_unref(wrapper);
    g_object_unref(stream);
    g_object_unref(part);
}

static GMimeMultipart *make_alternative(const struct job *job, bool with_html)
{
    GMimeMultipart *alternative = g_mime_multipart_new_with_subtype("alternative");
    struct text boundary = {0}, plain = {0}, html = {0};

    text_printf(&boundary, "=_duban_%s", job->notice);
    g_mime_multipart_set_boundary(alternative, text_get(&boundary));
    g_mime_object_set_header(GMIME_OBJECT(alternative), "Content-Language", job->lang, CHARSET);
    clean_body(job->text, &plain);
    add_part(alternative, "plain", text_get(&plain));
    if (with_html) {
        html_render(text_get(&plain), job->lang, job->subject, &html);
        add_part(alternative, "html", text_get(&html));
    }
    text_finish(&boundary);
    text_finish(&plain);
    text_finish(&html);
    return alternative;
}

/* The text in both forms, and a table behind it. */
static GMimeMultipart *make_mixed(const struct job *job, GMimeMultipart *alternative)
{
    GMimeMultipart *mixed = g_mime_multipart_new_with_subtype("mixed");
    GMimePart *part = g_mime_part_new_with_type("text", "csv");
    GMimeStream *stream = g_mime_stream_mem_new();
    struct text boundary = {0};

    text_printf(&boundary, "=_duban_m_%s", job->notice);
    g_mime_multipart_set_boundary(mixed, text_get(&boundary));
    g_mime_stream_write_string(stream, job->attachment);
    g_mime_stream_reset(stream);

    GMimeDataWrapper *wrapper = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

    g_mime_part_set_content(part, wrapper);
    g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", CHARSET);
    g_mime_object_set_disposition(GMIME_OBJECT(part), "attachment");
    g_mime_part_set_filename(part, job->attachment_name ? job->attachment_name : "table.csv");
    g_mime_multipart_add(mixed, GMIME_OBJECT(alternative));
    g_mime_multipart_add(mixed, GMIME_OBJECT(part));
    g_object_unref(wrapper);
    g_object_unref(stream);
    g_object_unref(part);
    text_finish(&boundary);
    return mixed;
}

static void set_header(GMimeMessage *message, const char *name, const char *value)
{
    if (value && *value)
        g_mime_object_set_header(GMIME_OBJECT(message), name, value, CHARSET);
}

/* Sets a header to encoded words with `rest` on a line after them. */
static void set_words(GMimeMessage *message, const char *name, const char *value, const char *rest)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
    struct text raw = {0};

    words_encode(value, &raw);
    text_add(&raw, rest);
    if (!g_mime_header_list_contains(headers, name))
        set_header(message, name, "-");
    g_mime_header_set_raw_value(g_mime_header_list_get_header(headers, name), text_get(&raw));
    text_finish(&raw);
}

static void set_text(GMimeMessage *message, const char *name, const char *value)
{
    if (value && words_needed(value))
        set_words(message, name, value, "");
    else
        set_header(message, name, value);
}

/* GMime quotes a name in ASCII where it must. */
static void set_person(GMimeMessage *message, const char *name, GMimeAddressType type,
                       const struct person *person)
{
    bool words = person->name && words_needed(person->name);
    struct text rest = {0};

    g_mime_message_add_mailbox(message, type, words ? NULL : person->name, person->address);
    text_printf(&rest, " <%s>\n", person->address);
    if (words)
        set_words(message, name, person->name, text_get(&rest));
    text_finish(&rest);
}

/* In the offset the job was written in, not in the worker's zone. */
static void set_date(GMimeMessage *message, const char *text)
{
    GDateTime *date = g_date_time_new_from_iso8601(text, NULL);
    char *formatted = g_mime_utils_header_format_date(date);

    set_header(message, "Date", formatted);
    g_free(formatted);
    g_date_time_unref(date);
}

/* All notices of a ticket hang below one thread identifier, which is no message of its own. */
static void set_thread(GMimeMessage *message, const struct job *job)
{
    if (!job->thread || strcmp(job->thread, job->message_id) == 0)
        return;
    set_header(message, "In-Reply-To", job->thread);
    set_header(message, "References", job->thread);
}

/* RFC 2369: a mail to the address that answers go to. RFC 8058's single click would need a web server of
 * ours. */
static void set_unsubscribe(GMimeMessage *message, const struct job *job)
{
    struct text value = {0};

    text_printf(&value, "<mailto:%s?subject=unsubscribe>", job->reply_to);
    set_header(message, "List-Unsubscribe", text_get(&value));
    text_finish(&value);
}

static GMimeMessage *make_message(const struct person *from, const struct job *job, bool with_html)
{
    GMimeMessage *message = g_mime_message_new(FALSE);

    set_date(message, job->date);
    set_person(message, "From", GMIME_ADDRESS_TYPE_FROM, from);
    set_person(message, "To", GMIME_ADDRESS_TYPE_TO, &job->to);
    set_text(message, "Subject", job->subject);
    set_header(message, "Message-ID", job->message_id);
    set_thread(message, job);
    set_header(message, "Reply-To", job->reply_to);
    if (job_is_courtesy(job))
        set_unsubscribe(message, job);
    set_header(message, "Auto-Submitted", "auto-generated");
    set_header(message, "X-Duban-Notice", job->notice);
    set_text(message, "X-Duban-Ticket", job->ticket);
    set_header(message, "X-Duban-Template", job->template_name);
    set_header(message, "MIME-Version", "1.0");

    GMimeMultipart *alternative = make_alternative(job, with_html);

    if (job->attachment) {
        GMimeMultipart *mixed = make_mixed(job, alternative);

        g_mime_message_set_mime_part(message, GMIME_OBJECT(mixed));
        g_object_unref(mixed);
    } else {
        g_mime_message_set_mime_part(message, GMIME_OBJECT(alternative));
    }
    g_object_unref(alternative);
    return message;
}

static void write_message(const struct person *from, const struct job *job, bool with_html,
                          struct text *ret_message)
{
    GMimeMessage *message = make_message(from, job, with_html);
    GMimeFormatOptions *options = g_mime_format_options_new();

    g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);

    char *bytes = g_mime_object_to_string(GMIME_OBJECT(message), options);

    text_add(ret_message, bytes);
    g_free(bytes);
    g_mime_format_options_free(options);
    g_object_unref(message);
}

int message_compose(const struct person *from, const struct job *job, struct text *ret_message)
{
    text_clear(ret_message);
    write_message(from, job, true, ret_message);
    if (ret_message->length > MESSAGE_LIMIT) {
        text_clear(ret_message);
        write_message(from, job, false, ret_message);
    }
    return ret_message->length > MESSAGE_LIMIT ? MESSAGE_TOO_BIG : MESSAGE_OK;
}

size_t message_header_length(const struct text *message)
{
    const char *end = strstr(text_get(message), "\r\n\r\n");

    return end ? (size_t)(end - message->bytes) + 4 : message->length;
}
