/*
 * The events that callbacks posted, until the turn steps them.
 *
 * Filled by the loop's hooks, emptied by its turn. Requests are kept as tokens: the connection may end
 * between the two, and then there is nobody to answer and nothing to step. Requests that are stepped again
 * (their ticket was brought back, their key is known to be new, what they asked for was read) go before
 * everything else: what was brought back for them must still be there when they look.
 */
#include "daemon/mailbox.h"

#include "lib/base/memory.h"
#include <stdlib.h>

void mailbox_init(struct mailbox *mailbox)
{
    STAILQ_INIT(&mailbox->posted);
    STAILQ_INIT(&mailbox->again);
    mailbox->count = 0;
}

void mailbox_finish(struct mailbox *mailbox)
{
    for (struct posted *posted; (posted = mailbox_take(mailbox));)
        mailbox_free(posted);
}

static struct posted *add(struct mailbox *mailbox, struct posted_list *list, enum event_kind kind)
{
    struct posted *posted = memory_new(1, sizeof(*posted));

    posted->kind = kind;
    STAILQ_INSERT_TAIL(list, posted, link);
    mailbox->count++;
    return posted;
}

void mailbox_post(struct mailbox *mailbox, enum event_kind kind)
{
    add(mailbox, &mailbox->posted, kind);
}

void mailbox_post_request(struct mailbox *mailbox, uint64_t token)
{
    add(mailbox, &mailbox->posted, EVENT_REQUEST)->token = token;
}

void mailbox_post_again(struct mailbox *mailbox, uint64_t token, bool key_is_new, int recalls, char *cold)
{
    struct posted *posted = add(mailbox, &mailbox->again, EVENT_REQUEST);

    posted->token = token;
    posted->key_is_new = key_is_new;
    posted->recalls = recalls;
    posted->cold = cold;
}

void mailbox_post_sent(struct mailbox *mailbox, const struct sent *sent)
{
    struct posted *posted = add(mailbox, &mailbox->posted, EVENT_NOTICE_SENT);

    posted->sent = *sent;
    posted->sent.detail = sent->detail ? memory_text(sent->detail) : NULL;
    posted->sent.queue_id = sent->queue_id ? memory_text(sent->queue_id) : NULL;
}

void mailbox_post_denied(struct mailbox *mailbox, const struct peer *peer, const struct method *method)
{
    struct posted *posted = add(mailbox, &mailbox->posted, EVENT_DENIED);

    posted->denied = (struct denied){.peer = *peer, .method = method};
    posted->denied.peer.actor = memory_text(peer->actor);
}

struct posted *mailbox_take(struct mailbox *mailbox)
{
    struct posted_list *list = STAILQ_EMPTY(&mailbox->again) ? &mailbox->posted : &mailbox->again;
    struct posted *posted = STAILQ_FIRST(list);

    if (!posted)
        return NULL;
    STAILQ_REMOVE_HEAD(list, link);
    mailbox->count--;
    return posted;
}

void mailbox_free(struct posted *posted)
{
    free(posted->cold);
    free((void *)(uintptr_t)posted->sent.detail);
    free((void *)(uintptr_t)posted->sent.queue_id);
    free((void *)(uintptr_t)posted->denied.peer.actor);
    free(posted);
}
