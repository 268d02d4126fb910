/*
 * A judge for replay, and the files it lives by.
 *
 * Used by replay.c, which has one, and by replay_whatif.c, which has two. The regime is read as offline.c
 * does; a reload in the events reads other files through replay_reload.c. In a comparison the regime is the
 * question and stays: a reload then reads the same regime again, with the people and calendars it names,
 * because both sides would otherwise go on under one and the same regime.
 */
#include "client/replay_judge.h"

static char *load_again(void *context, const json_t *params, struct policy **ret_policy,
                        struct roster **ret_roster)
{
    json_t *rest = json_copy((json_t *)(uintptr_t)params);

    json_object_del(rest, "regime");
    char *wrong = replay_files_load(context, rest, ret_policy, ret_roster);

    json_decref(rest);
    return wrong;
}

enum exit_code replay_judge_open(const struct options *options, const struct replay_judge_names *names,
                                 const struct replay_watcher *watcher, struct replay_judge *ret_judge)
{
    struct replay_judge *judge = ret_judge;

    *judge = (struct replay_judge){0};
    enum exit_code code = offline_load(names->regime, names->people, options, &judge->offline);

    if (code != EXIT_FINE)
        return code;
    judge->replay = replay_create(judge->offline.policy, judge->offline.roster, watcher);
    judge->offline.policy = NULL; /* the replay's desk has them now */
    judge->offline.roster = NULL;
    judge->files = replay_files_create(options, names->regime, names->people);
    replay_reloads_by(judge->replay, &(const struct replay_loader){
                                         .load = names->keeps_regime ? load_again : replay_files_load,
                                         .keep = replay_files_keep,
                                         .context = judge->files,
                                     });
    return EXIT_FINE;
}

void replay_judge_close(struct replay_judge *judge)
{
    replay_destroy(judge->replay);
    replay_files_destroy(judge->files);
    offline_finish(&judge->offline);
}
