/* What was posted and not stepped yet, in order. */
#ifndef DUBAN_DAEMON_MAILBOX_H
#define DUBAN_DAEMON_MAILBOX_H

#include "lib/event.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct posted {
    STAILQ_ENTRY(posted) link;
    enum event_kind kind;
    uint64_t token; /* EVENT_REQUEST: looked up when it is stepped, because its client may be gone by then */
    bool key_is_new;
    int recalls;
    char *cold;           /* what a request asked to be read before it is stepped again; ours, or NULL */
    struct sent sent;     /* EVENT_NOTICE_SENT; texts are ours */
    struct denied denied; /* EVENT_DENIED; the actor's name is ours */
};

STAILQ_HEAD(posted_list, posted);

struct mailbox {
    struct posted_list posted, again; /* `again` goes first */
    size_t count;
};

void mailbox_init(struct mailbox *mailbox);
void mailbox_finish(struct mailbox *mailbox);

void mailbox_post(struct mailbox *mailbox, enum event_kind kind);
void mailbox_post_request(struct mailbox *mailbox, uint64_t token);

/* A request that is stepped again. The mailbox takes `cold` (malloc'd, may be NULL). */
void mailbox_post_again(struct mailbox *mailbox, uint64_t token, bool key_is_new, int recalls, char *cold);

void mailbox_post_sent(struct mailbox *mailbox, const struct sent *sent);
void mailbox_post_denied(struct mailbox *mailbox, const struct peer *peer, const struct method *method);

struct posted *mailbox_take(struct mailbox *mailbox); /* NULL: empty */
void mailbox_free(struct posted *posted);

#endif
