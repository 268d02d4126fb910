/* The service: brings the desk up, wires the hands together, runs, and takes everything down again. */
#ifndef DUBAN_DAEMON_SERVICE_H
#define DUBAN_DAEMON_SERVICE_H

#include "daemon/config.h"

/* Runs until it is told to stop; returns the exit code (see main.c). `socket_path` overrides the setting, may
   be NULL. What goes wrong is logged. */
int service_run(struct config *config, const char *socket_path) __attribute__((warn_unused_result));

#endif
