/*
 * Telling customers.
 *
 * Called by the judge for reports to `customer`, by schedules and by mailings. No role and no roster is
 * between such a reader and the regime: what their mails show is [customers] `sees` and, by default, nothing
 * of how we work; they wait for no quiet hours and no digest; nobody stands in. They leave in a lane of their
 * own, behind everything that people of ours are waiting for (outbox.h), under a sender of their own, and
 * each of them is recorded, also the one that could not be sent, with the reason.
 *
 * A row of theirs has the role "customer"; that is how the senders, a restart and a reader of the table know
 * it.
 */
#include "lib/notice_customer.h"

#include "lib/notice_parts.h"
#include "lib/notice_words.h"
#include <string.h>

const char *notice_declined(const struct desk *desk, const char *address)
{
    struct arena *arena = &desk->out->arena;

    return arena_printf(arena, "declined: opted out at %s",
                        desk_time(desk, optouts_since(desk->optouts, address), arena));
}

/* NULL: nothing keeps it from being sent. */
static const char *obstacle(const struct desk *desk, const char *template_name, const char *address,
                            enum notice_channel channel)
{
    if (!address[0])
        return channel == CHANNEL_MAIL ? "no e-mail of the customer is known"
                                       : "no phone number of the customer is known";
    if (!desk->options.customer_domain)
        return "duban.ini says no address that customers are written from ([customer mail] from_address)";
    if (policy_is_courtesy(desk->policy, template_name) && optouts_since(desk->optouts, address) != NEVER)
        return notice_declined(desk, address);
    if (channel == CHANNEL_MAIL && !policy_allows_customer(desk->policy, address))
        return "outside the domains that [customers] allows";
    return NULL;
}

const char *notice_obstacle(const struct desk *desk, const char *template_name,
                            const struct customer_reach *reach)
{
    return obstacle(desk, template_name, reach->mail, CHANNEL_MAIL);
}

static void queue(struct desk *desk, const struct occasion *occasion, struct notice_row *row,
                  enum notice_channel channel)
{
    struct ticket *in_store = occasion->matter ? NULL : occasion->ticket;
    const struct outbox_entry entry = {
        .notice = row->notice,
        .ticket = row->ticket,
        .ready_at = desk->now,
        .rung = occasion->rung,
        .person = TICKET_NOBODY,
        .cycle = occasion->cycle,
        .rule = POLICY_NONE,
        .role = POLICY_NONE,
        .channel = (uint8_t)channel,
        .number = in_store ? in_store->number : 0,
        .series = in_store ? in_store->series : SERIES_NONE,
        .department = in_store ? in_store->department : POLICY_NONE,
        .is_customer = true,
        .mailing = mailing_of_notice(occasion->clock_name),
        .address = policy_is_courtesy(desk->policy, occasion->template_name)
                       ? intern_id(desk->customers, row->address)
                       : 0,
        .state = OUTBOX_QUEUED,
    };

    row->state = "queued";
    row->let_go_at = desk->now;
    outbox_add(desk->outbox, in_store, &entry);
}

static bool tell_by(struct desk *desk, const struct occasion *occasion, const struct person *person,
                    enum notice_channel channel)
{
    struct notice_row *row = notice_new_row(desk, occasion, person, POLICY_NONE);
    struct arena *arena = &desk->out->arena;

    row->role = NOTICE_ROLE_CUSTOMER;
    if (desk->options.customer_domain)
        notice_name(desk, occasion, desk->options.customer_domain, row);
    row->channel = notice_channel_name(channel);
    row->address = arena_text(arena, roster_address(person, channel));
    row->subject = row->body = "";
    row->detail = occasion->ticket->history_until_at != NEVER
                      ? "imported history"
                      : obstacle(desk, occasion->template_name, row->address, channel);
    if (row->detail) {
        row->state = "suppressed";
        return false;
    }
    if (!desk->options.is_wordless)
        notice_words_for(desk, occasion, person, desk->policy->customers.sees | occasion->shows, row);
    queue(desk, occasion, row, channel);
    return true;
}

size_t notice_tell_customer(struct desk *desk, const struct occasion *occasion,
                            const struct customer_reach *reach, const char *recipient)
{
    const struct person person = {
        .id = recipient,
        .name = {reach->name, reach->name},
        .mail = reach->mail,
        .sms = reach->phone,
        .chat = "",
        .language = reach->language,
    };
    uint8_t channels = occasion->channels ? occasion->channels : 1u << CHANNEL_MAIL;
    size_t told = 0;

    for (enum notice_channel channel = 0; channel < CHANNEL_COUNT; channel++)
        if (channels >> channel & 1)
            told += tell_by(desk, occasion, &person, channel);
    return told;
}
