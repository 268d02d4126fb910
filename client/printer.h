/* A page of HTML as PDF, by a program that is made for it. */
#ifndef DUBAN_CLIENT_PRINTER_H
#define DUBAN_CLIENT_PRINTER_H

#include "lib/base/text.h"

/* Appends the PDF of `html` to `ret_pdf`. NULL, or what is wrong in one line (malloc'd); then nothing was
   appended. */
char *printer_pdf(const struct text *html, struct text *ret_pdf) __attribute__((warn_unused_result));

#endif
