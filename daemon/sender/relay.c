/*
 * The smtp transport, on top of libesmtp. Not named smtp.c because that prefix is the library's.
 *
 * The library is treated as measured, not as documented:
 * - smtp_start_session() says nothing about delivery. Accepted means: message 2xx and recipient 2xx and
 * recipient marked complete. A 250 without the last of these can be text that was injected before STARTTLS.
 * - One message a session, since the body of a refused message can leak into the next one (CHUNKING), and for
 * the same reason the message is fed as two pieces, header block and body.
 * - One TLS session a process; main.c ends the worker afterwards.
 * - A write that times out is swallowed, and the server then accepts a mail with a hole in it. So the
 * transfer timeout lies beyond any deadline the parent keeps: the worker is killed before it can be lied to.
 * - Its header interface is not used; the message comes whole from message.c, the addresses checked from
 * field.c.
 *
 * What the server refused about us (authentication) is deferred: the notice is not at fault, the set-up is.
 */
#include "daemon/sender/relay.h"

#include "daemon/sender/message.h"
#include "daemon/sender/socket.h"
#include "lib/base/memory.h"
/* in this order: libesmtp.h declares what depends on these two only after them */
#include <auth-client.h>
#include <openssl/ssl.h>

#include <errno.h>
#include <libesmtp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRANSFER_MS (10L * 60 * 1000)
#define REPLY_SIZE  512

/* One session: what is sent, and what was seen of the server. */
struct talk {
    struct configure *configure;
    struct tls *tls;
    const struct text *message;
    size_t header_length;
    int pieces_given;

    smtp_session_t session;
    smtp_message_t envelope;
    smtp_recipient_t recipient;
    auth_context_t authentication;
    char *user;

    bool connected;
    bool tls_asked;   /* our last words were STARTTLS */
    bool tls_started; /* and the server went along */
    bool tls_done;    /* the handshake succeeded */
    bool tls_missing; /* the server does not offer it */
    bool injected;    /* the server said more than it may before the handshake */
    bool sent;        /* the whole message went out */
    char last_reply[REPLY_SIZE];
};

static const char *next_piece(void **context, int *length, void *argument)
{
    struct talk *talk = argument;
    const char *bytes = text_get(talk->message);

    (void)context;
    if (!length) {
        talk->pieces_given = 0;
        return NULL;
    }
    switch (talk->pieces_given++) {
    case 0:
        *length = (int)talk->header_length;
        return bytes;
    case 1:
        talk->sent = true;
        *length = (int)(talk->message->length - talk->header_length);
        return bytes + talk->header_length;
    }
    *length = 0;
    return NULL;
}

/* The end of the reply that `bytes` begin with: the line whose fourth character is no hyphen. NULL when cut.
 */
static const char *reply_end(const char *bytes, const char *end)
{
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));

        if (!newline)
            return NULL;
        if (newline - bytes < 4 || bytes[3] != '-')
            return newline + 1;
        bytes = newline + 1;
    }
    return NULL;
}

/* Plain text that follows the answer to STARTTLS would be taken for answers given inside TLS. */
static void watch(const char *bytes, int length, int writing, void *argument)
{
    static const char starttls[] = "STARTTLS\r\n";
    struct talk *talk = argument;
    size_t count = (size_t)length;

    if (writing) {
        talk->tls_asked = count == sizeof starttls - 1 && memcmp(bytes, starttls, count) == 0;
        return;
    }
    if (length < 3 || memcmp(bytes, "221", 3) != 0) /* the answer to QUIT tells nothing */
        snprintf(talk->last_reply, sizeof talk->last_reply, "%.*s", length, bytes);
    if (!talk->tls_asked)
        return;
    talk->tls_asked = false;
    talk->tls_started = *bytes == '2';
    if (reply_end(bytes, bytes + length) != bytes + length) {
        talk->injected = true;
        socket_cut();
    }
}

/* The library compares the certificate with the name DNS gave; ours has been compared with the name
 * configured. */
static void excuse_certificate(va_list list)
{
    int *ok = va_arg(list, int *);
    const char *name = va_arg(list, const char *);
    const SSL *session = va_arg(list, const SSL *);

    (void)name;
    *ok = tls_verified(session);
}

static void notice_event(smtp_session_t session, int event, void *argument, ...)
{
    struct talk *talk = argument;
    va_list list;

    (void)session;
    va_start(list, argument);
    switch (event) {
    case SMTP_EV_CONNECT:
        talk->connected = true;
        break;
    case SMTP_EV_STARTTLS_OK:
        talk->tls_done = true;
        break;
    case SMTP_EV_EXTNA_STARTTLS:
        talk->tls_missing = true;
        break;
    case SMTP_EV_WRONG_PEER_CERTIFICATE:
        excuse_certificate(list);
        break;
    }
    va_end(list);
}

static int give_credentials(auth_client_request_t request, char **ret_values, int fields, void *argument)
{
    struct talk *talk = argument;

    for (int i = 0; i < fields; i++) {
        ret_values[i] = NULL;
        if (request[i].flags & AUTH_PASS)
            ret_values[i] = talk->configure->smtp.password;
        else if (request[i].flags & AUTH_USER)
            ret_values[i] = talk->user;
    }
    return 1;
}

static bool set_authentication(struct talk *talk)
{
    if (!talk->configure->smtp.user)
        return true;
    auth_client_init();
    talk->user = memory_text(talk->configure->smtp.user);
    talk->authentication = auth_create_context();
    return talk->authentication && auth_set_mechanism_flags(talk->authentication, AUTH_PLUGIN_PLAIN, 0) &&
           auth_set_interact_cb(talk->authentication, give_credentials, talk) &&
           smtp_auth_set_context(talk->session, talk->authentication);
}

static bool set_tls(struct talk *talk)
{
    if (!talk->tls)
        return smtp_starttls_enable(talk->session, Starttls_DISABLED);
    talk->tls->verify_error = X509_V_OK;
    return smtp_starttls_set_ctx(talk->session, talk->tls->context) &&
           smtp_starttls_enable(talk->session, Starttls_REQUIRED);
}

/* In milliseconds; without the override flag anything below RFC 5321's minutes would be raised to them. */
static bool set_timeouts(struct talk *talk)
{
    static const int waits[] = {Timeout_GREETING, Timeout_ENVELOPE, Timeout_DATA, Timeout_DATA2};
    long timeout_ms = talk->configure->smtp.timeout_ms;
    bool set =
        smtp_set_timeout(talk->session, Timeout_TRANSFER | Timeout_OVERRIDE_RFC2822_MINIMUM, TRANSFER_MS);

    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        set = smtp_set_timeout(talk->session, waits[i] | Timeout_OVERRIDE_RFC2822_MINIMUM, timeout_ms) && set;
    socket_limit(talk->configure->smtp.timeout_ms);
    return set;
}

static bool set_server(struct talk *talk)
{
    char server[320];

    snprintf(server, sizeof server, "%s:%d", talk->configure->smtp.host, talk->configure->smtp.port);
    return smtp_set_server(talk->session, server) &&
           smtp_set_hostname(talk->session, talk->configure->domain) &&
           smtp_set_eventcb(talk->session, notice_event, talk) &&
           smtp_set_monitorcb(talk->session, watch, talk, 0) && set_timeouts(talk) && set_tls(talk) &&
           set_authentication(talk);
}

static bool set_envelope(struct talk *talk, const struct job *job)
{
    talk->envelope = smtp_add_message(talk->session);
    if (!talk->envelope ||
        !smtp_set_reverse_path(talk->envelope, configure_from(talk->configure, job)->address) ||
        !smtp_set_messagecb(talk->envelope, next_piece, talk) ||
        !smtp_size_set_estimate(talk->envelope, talk->message->length))
        return false;
    talk->recipient = smtp_add_recipient(talk->envelope, job->to.address);
    return talk->recipient;
}

static bool is_good(const smtp_status_t *status)
{
    return status->code >= 200 && status->code <= 299;
}

static bool is_bad(const smtp_status_t *status)
{
    return status->code >= 400 && status->code <= 599;
}

static void tell_status(const smtp_status_t *status, struct answer *ret_answer)
{
    const char *text = status->text ? status->text : "";

    if (status->enh_class)
        answer_detail(ret_answer, "%d %d.%d.%d %s", status->code, status->enh_class, status->enh_subject,
                      status->enh_detail, text);
    else
        answer_detail(ret_answer, "%d %s", status->code, text);
}

/* Authentication missing, too weak, refused, or to be encrypted: about this worker, not about the notice. */
static bool is_about_us(int code)
{
    return code == 530 || code == 534 || code == 535 || code == 538;
}

/* The first refusal in the order of the dialogue, as a later one (no valid recipients) only follows from it.
 */
static const smtp_status_t *first_refusal(const struct talk *talk)
{
    const smtp_status_t *statuses[] = {smtp_reverse_path_status(talk->envelope),
                                       smtp_recipient_status(talk->recipient),
                                       smtp_message_transfer_status(talk->envelope)};

    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (is_bad(statuses[i]))
            return statuses[i];
    }
    return NULL;
}

static bool was_accepted(const struct talk *talk)
{
    return !talk->injected && is_good(smtp_message_transfer_status(talk->envelope)) &&
           is_good(smtp_recipient_status(talk->recipient)) && smtp_recipient_check_complete(talk->recipient);
}

static void tell_unreachable(const struct talk *talk, struct answer *ret_answer)
{
    char reason[128] = "";
    int error = smtp_errno();

    smtp_strerror(error, reason, sizeof reason);
    answer_detail(ret_answer, "cannot connect to %s:%d: %s", talk->configure->smtp.host,
                  talk->configure->smtp.port, error == -EINPROGRESS ? strerror(ETIMEDOUT) : reason);
}

/* The session ended and nobody said no. */
static void tell_broken(const struct talk *talk, struct answer *ret_answer)
{
    if (!talk->connected)
        tell_unreachable(talk, ret_answer);
    else if (talk->injected)
        answer_detail(ret_answer,
                      "the server sent text after its answer to STARTTLS, somebody may be in between");
    else if (talk->tls_missing)
        answer_detail(ret_answer, "the server offers no STARTTLS");
    else if (talk->tls_started && !talk->tls_done)
        answer_detail(ret_answer, "TLS: %s", tls_problem(talk->tls));
    else if (talk->sent)
        answer_detail(ret_answer,
                      "the connection broke after the message was sent, it may have arrived; last: %s",
                      talk->last_reply);
    else
        answer_detail(ret_answer, "the session broke before the message was sent; last: %s",
                      talk->last_reply);
}

static void judge(const struct talk *talk, struct answer *ret_answer)
{
    const smtp_status_t *refusal = first_refusal(talk);

    if (was_accepted(talk)) {
        const smtp_status_t *status = smtp_message_transfer_status(talk->envelope);

        ret_answer->verdict = VERDICT_ACCEPTED;
        tell_status(status, ret_answer);
        relay_queue_id(status->text ? status->text : "", ret_answer->queue_id, sizeof ret_answer->queue_id);
    } else if (refusal && !talk->injected) {
        bool permanent = refusal->code >= 500 && !is_about_us(refusal->code);

        ret_answer->verdict = permanent ? VERDICT_REFUSED : VERDICT_DEFERRED;
        tell_status(refusal, ret_answer);
    } else {
        ret_answer->verdict = VERDICT_DEFERRED;
        tell_broken(talk, ret_answer);
    }
}

static void finish(struct talk *talk)
{
    if (talk->session)
        smtp_destroy_session(talk->session);
    if (talk->authentication) {
        auth_destroy_context(talk->authentication);
        auth_client_exit();
    }
    free(talk->user);
}

void relay_deliver(struct configure *configure, struct tls *tls, const struct job *job,
                   const struct text *message, struct answer *ret_answer)
{
    struct talk talk = {.configure = configure, .tls = tls, .message = message};

    *ret_answer = (struct answer){.verdict = VERDICT_DEFERRED};
    talk.header_length = message_header_length(message);
    talk.session = smtp_create_session();
    if (talk.session && set_server(&talk) && set_envelope(&talk, job)) {
        /* its result says nothing: it is 1 for a refused certificate and for every 5xx */
        (void)smtp_start_session(talk.session);
        judge(&talk, ret_answer);
    } else {
        answer_detail(ret_answer, "the SMTP library could not be set up");
    }
    finish(&talk);
}

/* How relays say it: the id follows the mark, or is the word in front of it. */
static const struct {
    const char *mark;
    bool follows;
} id_forms[] = {
    {"queued as ", true},         /* Postfix, Coremail */
    {"OK id=", true},             /* Exim */
    {" Message accepted", false}, /* Sendmail, OpenSMTPD */
    {" qp ", true},               /* qmail */
    {"InternalId=", true},        /* Exchange */
};

static const char *word_before(const char *text, const char *end)
{
    while (end > text && end[-1] != ' ')
        end--;
    return end;
}

void relay_queue_id(const char *text, char *ret_id, size_t size)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    *ret_id = '\0';
    for (size_t i = 0; i < sizeof id_forms / sizeof id_forms[0]; i++) {
        const char *found = strstr(text, id_forms[i].mark);

        if (!found)
            continue;

        const char *id = id_forms[i].follows ? found + strlen(id_forms[i].mark) : word_before(text, found);

        snprintf(ret_id, size, "%.*s", (int)strspn(id, allowed), id);
        return;
    }
}
