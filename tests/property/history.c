/*
 * Random histories.
 *
 * A history is made before anybody lives it and never looks at a desk, so that several desks can live it and
 * be compared. requests.c makes what is asked for in it.
 */
#include "tests/property/history.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "tests/property/requests.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static enum act_kind pick_kind(struct chance *chance, const struct edition *edition)
{
    uint64_t what = chance_below(chance, 40);

    if (what < 6)
        return ACT_TIME;
    if (what < 8)
        return ACT_ABSENCE;
    if (what < 10)
        return ACT_SENDER;
    if (what == 10)
        return edition_reloads(edition) ? ACT_RELOAD : ACT_TIME;
    if (what == 11 && chance_one_in(chance, 3))
        return ACT_STEP;
    return ACT_REQUEST;
}

/* Mostly a few minutes either way, as by somebody who corrects a clock; sometimes hours. */
static msec some_step(struct chance *chance)
{
    msec most = chance_one_in(chance, 3) ? 5 * MSEC_HOUR : 10 * MSEC_MINUTE;
    msec by_ms = 1 + (msec)chance_below(chance, (uint64_t)most);

    return chance_one_in(chance, 2) ? by_ms : -by_ms;
}

void history_make(struct history *history, uint64_t seed, struct chance *chance, size_t acts)
{
    const struct edition *edition = edition_of(seed);
    struct making making = {
        .chance = chance, .dialect = edition_dialect(edition), .now = edition_begins_at(edition)};

    *history = (struct history){.edition = edition, .seed = seed, .begins_at = making.now};
    history->acts = memory_new(acts, sizeof(*history->acts));
    history->count = acts;
    for (size_t i = 0; i < acts; i++) {
        struct act *act = &history->acts[i];

        making.now += requests_some_time(chance);
        act->kind = pick_kind(chance, edition);
        act->settles = !chance_one_in(chance, 3);
        if (act->kind == ACT_STEP)
            making.now += act->step_ms = some_step(chance);
        act->at = making.now;
        if (act->kind == ACT_REQUEST)
            requests_make(&making, act);
        if (act->kind == ACT_RELOAD)
            act->variant = (unsigned)chance_below(chance, VARIANTS);
    }
}

void history_finish(struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        json_decref(history->acts[i].params);
    free(history->acts);
}

void history_show(const struct history *history, size_t index)
{
    static const char *const kinds[] = {"request", "time", "absence", "sender", "reload", "step"};
    const struct act *act = &history->acts[index];
    char at[INSTANT_TEXT];

    if (!getenv("DUBAN_SHOW"))
        return;
    instant_format(act->at, 8 * 3600, at);
    char *params = act->params ? json_dumps(act->params, JSON_COMPACT) : NULL;

    fprintf(stderr, "act %zu %s %" PRId64 " %s %s %s %s variant %u step %" PRId64 "%s%s\n", index, at,
            act->at, kinds[act->kind], act->method ? act->method->name : "", act->actor ? act->actor : "",
            params ? params : "", act->variant, act->step_ms, act->comes_first ? " first" : "",
            act->settles ? " settles" : "");
    free(params);
}
