/*
 * Names of the ways to tell people: in rungs (`by mail sms`), in people files, in notice rows.
 *
 * Everybody has mail; whoever is asked to be told in a way that they do not have is told by mail. How a way
 * is really gone is the senders' business (daemon/sender), which know one web service at the most.
 */
#include "lib/notice_channel.h"

#include <string.h>

static const char *const names[CHANNEL_COUNT] = {
    [CHANNEL_MAIL] = "mail",
    [CHANNEL_SMS] = "sms",
    [CHANNEL_CHAT] = "chat",
};

const char *notice_channel_name(enum notice_channel channel)
{
    return names[channel];
}

bool notice_channel_find(const char *name, enum notice_channel *ret_channel)
{
    for (enum notice_channel channel = 0; channel < CHANNEL_COUNT; channel++)
        if (strcmp(names[channel], name) == 0) {
            *ret_channel = channel;
            return true;
        }
    return false;
}
