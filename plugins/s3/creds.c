/* creds.c -- the order of the sources, and credentials that are renewed in time.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <errno.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { EARLY = 300, AGAIN = 60, JUST_NOW = 2 }; /* seconds */

static void drop(char **text) {
  if (*text) OPENSSL_cleanse(*text, strlen(*text));
  free(*text);
  *text = NULL;
}

void s3_creds_wipe(s3_creds *c) {
  drop(&c->access_key);
  drop(&c->secret_key);
  drop(&c->session_token);
}

static bool copy(s3_creds *to, const char *access, const char *secret, const char *token, int64_t expires, const char *source) {
  *to = (s3_creds){strdup(access), strdup(secret), strdup(token ? token : ""), expires, source};
  if (to->access_key && to->secret_key && to->session_token) return true;
  s3_creds_wipe(to);
  return false;
}

static int64_t wall_clock(void) { return (int64_t)time(NULL); }

pintle_status creds_set(creds_ask *a, s3_creds *out, const char *source, const char *access, const char *secret, const char *token,
                        int64_t expires) {
  if (!access || !*access || !secret || !*secret) return creds_none(a, PINTLE_INVALID, "%s: the answer has no keys", source);
  if (expires <= a->chain->clock()) return creds_none(a, PINTLE_DENIED, "%s: what it gives has expired already", source);
  return copy(out, access, secret, token, expires, source) ? PINTLE_OK : creds_none(a, PINTLE_NOMEM, "out of memory");
}

/* The file that the configuration names goes before the environment: who names one means it. */
static pintle_status ask_all(creds_ask *a, s3_creds *out) {
  static creds_source *const usual[] = {creds_from_environment, creds_from_web_identity, creds_from_profile,
                                        creds_from_container,   creds_from_instance,     NULL};
  static creds_source *const given[] = {creds_from_profile, creds_from_environment, creds_from_container, creds_from_instance, NULL};
  bool mine = *a->chain->o.credentials_file || *a->chain->o.profile;
  creds_source *const *next = mine ? given : usual;
  pintle_status st = PINTLE_NOT_FOUND;
  for (; *next && st == PINTLE_NOT_FOUND; next++) st = (*next)(a, out);
  return st;
}

static void find_region(s3_creds_chain *c, const creds_ask *a) {
  const char *said = c->o.region;
  if (!*said) said = creds_env("AWS_REGION");
  if (!*said) said = creds_env("AWS_DEFAULT_REGION");
  if (!*said) said = creds_profile_get(a, creds_profile_name(a), "region");
  if (said && strlen(said) < sizeof c->region) memcpy(c->region, said, strlen(said) + 1);
}

/* first: the region is not known yet; it is constant from then on. */
static pintle_status ask(s3_creds_chain *c, pintle_call *call, bool first, s3_creds *out, s3_text *why) {
  creds_ask a = {.chain = c, .call = call};
  creds_files_open(&a);
  if (first) find_region(c, &a);
  pintle_status st = ask_all(&a, out);
  if (a.why.failed) st = st == PINTLE_OK ? st : PINTLE_NOMEM;
  creds_files_close(&a);
  *why = a.why;
  return st == PINTLE_NOT_FOUND ? PINTLE_DENIED : st;
}

static void keep(s3_creds_chain *c, const s3_creds *fresh) {
  int64_t now = c->clock(), left = fresh->expires - now;
  s3_creds_wipe(&c->have);
  c->have = *fresh;
  c->refresh_at = fresh->expires == INT64_MAX ? INT64_MAX : fresh->expires - (left < 2 * EARLY ? left / 2 : EARLY);
}

static const char *text_of(const char *option) { return option ? option : ""; }

pintle_status s3_creds_chain_new(pintle_call *call, const s3_creds_options *o, s3_creds_chain **out) {
  s3_creds_chain *c = calloc(1, sizeof *c);
  if (!c) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  c->o = (s3_creds_options){
      text_of(o->credentials_file), text_of(o->profile), text_of(o->region), text_of(o->ca), text_of(o->proxy), o->insecure};
  c->clock = wall_clock, c->ecs = "http://169.254.170.2";
  pthread_mutex_init(&c->lock, NULL);
  pthread_cond_init(&c->done, NULL);
  s3_creds fresh = {0};
  s3_text why = {0};
  pintle_status st = ask(c, call, true, &fresh, &why);
  if (st == PINTLE_OK) {
    keep(c, &fresh);
    pintle_log(call, PINTLE_LOG_DEBUG, "credentials from: %s", fresh.source);
    *out = c;
  } else {
    const char *at = *c->o.profile ? "/profile" : *c->o.credentials_file ? "/credentialsFile" : NULL;
    st = pintle_fail_at(call, st, at, "no credentials: %s", s3_z(&why));
    s3_creds_chain_free(c);
  }
  s3_text_free(&why);
  return st;
}

/* Asks without the lock. holds: what we have may still be given. */
static pintle_status renew(s3_creds_chain *c, pintle_call *call, bool holds) {
  s3_creds fresh = {0};
  s3_text why = {0};
  c->busy = true;
  pthread_mutex_unlock(&c->lock);
  pintle_status st = ask(c, call, false, &fresh, &why);
  pthread_mutex_lock(&c->lock);
  c->busy = false;
  pthread_cond_broadcast(&c->done);
  int64_t now = c->clock();
  if (st == PINTLE_OK) {
    keep(c, &fresh);
    c->asked_at = now;
  } else if (holds && c->have.expires > now) {
    c->refresh_at = now + AGAIN;
    pintle_log(call, PINTLE_LOG_WARN, "the credentials are not renewed, those at hand hold for %lld s more: %s",
               (long long)(c->have.expires - now), s3_z(&why));
    st = PINTLE_OK;
  } else {
    st = pintle_fail(call, st, "the credentials are not renewed: %s", s3_z(&why));
  }
  s3_text_free(&why);
  return st;
}

/* With the lock. */
static pintle_status wait_for_other(s3_creds_chain *c, pintle_call *call) {
  while (c->busy) {
    struct timespec until;
    int32_t what = call->host->cancelled(call);
    if (what) return pintle_fail(call, what == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, "cancelled while credentials are renewed");
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 100000000;
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    pthread_cond_timedwait(&c->done, &c->lock, &until);
  }
  return PINTLE_OK;
}

pintle_status s3_creds_get(s3_creds_chain *c, pintle_call *call, bool refresh, s3_creds *out) {
  pthread_mutex_lock(&c->lock);
  pintle_status st = PINTLE_OK;
  int64_t now = c->clock();
  bool holds = !refresh && c->have.expires > now;
  if (c->busy && !holds) {
    st = wait_for_other(c, call);
    now = c->clock(), refresh = false;
    holds = c->have.expires > now;
  }
  bool fresh = refresh && now - c->asked_at < JUST_NOW && c->asked_at <= now; /* another caller's complaint was heard just now */
  if (st == PINTLE_OK && !c->busy && ((refresh && !fresh) || now >= c->refresh_at)) st = renew(c, call, holds || fresh);
  if (st == PINTLE_OK && !copy(out, c->have.access_key, c->have.secret_key, c->have.session_token, c->have.expires, c->have.source))
    st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  pthread_mutex_unlock(&c->lock);
  return st;
}

const char *s3_creds_region(const s3_creds_chain *c) { return c->region; }

void s3_creds_chain_free(s3_creds_chain *c) {
  if (!c) return;
  s3_creds_wipe(&c->have);
  pthread_cond_destroy(&c->done);
  pthread_mutex_destroy(&c->lock);
  free(c);
}
