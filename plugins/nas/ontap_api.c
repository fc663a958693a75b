/* ontap_api.c -- requests to ONTAP, what it answers, and its jobs.  SPDX-License-Identifier: Apache-2.0 */
#include "http.h"
#include "ontap.h"
#include "text.h"
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TRIES = 5 };
static const int64_t second = 1000000000;

pintle_status nas_ontap_fail(pintle_call *call, pintle_status st, const char *code, const char *hint, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) *text = 0;
  va_end(ap);
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < ' ') *c = ' ';
  const pintle_error e = {.struct_size = sizeof e, .status = st, .message = text, .hint = hint, .code = code && *code ? code : NULL};
  return (call->host->fail)(call, &e);
}

static int64_t delay(int n) {
  int64_t duration = second / 2;
  for (; n > 1 && duration < 5 * second; n--) duration += duration / 2;
  return duration < 5 * second ? duration : 5 * second;
}

pintle_status nas_ontap_pause(pintle_call *call, const char *doing, int n) {
  pintle_status st = call->host->pause(call, delay(n));
  return st == PINTLE_OK ? PINTLE_OK
                         : pintle_fail(call, st, "%s: %s", doing, st == PINTLE_CANCELLED ? "cancelled" : "the deadline has passed");
}

/* ---- who we are: read anew each time, so that a changed password counts */
typedef struct who {
  char text[4096]; /* of the file */
  char *user, *password;
} who;

static bool read_text(const char *path, char *to, size_t size) {
  FILE *f = fopen(path, "rb");
  if (!f) return false;
  setvbuf(f, NULL, _IONBF, 0); /* no second copy of a secret */
  size_t n = fread(to, 1, size - 1, f);
  bool good = !ferror(f) && n < size - 1;
  fclose(f);
  to[n] = 0;
  return good;
}

/* NAME=value of a line, with or without quotes; written over in place. */
static void take_line(who *w, char *line) {
  char *equals = strchr(line, '='), *value = equals ? equals + 1 : NULL;
  if (!equals || *line == '#') return;
  line += strspn(line, " \t");
  if (strncmp(line, "export ", 7) == 0) line += 7;
  *equals = 0;
  size_t n = strlen(value);
  if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value) value[n - 1] = 0, value++;
  if (strcmp(line, "ONTAP_USERNAME") == 0) w->user = value;
  else if (strcmp(line, "ONTAP_PASSWORD") == 0) w->password = value;
}

static pintle_status find_out(const nas_ontap *o, pintle_call *call, who *w) {
  const char *path = *o->user ? o->password_file : o->credentials_file;
  if (*o->certificate) return PINTLE_OK;
  if (!read_text(path, w->text, sizeof w->text)) return pintle_fail(call, PINTLE_DENIED, "%s cannot be read, or is no such file", path);
  if (*o->user) {
    w->text[strcspn(w->text, "\r\n")] = 0;
    w->password = w->text;
    return PINTLE_OK;
  }
  for (char *line = w->text, *end; line; line = end) {
    end = strchr(line, '\n');
    if (end) *end++ = 0;
    line[strcspn(line, "\r")] = 0;
    take_line(w, line);
  }
  if (w->user && w->password) return PINTLE_OK;
  return nas_ontap_fail(call, PINTLE_DENIED, NULL, "its lines are ONTAP_USERNAME=... and ONTAP_PASSWORD=...",
                        "%s names no user and password", path);
}

/* ---- what is answered */
static pintle_status status_of(long http, const char *code) {
  static const struct {
    const char *code;
    pintle_status st;
  } known[] = {{"4", PINTLE_NOT_FOUND},     {"524601", PINTLE_NOT_FOUND},   {"917927", PINTLE_NOT_FOUND},
               {"917526", PINTLE_EXISTS},   {"1638555", PINTLE_CONFLICT},   {"524481", PINTLE_CONFLICT},
               {"918243", PINTLE_CONFLICT}, {"13107405", PINTLE_TRANSIENT}, {"525027", PINTLE_TRANSIENT}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].code, code) == 0) return known[i].st;
  if (http == 401 || http == 403) return PINTLE_DENIED;
  if (http == 404) return PINTLE_NOT_FOUND;
  if (http == 409) return PINTLE_CONFLICT;
  if (http == 429 || http >= 500) return PINTLE_TRANSIENT;
  return PINTLE_FAILED;
}

static const char *hint_of(pintle_status st, const char *code) {
  if (strcmp(code, "1638555") == 0 || strcmp(code, "524481") == 0)
    return "it is locked or in use: volumes restored from it have to be split or deleted first";
  if (st == PINTLE_DENIED) return "the user needs a role that may read and change volumes, snapshots and jobs, over http (REST)";
  return NULL;
}

static pintle_status read_answer(pintle_call *call, const char *doing, const nas_http_answer *http, nas_ontap_answer *a) {
  pintle_status st = call->host->new_doc(call, http->len ? http->body : "{}", http->len ? http->len : 2, &a->doc);
  if (st == PINTLE_NOMEM) return pintle_fail(call, st, "out of memory");
  const pintle_doc *d = st == PINTLE_OK ? a->doc : NULL;
  const char *code = pintle_str_or(d, "/error/code", ""), *message = pintle_str_or(d, "/error/message", "");
  bool error = d && d->api->at(d, "/error");
  if (http->status / 100 == 2 && d) { /* a failed job has an "error" of its own */
    a->job = pintle_str_or(d, "/job/uuid", "");
    a->next = pintle_str_or(d, "/_links/next/href", "");
    return strncmp(a->next, "/api/", *a->next ? 5 : 0) == 0 ? PINTLE_OK
                                                            : pintle_fail(call, PINTLE_FAILED, "%s: ONTAP names a page elsewhere", doing);
  }
  if (http->status / 100 == 2 || (!error && http->status == 404)) /* so that nothing is taken for removed because something else answers */
    return pintle_fail(call, PINTLE_FAILED, "%s: HTTP status %ld with no answer of ONTAP's", doing, http->status);
  st = status_of(http->status, code);
  return nas_ontap_fail(call, st, code, hint_of(st, code), "%s: HTTP status %ld: %s%s%s", doing, http->status, message,
                        *code ? ", code " : "", code);
}

static pintle_status ask_once(const nas_ontap *o, pintle_call *call, const char *doing, nas_http_request *r, nas_http_answer *http,
                              nas_ontap_answer *a) {
  who w = {.text = ""};
  pintle_status st = find_out(o, call, &w);
  if (st == PINTLE_OK && !*o->certificate) r->user = *o->user ? o->user : w.user, r->password = w.password;
  if (st == PINTLE_OK) st = nas_http(call, r, http);
  r->user = r->password = NULL;
  OPENSSL_cleanse(&w, sizeof w);
  return st == PINTLE_OK ? read_answer(call, doing, http, a) : pintle_wrap(call, st, "%s", doing);
}

pintle_status nas_ontap_ask(const nas_ontap *o, pintle_call *call, const char *doing, const char *method, const char *path,
                            const char *body, nas_ontap_answer *a) {
  static const char *const headers[] = {"Accept: application/hal+json", "Content-Type: application/json", NULL};
  nas_http_request r = {
      .method = method, .headers = headers, .body = body, .insecure = o->insecure, .cleaning = o->cleaning, .timeout = 150 * second};
  nas_http_answer http = {0};
  nas_text url = {0};
  *a = (nas_ontap_answer){.next = "", .job = ""};
  nas_addf(&url, "%s%s", o->url, path);
  if (*o->ca) r.ca_file = o->ca;
  if (*o->certificate) r.cert_file = o->certificate, r.key_file = o->key;
  bool again = strcmp(method, "GET") == 0 || strcmp(method, "DELETE") == 0;
  r.url = nas_z(&url);
  pintle_status st = url.failed ? pintle_fail(call, PINTLE_NOMEM, "out of memory") : ask_once(o, call, doing, &r, &http, a);
  for (int n = 1; st == PINTLE_TRANSIENT && again && n < TRIES; n++) {
    int64_t told = http.retry_after;
    http = (nas_http_answer){0};
    if (told > 0 && told <= 60 * second && call->host->pause(call, told) != PINTLE_OK) break; /* the next pause tells why */
    if ((st = nas_ontap_pause(call, doing, n)) == PINTLE_OK) st = ask_once(o, call, doing, &r, &http, a);
  }
  nas_text_free(&url);
  return st;
}

/* ---- jobs */
pintle_status nas_ontap_look_at_job(const nas_ontap *o, pintle_call *call, const char *uuid, nas_ontap_job *job) {
  char path[200];
  nas_ontap_answer a;
  *job = (nas_ontap_job){.state = "", .message = ""};
  snprintf(path, sizeof path, "/api/cluster/jobs/%s?fields=state,code,message,error", uuid);
  pintle_status st = nas_ontap_ask(o, call, "looking at a job of ONTAP", "GET", path, NULL, &a);
  if (st == PINTLE_NOT_FOUND) return job->over = true, job->st = st, PINTLE_OK;
  if (st != PINTLE_OK) return st;
  int64_t number = 0;
  const pintle_doc *d = a.doc;
  job->state = pintle_str_or(d, "/state", "");
  job->over = strcmp(job->state, "success") == 0 || strcmp(job->state, "failure") == 0;
  if (!job->over || strcmp(job->state, "success") == 0) return PINTLE_OK;
  job->message = pintle_str_or(d, "/error/message", pintle_str_or(d, "/message", "the job failed"));
  snprintf(job->code, sizeof job->code, "%s", pintle_str_or(d, "/error/code", ""));
  if (!*job->code && d->api->get_i64(d, "/code", &number) == PINTLE_OK) snprintf(job->code, sizeof job->code, "%lld", (long long)number);
  job->st = status_of(0, job->code);
  return PINTLE_OK;
}

pintle_status nas_ontap_wait(const nas_ontap *o, pintle_call *call, const char *doing, const char *uuid) {
  int64_t waited = 0;
  for (int n = 1; *uuid; n++) {
    nas_ontap_job job;
    pintle_status st = nas_ontap_look_at_job(o, call, uuid, &job);
    if (st != PINTLE_OK) return pintle_wrap(call, st, "%s", doing);
    if (job.over && (job.st == PINTLE_OK || !*job.message)) return PINTLE_OK;
    if (job.over)
      return nas_ontap_fail(call, job.st, job.code, hint_of(job.st, job.code), "%s: %s%s%s", doing, job.message, *job.code ? ", code " : "",
                            job.code);
    const pintle_progress p = {.struct_size = sizeof p, .n_total = 1, .description = job.state};
    call->host->report(call, &p);
    if (waited >= o->timeout) return pintle_fail(call, PINTLE_TIMED_OUT, "%s: ONTAP's job %s is still %s", doing, uuid, job.state);
    waited += delay(n);
    if ((st = nas_ontap_pause(call, doing, n)) != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

pintle_status nas_ontap_do(const nas_ontap *o, pintle_call *call, const char *doing, const char *method, const char *path,
                           const char *body) {
  nas_ontap_answer a;
  pintle_status st = nas_ontap_ask(o, call, doing, method, path, body, &a);
  return st == PINTLE_OK ? nas_ontap_wait(o, call, doing, a.job) : st;
}
