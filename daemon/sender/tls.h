/* The TLS side of an SMTP session: which server is believed to be the right one. */
#ifndef DUBAN_DAEMON_SENDER_TLS_H
#define DUBAN_DAEMON_SENDER_TLS_H

#include "daemon/sender/field.h"
#include <openssl/ssl.h>

struct tls {
    SSL_CTX *context;
    const char *host; /* the configured name, whatever DNS makes of it */
    bool host_is_number;
    long verify_error; /* X509_V_OK, or why the certificate was refused */
};

/*
 * Prepares for sessions with `host`, which must outlive `ret_tls`; `ca_file` NULL means the system's
 * authorities. `ret_tls` must stay where it is until tls_finish(). FIELD_WRONG with a sentence when the
 * authorities can't be read.
 */
int tls_init(const char *host, const char *ca_file, struct tls *ret_tls, char ret_error[FIELD_ERROR])
    __attribute__((warn_unused_result));

/* Whether the certificate of this session was checked against the authorities and the host, with success. */
bool tls_verified(const SSL *session);

/* Why the last handshake failed, in words. */
const char *tls_problem(const struct tls *tls);
void tls_finish(struct tls *tls);

#endif
