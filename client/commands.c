/*
 * What the commands that change something have in common: how their answer is shown.
 *
 * Shown for the rows of ticket_change.c, ticket_way.c, contact.c, progress.c and escalation.c. A
 * change's answer is a few fields and the clocks as they stand now; fields that an answer does not have are
 * left out, so one list serves all of them and a new command needs none of its own. An answer that was
 * given before (the same idempotency key) is marked as such, because "done" would be half the truth.
 */
#include "client/commands.h"

void commands_show_change(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Ticket", "ticket", SCREEN_TEXT},
        {"Number", "number", SCREEN_TEXT},
        {"Revision", "revision", SCREEN_TEXT},
        {"Stage", "stage", SCREEN_TEXT},
        {"Waits for", "paused", SCREEN_TEXT},
        {"Urgency", "urgency", SCREEN_STATE},
        {"Class", "class", SCREEN_TEXT},
        {"Types", "types", SCREEN_TEXT},
        {"Department", "department", SCREEN_TEXT},
        {"Handler", "handler", SCREEN_TEXT},
        {"Supported by", "supporting", SCREEN_TEXT},
        {"Progress", "progress", SCREEN_TEXT},
        {"Credited", "credited", SCREEN_TEXT},
        {"Not counted", "uncounted", SCREEN_TEXT},
        {"Acknowledged", "acknowledged", SCREEN_TEXT},
        {"Signed", "signed", SCREEN_TEXT},
        {"Approved", "approved", SCREEN_TEXT},
        {"Satisfaction", "satisfaction", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    if (json_is_false(json_object_get(result, "created")))
        screen_line(screen, "was done before with this key; the answer of then:");
    screen_fields(screen, result, fields);
    screen_clocks(screen, result);
}
