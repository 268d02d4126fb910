/* Mailings: one text to many customers, each once. */
#ifndef DUBAN_LIB_MAILING_H
#define DUBAN_LIB_MAILING_H

#include "lib/base/msec.h"
#include "lib/base/text.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct desk;
struct mailing_row;

/*
 *    RUNNING --the last of them is accepted, refused or suppressed--> FINISHED
 *       |
 *       +----cancelled, or the regime lost its template or register--> CANCELLED
 */
enum mailing_state { MAILING_RUNNING, MAILING_FINISHED, MAILING_CANCELLED };

struct mailing {
    uint64_t id;                                    /* the journal row that began it */
    uint64_t ticket;                                /* 0: none */
    char *of, *template_name, *note, *role, *actor; /* note NULL: none */
    char *ids;      /* of its recipients, one after the other with a NUL behind each */
    const char *at; /* the next of them */
    uint32_t total, next;
    uint32_t sent, suppressed, failed;
    char *conditions; /* as they were asked for, NULL: none, or written already */
    char *why;        /* it was cancelled, NULL */
    msec started_at, finished_at;
    enum mailing_state state;
    bool is_dirty;
    bool is_fresh; /* it has no row yet */
};

struct mailings;

struct mailings *mailings_create(void);
void mailings_destroy(struct mailings *mailings);

/* Takes the texts of `mailing` over, all malloc'd. */
struct mailing *mailings_add(struct mailings *mailings, const struct mailing *mailing);
struct mailing *mailings_find(const struct mailings *mailings,
                              uint64_t id); /* NULL: none that is in memory */

/* What became of one of its mails. */
enum mailing_outcome { MAILING_SENT, MAILING_SUPPRESSED, MAILING_FAILED };
void mailing_note(struct desk *desk, uint64_t id, enum mailing_outcome outcome);

/* Writes to its next recipients, as many as the outbox has room for, and finishes what is done. False: there
   was nothing to do. */
bool mailing_go_on(struct desk *desk);
msec mailing_wakes_at(const struct desk *desk);
void mailing_cancel(struct desk *desk, struct mailing *mailing, const char *why);

/* Was it cancelled? Then its mails that no sender has yet are not sent. */
bool mailing_is_over(const struct desk *desk, uint64_t id);

void mailing_settle(struct desk *desk); /* rows of those that changed; forgets those that are over */
void mailing_print(const struct desk *desk, struct text *line);
/* The strings of a JSON array, as struct mailing has them; malloc'd. */
char *mailing_ids(const json_t *list, uint32_t *ret_total);
const char *mailing_state_name(enum mailing_state state);

/* The id in a notice's clock, `mailing/42`; 0: it is none's. */
uint64_t mailing_of_notice(const char *clock);

#endif
