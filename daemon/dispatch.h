/* The methods that concern the connection or the process: answered here, not by the judge. */
#ifndef DUBAN_DAEMON_DISPATCH_H
#define DUBAN_DAEMON_DISPATCH_H

#include "daemon/loop.h"

struct dispatch;

struct dispatch_options {
    const char *desk_name;
    struct desk *desk;
    struct loop *loop;
    struct server *server;
    struct writer *writer;
    struct courier *courier;
    struct reader *reader;
    const struct load_report *loaded;
    void *context;
    /* Reads regime, people and calendars again. NULL: the request is answered once that is committed; or what
       is wrong (malloc'd), and then nothing has changed. */
    char *(*reload)(void *context, const char *cause, const struct request *request);
};

struct dispatch *dispatch_create(const struct dispatch_options *options);
void dispatch_destroy(struct dispatch *dispatch);

/* Answers a METHOD_HAND call; `dispatch` is a struct dispatch (the loop's on_hand). */
void dispatch_handle(void *dispatch, const struct request *request);

#endif
