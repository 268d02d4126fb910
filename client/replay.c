/*
 * `dubanctl replay`: takes events one by one through a judge, or through two of them.
 *
 * The judge with its files is replay_judge.c, what it decides is printed by replay_print.c, and events come
 * from replay_source.c; with --against replay_whatif.c does the rest. Which options go together is a table
 * here, because the option reader knows only each for itself.
 */
#include "client/replay.h"

#include "client/replay_judge.h"
#include "client/replay_print.h"
#include "client/replay_source.h"
#include "client/replay_whatif.h"
#include "client/when.h"

/* What a run holds; freed in one place. */
struct run {
    struct replay_judge judge;
    struct replay_printer printer;
    struct replay_source *source;
};

static void finish_run(struct run *run)
{
    replay_judge_close(&run->judge);
    replay_print_finish(&run->printer);
    replay_source_close(run->source);
}

static enum exit_code load(const struct options *options, struct run *run)
{
    struct replay_watcher printing = replay_print_watcher(&run->printer);
    const char *policy = options_text(options, "policy");
    const struct replay_judge_names names = {
        .regime = policy ? policy : options_text(options, "regime"),
        .people = options_text(options, "people"),
    };
    enum exit_code code =
        replay_judge_open(options, &names, options_flag(options, "quiet") ? NULL : &printing, &run->judge);

    run->printer = (struct replay_printer){.replay = run->judge.replay, .out = stdout};
    return code;
}

static enum exit_code run_events(struct run *run)
{
    enum exit_code code;
    json_t *event;

    while ((code = replay_source_next(run->source, &event)) == EXIT_FINE && event) {
        const char *wrong = replay_event(run->judge.replay, event);

        json_decref(event);
        if (wrong)
            return replay_source_wrong(run->source, wrong);
    }
    return code;
}

static void print_summary(const struct options *options, const struct replay *replay)
{
    struct replay_figures figures;
    char digest[33];

    replay_figures(replay, &figures);
    if (options_flag(options, "digest")) {
        desk_digest(replay_desk(replay), digest);
        printf("{\"kind\":\"digest\",\"digest\":\"%s\",\"lines\":%lu,\"accepted\":%lu,\"refused\":%lu,"
               "\"breaches\":%lu,\"notices\":%lu,\"suppressed\":%lu}\n",
               digest, (unsigned long)figures.events, (unsigned long)figures.accepted,
               (unsigned long)figures.refused, (unsigned long)figures.breaches,
               (unsigned long)figures.notices, (unsigned long)figures.suppressed);
    }
}

static bool read_until(const struct invocation *invocation, msec *ret_until_at)
{
    const char *text = options_text(&invocation->options, "until");
    const char *wrong = NULL;

    *ret_until_at = NEVER;
    if (text)
        wrong = when_parse(text, when_now(), invocation->screen.in_utc, ret_until_at);
    if (wrong)
        command_complain("--until: %s", wrong);
    return !wrong;
}

/* What goes with what. */
static const struct {
    const char *option, *other;
    bool is_needed; /* else they exclude each other */
    const char *sentence;
} rules[] = {
    {"policy", "regime", false, "--policy is --regime by another name: one of them is enough"},
    {"journal", "EVENTS", false, "EVENTS and --journal: one of them says what happened"},
    {"from-seq", "journal", true, "--from-seq goes with --journal"},
    {"people-against", "against", true, "--people-against goes with --against"},
    {"details", "against", true, "--details goes with --against"},
    {"exit-code", "against", true, "--exit-code goes with --against"},
    {"lang", "against", true, "--lang goes with --against"},
    {"digest", "against", false, "--digest and --against: a comparison prints no fingerprint"},
    {"quiet", "against", false, "--quiet and --against: a comparison prints no line per event anyway"},
};

static const char *find_mistake(const struct options *options)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (options_flag(options, rules[i].option) &&
            options_flag(options, rules[i].other) != rules[i].is_needed)
            return rules[i].sentence;
    enum language language;

    if (options_flag(options, "lang") && !language_find(options_text(options, "lang"), &language))
        return "--lang is zh or en";
    if (!options_flag(options, "policy") && !options_flag(options, "regime"))
        return "--regime is missing (--regime FILE)";
    if (!options_flag(options, "journal") && !options_flag(options, "EVENTS"))
        return "EVENTS is missing (or --journal)";
    return NULL;
}

static enum exit_code judge_alone(const struct invocation *invocation, msec until_at)
{
    struct run run = {0};
    enum exit_code code = load(&invocation->options, &run);

    if (code == EXIT_FINE)
        code = replay_source_open(invocation, &run.source);
    if (code == EXIT_FINE && options_flag(&invocation->options, "quiet"))
        replay_source_show_progress(run.source);
    if (code == EXIT_FINE)
        code = run_events(&run);
    if (code == EXIT_FINE) {
        replay_finish(run.judge.replay, until_at);
        print_summary(&invocation->options, run.judge.replay);
    }
    finish_run(&run);
    return code;
}

enum exit_code replay_run(const struct invocation *invocation)
{
    const char *mistake = find_mistake(&invocation->options);
    msec until_at;

    if (mistake) {
        command_complain("%s", mistake);
        return EXIT_USAGE;
    }
    if (!read_until(invocation, &until_at))
        return EXIT_USAGE;
    enum exit_code code = options_flag(&invocation->options, "against") ? replay_whatif(invocation, until_at)
                                                                        : judge_alone(invocation, until_at);

    if (fflush(stdout) != 0)
        return EXIT_NOT_WRITTEN;
    return code;
}
