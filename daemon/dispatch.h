/* The methods that concern the connection or the process: answered here, not by the judge. */
#ifndef DUBAN_DAEMON_DISPATCH_H
#define DUBAN_DAEMON_DISPATCH_H

#include "daemon/loop.h"
#include "daemon/reload.h"
#include "daemon/reports.h"

struct dispatch;

struct dispatch_options {
    const char *desk_name;
    struct desk *desk;
    struct loop *loop;
    struct server *server;
    struct writer *writer;
    struct courier *courier;
    struct reader *reader;
    struct reports *reports;
    const struct load_report *loaded;
    void *context;
    /* Reads regime, people and calendars again, or one calendar from the request. True: the request is
       answered once that is committed. False: nothing has changed. */
    bool (*reload)(void *context, const struct request *request, struct refusal *ret_refusal);
    /* Looks for what is wrong in a regime's text (NULL: in its file). NULL: it can't be compiled, `*ret_why`
       says why (malloc'd). */
    json_t *(*lint)(void *context, const char *text, enum language language, char **ret_why);
    bool (*import_calendar)(void *context, const struct request *request, struct refusal *ret_refusal);
};

struct dispatch *dispatch_create(const struct dispatch_options *options);
void dispatch_destroy(struct dispatch *dispatch);

/* Those of all desks of this daemon, in their order, itself among them: who asks about the daemon hears of
   each. `all` is copied. Until then a desk knows of itself alone. */
void dispatch_introduce(struct dispatch *dispatch, struct dispatch *const all[], size_t count);

/* Answers a METHOD_HAND call; `dispatch` is a struct dispatch (the loop's on_hand). */
void dispatch_handle(void *dispatch, const struct request *request);

#endif
