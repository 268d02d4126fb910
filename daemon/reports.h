/* Reports: made page by page from the database, beside everything else, for clients and for mails. */
#ifndef DUBAN_DAEMON_REPORTS_H
#define DUBAN_DAEMON_REPORTS_H

#include "daemon/server.h"
#include "lib/desk.h"
#include "lib/report.h"
#include <event2/event.h>

struct reports;

/* 0 or a negative errno. `desk_id` is the desk's number in the database. */
int reports_create(struct event_base *base, const char *conninfo, struct desk *desk, uint32_t desk_id,
                   struct reports **ret_reports) __attribute__((warn_unused_result));
void reports_attach(struct reports *reports, struct server *server); /* before anybody asks */

/* Whoever waits is told that it will not come. Before the server and the desk go. */
void reports_destroy(struct reports *reports);

/* Answers a report.get, sooner or later. */
void reports_answer(struct reports *reports, const struct request *request);

/* Makes a report for somebody in the daemon. `document` is NULL when it could not be made, and `why` says
   why; it is called once, from the loop or (with an unreadable question) from within. */
typedef void reports_callback(void *context, json_t *document, const char *why);
void reports_make(struct reports *reports, const struct report_question *question, reports_callback *callback,
                  void *context);

#endif
