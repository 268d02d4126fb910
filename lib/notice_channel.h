/* The ways in which people are told. Mail always works; the others need a web service (duban.ini, [webhook]).
 */
#ifndef DUBAN_LIB_NOTICE_CHANNEL_H
#define DUBAN_LIB_NOTICE_CHANNEL_H

#include <stdbool.h>

enum notice_channel { CHANNEL_MAIL, CHANNEL_SMS, CHANNEL_CHAT, CHANNEL_COUNT };

const char *notice_channel_name(enum notice_channel channel);
bool notice_channel_find(const char *name, enum notice_channel *ret_channel);

#endif
