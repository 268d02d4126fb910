/* One notice instead of many: what becomes of a reader's tray when its time has come. */
#ifndef DUBAN_LIB_DIGEST_H
#define DUBAN_LIB_DIGEST_H

#include "lib/desk_parts.h"

/* Serves the tray that is due first, with an idle sender: what lost its reason is suppressed, one that is
   left is let go as it is, several become a digest, which the sender gets. False: no tray is due. */
bool digest_serve(struct desk *desk);

#endif
