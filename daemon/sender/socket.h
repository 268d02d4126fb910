/* The sockets that the SMTP library opens: limits it does not set itself. */
#ifndef DUBAN_DAEMON_SENDER_SOCKET_H
#define DUBAN_DAEMON_SENDER_SOCKET_H

/* For every TCP socket opened from now on: how long connect() and blocking calls may take, in milliseconds.
 */
void socket_limit(int timeout_ms);

/* Shuts down the newest TCP socket, so that whatever the library does next on it fails. */
void socket_cut(void);

#endif
