/*
 * Random histories.
 *
 * A history is made before anybody lives it and never looks at a desk, so that several desks can live it and
 * be compared. requests.c makes what is asked for in it.
 */
#include "tests/property/history.h"

#include "lib/base/memory.h"
#include "tests/property/requests.h"
#include <stdlib.h>

#define BEGINS_AT INT64_C(1770339600000) /* 2026-02-06T09:00+08:00: the Spring Festival is near */

void history_make(struct history *history, struct chance *chance, size_t acts)
{
    struct making making = {.chance = chance, .now = BEGINS_AT};

    *history = (struct history){.begins_at = BEGINS_AT};
    history->acts = memory_new(acts, sizeof(*history->acts));
    history->count = acts;
    for (size_t i = 0; i < acts; i++) {
        struct act *act = &history->acts[i];
        uint64_t what = chance_below(chance, 20);

        making.now += requests_some_time(chance);
        act->kind = what < 3 ? ACT_TIME : what == 3 ? ACT_ABSENCE : what == 4 ? ACT_SENDER : ACT_REQUEST;
        act->at = making.now;
        act->settles = !chance_one_in(chance, 3);
        if (act->kind == ACT_REQUEST)
            requests_make(&making, act);
    }
}

void history_finish(struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        json_decref(history->acts[i].params);
    free(history->acts);
}
