/*
 * Mails to addresses that are no person's of the people file: to customers, by what a record says of them.
 *
 * Called by schedule_run.c. No role and no roster is between such a reader and the regime, so nothing is
 * masked (the words are the template's), nothing waits for quiet hours or a digest, and nobody stands in.
 * What keeps mail inside is the regime's list of domains.
 */
#include "lib/notice.h"

#include "lib/notice_parts.h"
#include "lib/notice_words.h"

void notice_tell_address(struct desk *desk, const struct occasion *occasion, const char *address,
                         const char *name, const char *recipient)
{
    const struct person person = {
        .id = recipient,
        .name = {name, name},
        .mail = address,
        .language = desk->policy->language,
    };
    struct notice_row *row = notice_new_row(desk, occasion, &person, POLICY_NONE);
    const struct outbox_entry entry = {
        .notice = row->notice,
        .ready_at = desk->now,
        .rung = occasion->rung,
        .person = TICKET_NOBODY,
        .cycle = occasion->cycle,
        .rule = POLICY_NONE,
        .role = POLICY_NONE,
        .series = SERIES_NONE,
        .department = POLICY_NONE,
        .state = OUTBOX_QUEUED,
    };

    row->subject = row->body = "";
    if (!desk->options.is_wordless)
        notice_words_for(desk, occasion, &person, NOTICE_ALL, row);
    if (!policy_allows_address(desk->policy, address)) {
        row->state = "suppressed";
        row->detail = "outside the domains that [notices] allows";
        return;
    }
    row->state = "queued";
    row->let_go_at = desk->now;
    outbox_add(desk->outbox, NULL, &entry);
}
