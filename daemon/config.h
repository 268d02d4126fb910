/* The configuration: duban.ini, and the regime, people, calendars and templates that it names. */
#ifndef DUBAN_DAEMON_CONFIG_H
#define DUBAN_DAEMON_CONFIG_H

#include "daemon/peer.h"
#include "files/policy_files.h"
#include "lib/settings.h"

#define CONFIG_FILE_DEFAULT "/etc/duban/duban.ini"

struct config;

/* Reads duban.ini. NULL, or what is wrong (malloc'd); then there is no configuration. */
char *config_open(const char *file_name, struct config **ret_config) __attribute__((warn_unused_result));
void config_close(struct config *config); /* after the desk that was made from it */

/* One of its desks by itself: its settings, and files that are read and read again apart from the others'.
   To be closed before `config`, whose settings it borrows. */
struct config *config_of_desk(const struct config *config, size_t desk);
const struct settings *config_settings(const struct config *config);

/* The calendars that go before their files from the next load on: what the database has, at the start. */
struct imported_calendars *config_imported(struct config *config);

/* Tries another text for one of them (NULL: its file holds again) in the next load; config_discard() brings
   back what there was, config_keep() leaves it. */
void config_try_import(struct config *config, const char *name, const char *text);

/* Compiles a calendar by itself. NULL, or what is wrong with it (malloc'd). */
char *config_check_calendar(struct config *config, const char *name, const char *text)
    __attribute__((warn_unused_result));

/* Reads regime and people as they are now. NULL, or what is wrong (malloc'd). The caller owns both, and says
   config_keep() once they are in force or, after destroying them, config_discard(). */
char *config_load(struct config *config, struct policy **ret_policy, struct roster **ret_roster)
    __attribute__((warn_unused_result));
void config_keep(struct config *config);
void config_discard(struct config *config);

/* Reads the same without keeping anything: the regime from `text` instead of its file, unless that is NULL.
   The caller owns all three; the files last. */
char *config_look(struct config *config, const char *text, struct policy_files **ret_files,
                  struct policy **ret_policy, struct roster **ret_roster) __attribute__((warn_unused_result));

/* The files of the last load. */
const struct policy_files *config_files(const struct config *config);

/* Who gets which role. */
char *config_peers(const struct config *config, struct peer_table **ret_peers)
    __attribute__((warn_unused_result));

/* The right side of Message-IDs of mails to customers; NULL: they are not written to. */
const char *config_customer_domain(const struct config *config);

/* The line that configures a sender (malloc'd), and whether its password file is fit to be one: NULL or what
   is wrong (malloc'd). The password itself is read by the sender only. */
char *config_sender_line(const struct config *config) __attribute__((warn_unused_result));
char *config_check_secrets(const struct config *config) __attribute__((warn_unused_result));

#endif
