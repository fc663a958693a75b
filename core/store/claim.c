/* claim.c -- see claim.h.  SPDX-License-Identifier: Apache-2.0
 *
 * Each writes a claim of its own, lists all claims, and goes on only when it sees no other live one. Of two, the one that lists later sees both,
 * since both were written before: so never do both go on. Whoever sees one with a smaller key withdraws its own, waits a random time and tries again;
 * the smallest stays and looks again. A claim is dead after a minute. */
#include "store/claim.h"
#include "store/parts.h"
#include <stdlib.h>
#include <sys/random.h>

#define DEAD (60 * CLOCK_SECOND)
#define ENOUGH_TIME (20 * CLOCK_SECOND) /* from the writing of the claim to the end of decide */
#define AT_MOST (10 * CLOCK_SECOND)     /* of trying */
enum { TRIES = 6, MAX_CLAIM = 4096 };

typedef struct claim {
  store *store;
  buf prefix, own;      /* keys */
  bool others, smaller; /* others that live; one of them before ours */
  buf keys;             /* of the others, each with a NUL */
} claim;

static pintle_status note_key(void *ctx, const char *key, int64_t size) {
  claim *c = ctx;
  (void)size;
  if (str_is(buf_str(&c->own), key)) return PINTLE_OK;
  buf_add(&c->keys, key, strlen(key) + 1);
  return c->keys.failed ? PINTLE_NOMEM : PINTLE_OK;
}

/* The claim is its time, as nanoseconds. */
static pintle_status write_claim(claim *c, error *e) {
  CLEANUP(buf_free) buf text = {0};
  buf_printf(&text, "{\"time\":%lld}\n", (long long)clock_now());
  return text.failed ? error_nomem(e) : store_put(c->store, c->own.data, buf_str(&text), e);
}

/* A claim that cannot be read counts as alive: better refused than run twice. */
static pintle_status look(claim *c, const char *key, error *e) {
  CLEANUP(buf_free) buf text = {0};
  item_doc *d = NULL;
  int64_t when = INT64_MAX;
  pintle_status st = store_get(c->store, key, MAX_CLAIM, &text, e);
  if (st == PINTLE_NOT_FOUND) return PINTLE_OK; /* withdrawn */
  if (st != PINTLE_OK) return st;
  if (item_new(&d) != PINTLE_OK) return error_nomem(e);
  if (item_parse(d, buf_str(&text), 0, NULL, NULL) != PINTLE_OK || item_int(item_at(d, "/time"), &when) != PINTLE_OK) when = INT64_MAX;
  item_free(d);
  if (when <= clock_now() && clock_now() - when > DEAD) return store_delete(c->store, key, e);
  c->others = true, c->smaller = strcmp(key, c->own.data) < 0; /* the first one is the smallest */
  return PINTLE_OK;
}

static pintle_status look_around(claim *c, error *e) {
  buf_clear(&c->keys);
  c->others = c->smaller = false;
  pintle_status st = store_list(c->store, c->prefix.data, note_key, c, e);
  for (size_t at = 0; at < c->keys.len && st == PINTLE_OK && !c->others; at += strlen(c->keys.data + at) + 1)
    st = look(c, c->keys.data + at, e);
  return st;
}

static int64_t random_wait(int round) {
  uint32_t r = 0;
  if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r) r = (uint32_t)clock_monotonic();
  return (int64_t)(r % 1000) * (CLOCK_SECOND / 4000) * (round + 1); /* up to 250 ms, 500 ms, ... */
}

static pintle_status attempt(claim *c, pintle_status (*decide)(void *ctx, int64_t until, error *e), void *ctx, error *e) {
  int64_t until = clock_monotonic() + ENOUGH_TIME;
  pintle_status st = write_claim(c, e);
  if (st != PINTLE_OK) return st;
  int64_t patience = clock_monotonic() + ENOUGH_TIME / 4;
  while ((st = look_around(c, e)) == PINTLE_OK && c->others && !c->smaller && clock_monotonic() < patience)
    if ((st = store_pause(c->store, CLOCK_SECOND / 20, e)) != PINTLE_OK) break;
  if (st == PINTLE_OK && !c->others) st = decide(ctx, until, e);
  error ignored;
  pintle_status gone = store_delete(c->store, c->own.data, st == PINTLE_OK ? e : &ignored);
  return st == PINTLE_OK ? gone : st;
}

pintle_status store_claim(store *s, const char *kind, const char *name, const char *uid,
                          pintle_status (*decide)(void *ctx, int64_t until, error *e), void *ctx, error *e) {
  claim c = {.store = s};
  uint64_t r = 0; /* the uid alone may be that of a run continued twice */
  pintle_status st = getrandom(&r, sizeof r, 0) == (ssize_t)sizeof r ? PINTLE_OK : error_set(e, PINTLE_FAILED, "no random number");
  buf_printf(&c.prefix, STORE_RUNS "%s-%s.claims/", kind, name);
  buf_printf(&c.own, "%s%s-%016llx", buf_z(&c.prefix), uid, (unsigned long long)r);
  if (c.prefix.failed || c.own.failed) st = error_nomem(e);
  c.others = true;
  int64_t end = clock_monotonic() + AT_MOST;
  for (int i = 0; i < TRIES && st == PINTLE_OK && c.others && clock_monotonic() < end; i++) {
    if (i) st = store_pause(s, random_wait(i), e);
    if (st == PINTLE_OK) st = attempt(&c, decide, ctx, e);
  }
  if (st == PINTLE_OK && c.others)
    st = error_set(e, PINTLE_CONFLICT, "location %s: another run is about to begin %s %s", s->name, kind, name);
  buf_free(&c.prefix), buf_free(&c.own), buf_free(&c.keys);
  return st;
}
