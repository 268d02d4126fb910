/* Random histories of a desk, and a world to live them in: a desk with hands that remember its rows as the
 * database would. Shared by property_restart.c and property_judge.c. */
#ifndef DUBAN_TESTS_HISTORY_H
#define DUBAN_TESTS_HISTORY_H

#include "files/policy_files.h"
#include "lib/base/text.h"
#include "lib/desk.h"
#include "lib/methods.h"
#include <jansson.h>

/* ---- chance: the same seed, the same history ---- */

struct chance {
    uint64_t state;
};

uint64_t chance_below(struct chance *chance, uint64_t limit);
bool chance_one_in(struct chance *chance, uint64_t many);

/* ---- acts ---- */

enum act_kind {
    ACT_REQUEST,
    ACT_TIME,    /* time passes and everything due is judged on time */
    ACT_ABSENCE, /* time passes and nobody looks: all is found late, at once */
    ACT_SENDER,  /* the sender goes, or comes back */
};

struct act {
    enum act_kind kind;
    msec at;
    const struct method *method;
    enum role role;
    const char *actor;
    json_t *params;
    bool comes_first; /* the request is judged before the timers that are due by then */
    bool settles;     /* the batch ends after it */
};

struct history {
    struct act *acts;
    size_t count, capacity;
    msec begins_at;
};

void history_make(struct history *history, struct chance *chance, size_t acts);
void history_finish(struct history *history);

/* ---- rows, as a database would keep them ---- */

struct kept_ticket {
    struct ticket_row row;
    uint32_t contacts, progress, plans;
};

struct kept_notice {
    struct notice_row row;
    const char *state;
    uint16_t attempts;
    msec ready_at;
    uint64_t into; /* the digest that tells of it, 0 */
};

struct kept_sequence {
    const char *name;
    uint64_t last;
};

struct rows {
    struct arena arena; /* owns the texts that came while these rows were written to */
    struct kept_ticket *tickets;
    struct clock_row *clocks;
    struct kept_notice *notices;
    struct kept_sequence *sequences;
    struct ladder_row *ladders;
    struct window_row *windows;
    const char **keys;
    size_t window_count, window_room;
    size_t ticket_count, ticket_room, clock_count, clock_room, notice_count, notice_room;
    size_t sequence_count, sequence_room, ladder_count, ladder_room, key_count, key_room;
    uint64_t journal_sequence;
};

struct kept_ticket *rows_ticket(const struct rows *rows, uint64_t ticket); /* NULL: none */
const struct clock_row *rows_clock(const struct rows *rows, uint64_t ticket, const char *clock);

/* ---- a world ---- */

struct outward;

struct world {
    struct desk *desk;
    struct policy_files *files;
    struct effects effects;
    struct rows rows;
    struct outward *slow; /* notices on their way */
    size_t slow_count, slow_room;
    struct text log; /* every row and answer, a line each */
    msec now;
    bool has_sender;
    bool is_slow;      /* some notices are still on their way when the next act comes */
    uint64_t outcomes; /* seed of what becomes of notices */
    /* May be NULL. Called for every row before it is kept, and once all rows of a batch are kept. */
    void (*on_row)(struct world *world, const struct effect *effect);
    void (*on_commit)(const struct world *world);
};

struct world *world_create(msec now, uint64_t outcomes);

/* Another desk, brought back from what `original` has written, at the same instant. Its batch must be
 * settled. */
struct world *world_restart(const struct world *original);
void world_destroy(struct world *world);

/* Everything due by now is judged. */
void world_tick(struct world *world);

/* One act of the history; and the end of a batch: rows are kept, then what speaks outward is done, until
   nothing is on its way any more. */
void world_live(struct world *world, const struct history *history, size_t index);
void world_settle(struct world *world, const struct history *history);

#endif
