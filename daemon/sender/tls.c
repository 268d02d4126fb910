/*
 * Our own SSL_CTX for the SMTP library, which by itself would take TLS 1.0, send no server name and compare
 * the certificate with whatever name DNS answered.
 *
 * Owned by main.c for the life of the worker, lent to relay.c. Invariant: no handshake succeeds unless the
 * chain leads to a trusted authority and the certificate names the configured host, because both are checked
 * inside OpenSSL (SSL_VERIFY_PEER with the host in the verification parameters) before the library sees the
 * session.
 *
 * TLS 1.2 exactly: 1.0 and 1.1 are broken, and with 1.3 the library hangs against some servers, as it does
 * not expect session tickets after the handshake.
 */
#include "daemon/sender/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <stdio.h>

static int remember_refusal(int ok, X509_STORE_CTX *store)
{
    const SSL *session = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(session));

    if (!ok)
        tls->verify_error = X509_STORE_CTX_get_error(store);
    return ok;
}

/* The library creates the session itself, so the start of the handshake is the only chance to name the
 * server. */
static void name_server(const SSL *session, int where, int unused)
{
    const struct tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(session));

    (void)unused;
    if ((where & SSL_CB_HANDSHAKE_START) && !tls->host_is_number)
        SSL_set_tlsext_host_name((SSL *)(uintptr_t)session,
                                 tls->host); /* const only in the callback's type */
}

static bool demand_host(struct tls *tls)
{
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(tls->context);

    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return tls->host_is_number ? X509_VERIFY_PARAM_set1_ip_asc(parameters, tls->host)
                               : X509_VERIFY_PARAM_set1_host(parameters, tls->host, 0);
}

static bool load_authorities(struct tls *tls, const char *ca_file)
{
    return ca_file ? SSL_CTX_load_verify_file(tls->context, ca_file)
                   : SSL_CTX_set_default_verify_paths(tls->context);
}

int tls_init(const char *host, const char *ca_file, struct tls *ret_tls, char ret_error[FIELD_ERROR])
{
    struct in_addr number;

    *ret_tls = (struct tls){.host = host, .host_is_number = inet_pton(AF_INET, host, &number) == 1};
    ret_tls->context = SSL_CTX_new(TLS_client_method());
    if (!ret_tls->context || !SSL_CTX_set_min_proto_version(ret_tls->context, TLS1_2_VERSION) ||
        !SSL_CTX_set_max_proto_version(ret_tls->context, TLS1_2_VERSION) || !demand_host(ret_tls)) {
        snprintf(ret_error, FIELD_ERROR, "configure.smtp.tls: OpenSSL offers no TLS 1.2");
        return FIELD_WRONG;
    }
    if (!load_authorities(ret_tls, ca_file)) {
        snprintf(ret_error, FIELD_ERROR, "configure.smtp.ca_file: no certificates can be read from it");
        return FIELD_WRONG;
    }
    SSL_CTX_set_app_data(ret_tls->context, ret_tls);
    SSL_CTX_set_options(ret_tls->context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(ret_tls->context, SSL_VERIFY_PEER, remember_refusal);
    SSL_CTX_set_info_callback(ret_tls->context, name_server);
    ERR_clear_error();
    return FIELD_OK;
}

bool tls_verified(const SSL *session)
{
    return (SSL_get_verify_mode(session) & SSL_VERIFY_PEER) && SSL_get_verify_result(session) == X509_V_OK &&
           SSL_get0_peer_certificate(session);
}

const char *tls_problem(const struct tls *tls)
{
    unsigned long error = ERR_peek_last_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;

    if (tls->verify_error != X509_V_OK)
        return X509_verify_cert_error_string(tls->verify_error);
    return reason ? reason : "the handshake did not come to an end";
}

void tls_finish(struct tls *tls)
{
    if (tls)
        SSL_CTX_free(tls->context);
}
