/*
 * report.list: which reports there are.
 *
 * Handler of the method table. The reports themselves are made by the hands (daemon/reports.c), page by page
 * from the database; what they are, the judge says (lib/report.h).
 */
#include "lib/method_handlers.h"
#include "lib/report.h"
#include "lib/request.h"

void method_report_list(struct desk *desk, const struct request *request, struct effects *out)
{
    (void)out;
    request_answer(desk, request, report_list(desk));
}
