/*
 * The webhook transport: one POST with JSON, over libcurl.
 *
 * Called by main.c for jobs of a channel that is not mail. `standard` is the Standard Webhooks form: an id
 * that is the same on every attempt (the notice's Message-ID), a timestamp, and an HMAC-SHA256 of both and
 * the body, so that the receiver can tell a repeat from a second notice and us from a stranger. The other
 * three are the robots of DingTalk, WeCom and Feishu, which answer 200 to everything and put the truth into
 * the body.
 *
 * Nothing is followed that was not configured: http and https only, no redirects, no proxy from the
 * environment, a connection for each notice, and at most 64 KiB of answer are read.
 */
#include "daemon/sender/webhook.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_LIMIT   (64 * 1024)
#define SIGNATURE_SIZE (4 * ((EVP_MAX_MD_SIZE + 2) / 3) + 1)

/* ---- signatures ---- */

static void sign(const void *key, size_t key_length, const char *text, char ret_signature[SIGNATURE_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;

    HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, strlen(text), digest, &length);
    EVP_EncodeBlock((unsigned char *)ret_signature, digest, (int)length);
}

/* `whsec_BASE64` as Standard Webhooks writes a secret; anything else is the secret itself. */
static size_t read_key(const char *secret, unsigned char *ret_key, size_t size)
{
    const char *encoded = strncmp(secret, "whsec_", 6) == 0 ? secret + 6 : NULL;
    size_t length = encoded ? strlen(encoded) : 0;

    if (encoded && length % 4 == 0 && length / 4 * 3 <= size) {
        int decoded = EVP_DecodeBlock(ret_key, (const unsigned char *)encoded, (int)length);

        if (decoded > 0)
            return (size_t)decoded - (encoded[length - 1] == '=') - (encoded[length - 2] == '=');
    }
    length = strnlen(secret, size);
    memcpy(ret_key, secret, length);
    return length;
}

/* ---- bodies ---- */

static json_t *text_of(const struct job *job)
{
    return json_sprintf("%s\n%s", job->subject, job->text);
}

static json_t *body_of_standard(const struct job *job)
{
    json_t *data =
        json_pack("{s:s,s:s?,s:s?,s:s,s:s,s:s,s:{s:s?,s:s}}", "notice", job->notice, "ticket", job->ticket,
                  "template", job->template_name, "lang", job->lang, "subject", job->subject, "text",
                  job->text, "to", "name", job->to.name, "address", job->to.address);

    return json_pack("{s:s,s:s,s:o}", "type", "duban.notice", "timestamp", job->date, "data", data);
}

static json_t *body_of_dingtalk(const struct job *job)
{
    return json_pack("{s:s,s:{s:o},s:{s:[s]}}", "msgtype", "text", "text", "content", text_of(job), "at",
                     "atMobiles", job->to.address);
}

static json_t *body_of_wecom(const struct job *job)
{
    return json_pack("{s:s,s:{s:o,s:[s]}}", "msgtype", "text", "text", "content", text_of(job),
                     "mentioned_mobile_list", job->to.address);
}

/* Feishu's signature is an HMAC of nothing whose key is the timestamp, a line end and the secret. */
static json_t *body_of_feishu(const struct webhook_settings *settings, const struct job *job,
                              long long timestamp_s)
{
    json_t *body = json_pack("{s:s,s:{s:o}}", "msg_type", "text", "content", "text", text_of(job));
    char key[sizeof settings->secret + 32], signature[SIGNATURE_SIZE];

    if (!settings->secret[0])
        return body;
    snprintf(key, sizeof key, "%lld\n%s", timestamp_s, settings->secret);
    sign(key, strlen(key), "", signature);
    json_object_set_new(body, "timestamp", json_sprintf("%lld", timestamp_s));
    json_object_set_new(body, "sign", json_string(signature));
    return body;
}

char *webhook_body(const struct webhook_settings *settings, const struct job *job, long long timestamp_s)
{
    json_t *body = NULL;

    switch (settings->format) {
    case WEBHOOK_STANDARD:
        body = body_of_standard(job);
        break;
    case WEBHOOK_DINGTALK:
        body = body_of_dingtalk(job);
        break;
    case WEBHOOK_WECOM:
        body = body_of_wecom(job);
        break;
    case WEBHOOK_FEISHU:
        body = body_of_feishu(settings, job, timestamp_s);
        break;
    }
    char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);

    json_decref(body);
    if (!text)
        abort();
    return text;
}

/* ---- the request ---- */

static struct curl_slist *headers_of(const struct webhook_settings *settings, const struct job *job,
                                     const char *body, long long timestamp_s)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    unsigned char key[sizeof settings->secret];
    char line[512], signature[SIGNATURE_SIZE], *signed_text;

    if (settings->format != WEBHOOK_STANDARD)
        return headers;
    int id_length = (int)strlen(job->message_id) - 2; /* without its angle brackets */

    snprintf(line, sizeof line, "webhook-id: %.*s", id_length, job->message_id + 1);
    headers = curl_slist_append(headers, line);
    snprintf(line, sizeof line, "webhook-timestamp: %lld", timestamp_s);
    headers = curl_slist_append(headers, line);
    if (!settings->secret[0])
        return headers;
    if (asprintf(&signed_text, "%.*s.%lld.%s", id_length, job->message_id + 1, timestamp_s, body) < 0)
        abort();
    sign(key, read_key(settings->secret, key, sizeof key), signed_text, signature);
    free(signed_text);
    snprintf(line, sizeof line, "webhook-signature: v1,%s", signature);
    return curl_slist_append(headers, line);
}

/* DingTalk wants its signature in the URL. */
static char *url_of(const struct webhook_settings *settings, CURL *curl, long long timestamp_s)
{
    char text[sizeof settings->secret + 32], signature[SIGNATURE_SIZE], *url;

    if (settings->format != WEBHOOK_DINGTALK || !settings->secret[0]) {
        url = strdup(settings->url);
    } else {
        snprintf(text, sizeof text, "%lld\n%s", timestamp_s * 1000, settings->secret);
        sign(settings->secret, strlen(settings->secret), text, signature);
        char *escaped = curl_easy_escape(curl, signature, 0);

        if (asprintf(&url, "%s%ctimestamp=%lld&sign=%s", settings->url,
                     strchr(settings->url, '?') ? '&' : '?', timestamp_s * 1000, escaped ? escaped : "") < 0)
            url = NULL;
        curl_free(escaped);
    }
    if (!url)
        abort();
    return url;
}

struct received {
    char bytes[ANSWER_LIMIT + 1];
    size_t length;
};

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    struct received *received = context;
    size_t length = size * count;

    if (received->length + length > ANSWER_LIMIT)
        return 0; /* ends the transfer */
    memcpy(received->bytes + received->length, bytes, length);
    received->length += length;
    received->bytes[received->length] = '\0';
    return length;
}

static void set_options(CURL *curl, const struct webhook_settings *settings, const char *body,
                        struct received *received)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)settings->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "duban");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, received);
    if (settings->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings->ca_file);
}

void webhook_deliver(const struct webhook_settings *settings, const struct job *job,
                     struct answer *ret_answer)
{
    long long timestamp_s = job->posted_at_s;
    struct received *received = calloc(1, sizeof *received);
    CURL *curl = curl_easy_init();
    long status = 0;

    if (!received || !curl)
        abort();
    char *body = webhook_body(settings, job, timestamp_s), *url = url_of(settings, curl, timestamp_s);
    struct curl_slist *headers = headers_of(settings, job, body, timestamp_s);

    set_options(curl, settings, body, received);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(curl);

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && status)) {
        webhook_judge(settings->format, status, received->bytes, ret_answer);
    } else {
        ret_answer->verdict = VERDICT_DEFERRED;
        answer_detail(ret_answer, "%s", curl_easy_strerror(code)); /* never the URL: it may hold a token */
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    free(url);
    free(body);
    free(received);
}

/* ---- the answer ---- */

/* A robot's own word about success: 0. False: it said none. */
static bool read_code(const char *body, json_int_t *ret_code, char *ret_words, size_t size)
{
    static const char *const codes[] = {"errcode", "code", "StatusCode"};
    static const char *const words[] = {"errmsg", "msg", "StatusMessage"};
    json_t *document = json_loads(body, 0, NULL);
    bool found = false;

    for (size_t i = 0; i < sizeof codes / sizeof *codes && !found; i++) {
        const json_t *code = json_object_get(document, codes[i]);
        const char *said = json_string_value(json_object_get(document, words[i]));

        found = json_is_integer(code);
        *ret_code = json_integer_value(code);
        snprintf(ret_words, size, "%s", said ? said : "");
    }
    json_decref(document);
    return found;
}

/* Too many messages: DingTalk, WeCom and Feishu, in this order. */
static bool is_rate_limit(json_int_t code)
{
    return code == 130101 || code == 410100 || code == 45009 || code == 9499 || code == 11232;
}

static void judge_robot(const char *body, struct answer *ret_answer)
{
    json_int_t code = 0;
    char words[200];

    if (!read_code(body, &code, words, sizeof words)) {
        ret_answer->verdict = VERDICT_DEFERRED;
        answer_detail(ret_answer, "the robot's answer says nothing of success");
        return;
    }
    ret_answer->verdict = code == 0             ? VERDICT_ACCEPTED
                          : is_rate_limit(code) ? VERDICT_DEFERRED
                                                : VERDICT_REFUSED;
    answer_detail(ret_answer, "%lld %s", (long long)code, words);
}

void webhook_judge(enum webhook_format format, long status, const char *body, struct answer *ret_answer)
{
    bool may_come_right =
        status < 300 ? false : status >= 500 || status == 408 || status == 425 || status == 429;

    if (status >= 200 && status < 300 && format != WEBHOOK_STANDARD) {
        judge_robot(body, ret_answer);
        return;
    }
    ret_answer->verdict = status >= 200 && status < 300 ? VERDICT_ACCEPTED
                          : may_come_right || !status   ? VERDICT_DEFERRED
                                                        : VERDICT_REFUSED;
    answer_detail(ret_answer, "HTTP %ld", status);
}

int webhook_prepare(struct webhook_settings *settings, char ret_error[FIELD_ERROR])
{
    if (settings->url_file && configure_read_secret("webhook.url_file", settings->url_file,
                                                    settings->url_text, sizeof settings->url_text, ret_error))
        return FIELD_WRONG;
    if (settings->url_file)
        settings->url = settings->url_text;
    if (settings->secret_file && configure_read_secret("webhook.secret_file", settings->secret_file,
                                                       settings->secret, sizeof settings->secret, ret_error))
        return FIELD_WRONG;
    if (strncmp(settings->url, "https://", 8) != 0 && strncmp(settings->url, "http://", 7) != 0) {
        snprintf(ret_error, FIELD_ERROR, "configure.webhook.url: is neither http nor https");
        return FIELD_WRONG;
    }
    return FIELD_OK;
}
