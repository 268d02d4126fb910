/* The latest journal rows, as text for subscribers. */
#ifndef DUBAN_DAEMON_HISTORY_H
#define DUBAN_DAEMON_HISTORY_H

#include "lib/effect.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_ROWS_MAX  4096
#define HISTORY_BYTES_MAX ((size_t)16 * 1024 * 1024)

struct history_row {
    uint64_t sequence, ticket;
    char *type;
    char *text;   /* the members of an event from "seq" on: `"seq":5,"type":…,"data":{…}` */
    char *masked; /* the same without contact data; NULL: nobody has asked yet */
    size_t data;  /* where in `text` the data begin */
};

struct history;

struct history *history_create(void);
void history_destroy(struct history *history);

/* Keeps a copy; lets go of the oldest rows beyond the limits. Sequences must rise; others are ignored. */
void history_add(struct history *history, const struct journal_row *row);

/* While nothing was added: rows up to and with `sequence` lie before the history. */
void history_begin(struct history *history, uint64_t sequence);

/* The row with the lowest sequence that is not below `sequence`; NULL: none yet. */
struct history_row *history_from(struct history *history, uint64_t sequence);

/* Rows up to and with this sequence can't be had from here (0: all can). */
uint64_t history_lost_up_to(const struct history *history);

/* `masked` of one of its rows, made when first asked for. */
const char *history_masked(struct history *history, struct history_row *row);

#endif
