/*
 * Reports by mail: computed when the mail leaves, not when its day comes.
 *
 * Called by outward.c with a notice that was just read back. Which report a notice carries is said by the
 * schedule it is from (its clock's name) and by the instant at which that ran (the notice's): nothing else
 * needs to be kept, so a restart between the two, or a second attempt, asks the same question about the same
 * month. The words of the template come first, then the report as text; its first table is attached as CSV.
 * When it can't be made now, the notice is deferred like one that the relay did not take.
 */
#include "daemon/report_mail.h"

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/report_text.h"
#include <stdlib.h>
#include <string.h>

#define SCHEDULE_RUNG -250                /* RUNG_SCHEDULE of lib/desk_parts.h, as notice_row says it */
#define CSV_MAX       ((size_t)96 * 1024) /* a mail has 256 KiB, in base64 */
#define TEXT_MAX      ((size_t)40 * 1024) /* it stands there twice, the second time as HTML */

struct mailing {
    struct courier *courier;
    struct arena arena; /* of the row's words */
    struct notice_row row;
    uint16_t attempt;
};

static const struct schedule_policy *schedule_of(const struct desk *desk, const struct notice_row *row)
{
    const struct policy *policy = desk_policy(desk);
    uint8_t index = row->rung == SCHEDULE_RUNG ? policy_find_schedule(policy, row->clock) : POLICY_NONE;

    return index == POLICY_NONE ? NULL : &policy->schedules[index];
}

static struct mailing *keep(struct courier *courier, const struct notice_row *row, uint16_t attempt)
{
    struct mailing *mailing = memory_new(1, sizeof(*mailing));
    struct arena *arena = &mailing->arena;

    arena_init(arena);
    mailing->courier = courier;
    mailing->attempt = attempt;
    mailing->row = (struct notice_row){
        .notice = row->notice,
        .rung = row->rung,
        .at = row->at,
        .role = arena_text(arena, row->role),
        .recipient = arena_text(arena, row->recipient),
        .channel = arena_text(arena, row->channel),
        .address = arena_text(arena, row->address),
        .display_name = arena_text(arena, row->display_name),
        .language = arena_text(arena, row->language),
        .template_name = arena_text(arena, row->template_name),
        .subject = arena_text(arena, row->subject),
        .body = arena_text(arena, row->body),
        .message_id = arena_text(arena, row->message_id),
        .thread = arena_text(arena, row->thread),
    };
    return mailing;
}

/* Cut at a line's end: half a character is none. */
static void cut(struct text *text, size_t most)
{
    if (text->length <= most)
        return;
    while (most && text->bytes[most - 1] != '\n')
        most--;
    text->length = most;
    text->bytes[most] = '\0';
    text_add(text, "…\n");
}

static void fill(struct mailing *mailing, const json_t *document)
{
    struct text body = {0}, csv = {0};

    text_printf(&body, "%s\n\n", mailing->row.body);
    report_text(&body, document);
    cut(&body, TEXT_MAX);
    mailing->row.body = arena_text(&mailing->arena, text_get(&body));
    text_add(&csv, "\xef\xbb\xbf"); /* spreadsheets take it for UTF-8 then */
    if (report_csv(&csv, document, NULL) && csv.length <= CSV_MAX) {
        mailing->row.attachment = arena_text(&mailing->arena, text_get(&csv));
        mailing->row.attachment_name =
            arena_printf(&mailing->arena, "%s.csv", json_string_value(json_object_get(document, "report")));
    }
    text_finish(&body);
    text_finish(&csv);
}

static void on_document(void *context, json_t *document, const char *why)
{
    struct mailing *mailing = context;

    if (document) {
        fill(mailing, document);
        courier_send(mailing->courier, &mailing->row, mailing->attempt);
    } else {
        courier_skip(mailing->courier, mailing->row.notice, why ? why : "its report could not be made");
    }
    arena_finish(&mailing->arena);
    free(mailing);
}

bool report_mail_send(struct reports *reports, struct courier *courier, const struct desk *desk,
                      const struct notice_row *row, uint16_t attempt)
{
    const struct schedule_policy *schedule = schedule_of(desk, row);
    struct report_question question;
    const char *field;
    char *why = NULL;

    if (!schedule || !schedule->report || !effect_is_mail(row))
        return false;
    json_t *params = json_pack("{s:s,s:s}", "report", schedule->report, "language", row->language);

    if (report_ask(desk, params, ROLE_LEADERSHIP, row->at, &question, &field, &why))
        reports_make(reports, &question, on_document, keep(courier, row, attempt));
    else
        courier_refuse(courier, row->notice, why);
    free(why);
    json_decref(params);
    return true;
}
