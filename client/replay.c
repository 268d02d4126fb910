/*
 * `dubanctl replay`: reads a regime with all it names, then takes events one by one through the replay
 * engine.
 *
 * The regime is read as offline.c does; the engine is replay_engine.c, its lines are replay_print.c, and
 * events come from replay_source.c. A reload in the events reads other files through replay_reload.c.
 */
#include "client/replay.h"

#include "client/offline.h"
#include "client/replay_print.h"
#include "client/replay_reload.h"
#include "client/replay_source.h"
#include "client/when.h"
#include <string.h>

/* What a run holds; freed in one place. */
struct run {
    struct offline offline;
    struct replay_files *files;
    struct replay *replay;
    struct replay_printer printer;
    struct replay_source *source;
};

static void finish_run(struct run *run)
{
    replay_destroy(run->replay);
    replay_files_destroy(run->files);
    replay_print_finish(&run->printer);
    offline_finish(&run->offline);
    replay_source_close(run->source);
}

static enum exit_code load(const struct options *options, struct run *run)
{
    enum exit_code code = offline_load(options_text(options, "regime"), options, &run->offline);

    if (code != EXIT_FINE)
        return code;
    struct replay_watcher printing = replay_print_watcher(&run->printer);

    run->replay = replay_create(run->offline.policy, run->offline.roster,
                                options_flag(options, "quiet") ? NULL : &printing);
    run->printer = (struct replay_printer){.replay = run->replay, .out = stdout};
    run->offline.policy = NULL; /* the replay's desk has them now */
    run->offline.roster = NULL;
    run->files = replay_files_create(options);
    replay_reloads_by(run->replay, &(const struct replay_loader){.load = replay_files_load,
                                                                 .keep = replay_files_keep,
                                                                 .context = run->files});
    return EXIT_FINE;
}

static enum exit_code run_events(struct run *run)
{
    enum exit_code code;
    json_t *event;

    while ((code = replay_source_next(run->source, &event)) == EXIT_FINE && event) {
        const char *wrong = replay_event(run->replay, event);

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

enum exit_code replay_run(const struct invocation *invocation)
{
    struct run run = {0};
    msec until_at;

    if (!read_until(invocation, &until_at))
        return EXIT_USAGE;
    enum exit_code code = load(&invocation->options, &run);

    if (code == EXIT_FINE)
        code = replay_source_open(invocation, &run.source);
    if (code == EXIT_FINE && options_flag(&invocation->options, "quiet"))
        replay_source_show_progress(run.source);
    if (code == EXIT_FINE)
        code = run_events(&run);
    if (code == EXIT_FINE) {
        replay_finish(run.replay, until_at);
        print_summary(&invocation->options, run.replay);
    }
    finish_run(&run);
    if (fflush(stdout) != 0)
        return EXIT_NOT_WRITTEN;
    return code;
}
