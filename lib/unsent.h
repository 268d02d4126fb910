/* What a rung decided to send and had not sent when its ticket was merged (domain rule 7). */
#ifndef DUBAN_LIB_UNSENT_H
#define DUBAN_LIB_UNSENT_H

#include "lib/desk_parts.h"
#include "lib/notice.h"

/* One reader of one rung. */
struct unsent {
    struct recipient recipient;
    int16_t rung;
    uint8_t channels; /* bits of enum notice_channel */
};

struct unsent_list {
    struct unsent *list; /* of the batch's arena */
    size_t count;
    const char *number; /* under which it would have been sent */
};

/* What no sender has yet of a clock's breach. To be asked before it is withheld. */
struct unsent_list unsent_of(struct desk *desk, const struct ticket *from, uint8_t rule);

/* Tells it under the number of `into`, whose `clock` is breached from now on in place of theirs. Rungs up to
   `climbed` are left out: the clock has climbed them itself. */
void unsent_tell(struct desk *desk, struct ticket *into, const struct clock *clock,
                 const struct unsent_list *unsent, uint8_t climbed);

#endif
