/*
 * `dubanctl replay --policy B --against A`: two judges over the same events, and the difference.
 *
 * Called by replay.c. Both judges take each event before the next is read, so that events may come from a
 * pipe or a daemon and are never kept; what both decide alike is forgotten at once (replay_difference.c). A
 * difference is an answer and not a failure: the exit code says so only when asked, and then a failure to
 * read has another one.
 */
#include "client/replay_whatif.h"

#include "client/language.h"
#include "client/replay_judge.h"
#include "client/replay_report.h"
#include "client/replay_source.h"

struct whatif {
    const struct invocation *invocation;
    struct difference *difference;
    struct replay_judge judges[SIDES];
    struct replay_judge_names names[SIDES];
    struct replay_source *source;
    msec begin_at;
};

static void choose_names(const struct options *options, struct replay_judge_names ret_names[SIDES])
{
    const char *regime = options_text(options, "policy"), *people = options_text(options, "people-against");

    ret_names[SIDE_B] = (struct replay_judge_names){
        .regime = regime ? regime : options_text(options, "regime"),
        .people = options_text(options, "people"),
        .keeps_regime = true,
    };
    ret_names[SIDE_A] = (struct replay_judge_names){
        .regime = options_text(options, "against"),
        .people = people ? people : ret_names[SIDE_B].people,
        .keeps_regime = true,
    };
}

static enum exit_code open_judges(struct whatif *whatif)
{
    const struct options *options = &whatif->invocation->options;
    enum exit_code code = EXIT_FINE;

    choose_names(options, whatif->names);
    for (enum replay_side side = SIDE_A; side < SIDES && code == EXIT_FINE; side++) {
        struct replay_watcher watcher = difference_watcher(whatif->difference, side);
        struct replay_judge *judge = &whatif->judges[side];

        code = replay_judge_open(options, &whatif->names[side], &watcher, judge);
        if (code == EXIT_FINE)
            difference_watches(whatif->difference, side, judge->replay);
    }
    return code;
}

/* The regimes' own words get the lower numbers, so that tables follow the regime (replay_report.c). */
static void name_words(struct intern *words, const struct policy *policy)
{
    for (size_t i = 0; i < policy->clock_count; i++)
        intern_id(words, policy->clocks[i].name);
    for (size_t i = 0; i < policy->urgencies.count; i++)
        intern_id(words, policy->urgencies.terms[i].name);
    for (size_t i = 0; i < policy->classes.count; i++)
        intern_id(words, policy->classes.terms[i].name);
}

static const char *take_event(struct whatif *whatif, json_t *event)
{
    for (enum replay_side side = SIDE_A; side < SIDES; side++) {
        const char *wrong = replay_event(whatif->judges[side].replay, event);

        if (wrong)
            return wrong;
    }
    if (whatif->begin_at == NEVER)
        whatif->begin_at = replay_now(whatif->judges[SIDE_B].replay);
    return difference_take(whatif->difference, replay_source_place(whatif->source));
}

static enum exit_code take_events(struct whatif *whatif)
{
    enum exit_code code;
    json_t *event;

    while ((code = replay_source_next(whatif->source, &event)) == EXIT_FINE && event) {
        const char *wrong = take_event(whatif, event);

        json_decref(event);
        if (wrong)
            return replay_source_wrong(whatif->source, wrong);
    }
    return code;
}

static void let_time_pass(struct whatif *whatif, msec until_at)
{
    for (enum replay_side side = SIDE_A; side < SIDES; side++)
        replay_finish(whatif->judges[side].replay, until_at);
    difference_finish(whatif->difference);
}

static void show(const struct whatif *whatif, msec until_at)
{
    const struct screen *screen = &whatif->invocation->screen;
    const struct options *options = &whatif->invocation->options;
    const struct replay *replay = whatif->judges[SIDE_B].replay;
    const struct policy *policy = desk_policy(replay_desk(replay));
    struct replay_figures figures;

    replay_figures(replay, &figures);
    const struct replay_report report = {
        .difference = whatif->difference,
        .files = {[SIDE_A] = whatif->names[SIDE_A].regime, [SIDE_B] = whatif->names[SIDE_B].regime},
        .events = figures.events,
        .begin_at = whatif->begin_at,
        .end_at = whatif->begin_at == NEVER ? NEVER
                  : until_at == NEVER       ? replay_now(replay)
                                            : until_at,
        .language = screen->in_json ? policy->language : language_read(options, policy->language),
        .with_details = options_flag(options, "details"),
    };
    json_t *object = replay_report_object(&report);

    if (screen->in_json)
        screen_json(screen, object);
    else
        replay_report_print(object, report.language, screen);
    json_decref(object);
}

static enum exit_code run(struct whatif *whatif, msec until_at)
{
    enum exit_code code = open_judges(whatif);

    if (code == EXIT_FINE)
        code = replay_source_open(whatif->invocation, &whatif->source);
    if (code != EXIT_FINE)
        return code;
    name_words(whatif->difference->words, desk_policy(replay_desk(whatif->judges[SIDE_B].replay)));
    name_words(whatif->difference->words, desk_policy(replay_desk(whatif->judges[SIDE_A].replay)));
    replay_source_show_progress(whatif->source);
    code = take_events(whatif);
    if (code != EXIT_FINE)
        return code;
    let_time_pass(whatif, until_at);
    return EXIT_FINE;
}

enum exit_code replay_whatif(const struct invocation *invocation, msec until_at)
{
    struct whatif whatif = {.invocation = invocation, .difference = difference_create(), .begin_at = NEVER};
    bool tells = options_flag(&invocation->options, "exit-code");
    enum exit_code code = run(&whatif, until_at);

    replay_source_close(whatif.source); /* and with it the bar, before anything is shown */
    if (code == EXIT_FINE) {
        show(&whatif, until_at);
        if (tells && difference_is_any(whatif.difference))
            code = EXIT_REFUSED;
    } else if (tells && code == EXIT_REFUSED) {
        code = EXIT_BAD_INPUT; /* 1 is taken */
    }
    for (enum replay_side side = SIDE_A; side < SIDES; side++)
        replay_judge_close(&whatif.judges[side]);
    difference_destroy(whatif.difference);
    return code;
}
