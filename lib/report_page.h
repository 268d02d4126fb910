/* A report's document as the record that the stylesheet of reports (etc/pages/report.xsl) is given. */
#ifndef DUBAN_LIB_REPORT_PAGE_H
#define DUBAN_LIB_REPORT_PAGE_H

#include <jansson.h>

/* {language, regime, made, reports:[{title, period, charts, tables, notes}]} of these documents (an array);
   cells are texts, charts have the coordinates of everything in them. The caller owns it. */
json_t *report_page_record(const json_t *documents) __attribute__((warn_unused_result));

#endif
