/* Mails of schedules that send a report: the report is made when the mail leaves. */
#ifndef DUBAN_DAEMON_REPORT_MAIL_H
#define DUBAN_DAEMON_REPORT_MAIL_H

#include "daemon/courier.h"
#include "daemon/reports.h"

/* Makes the report that this notice is about and gives both to the courier. False: it is about none, or goes
   another way than by mail; nothing was done. */
bool report_mail_send(struct reports *reports, struct courier *courier, const struct desk *desk,
                      const struct notice_row *row, uint16_t attempt) __attribute__((warn_unused_result));

#endif
