/* Answers recurrence_oracle.py: lines "RULE FIRST_DAY AFTER_DAY COUNT" on standard input, the days on its
 * output. */
#include "files/recurrence.h"

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    struct recurrences *recurrences = recurrences_create();
    char rule[256];
    int64_t first, after;
    int count;

    while (scanf("%255s %" SCNd64 " %" SCNd64 " %d", rule, &first, &after, &count) == 4) {
        const char *wrong;
        const struct recurrence *recurrence = recurrences_find(recurrences, rule, &wrong);

        if (!recurrence) {
            printf("refused: %s\n", wrong);
            continue;
        }
        printf("%d", recurrence->needs_first_day);
        for (int i = 0; i < count && recurrence->next(recurrence, first, after, &after); i++)
            printf(" %" PRId64, after);
        printf("\n");
    }
    recurrences_destroy(recurrences);
    return 0;
}
