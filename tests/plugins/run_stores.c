/* run_stores.c -- keeps things of its own in a location of the configuration, by pintle.store/1.  SPDX-License-Identifier: Apache-2.0
 *
 * Option location: where ("" the run's own). On backup each item puts "items/NAME", reads it back whole and in the middle, lists, removes what it
 * put under "gone/", and says in annotations what came of it; an item named "later" registers an operation, whose run_operation puts "later". On restore: the
 * annotation is what is kept there. */
#include "run.h"
#include <stdio.h>

#define PREFIX "/metadata/annotations/tests.pintle.io~1"
typedef struct text {
  char at[4096];
  size_t n, size;
} text;

static int64_t take(const pintle_reader *r, void *buf, size_t n) {
  text *t = r->ctx;
  size_t left = t->size - t->n;
  if (n > left) n = left;
  if (n > 7) n = 7; /* short counts are normal */
  memcpy(buf, t->at + t->n, n);
  t->n += n;
  return (int64_t)n;
}

static int64_t give(const pintle_writer *w, const void *data, size_t n) {
  text *t = w->ctx;
  if (n > 5) n = 5;
  if (t->n + n >= sizeof t->at) return PINTLE_FAILED;
  memcpy(t->at + t->n, data, n);
  t->at[t->n += n] = 0;
  return (int64_t)n;
}

static pintle_status put(const pintle_stores *s, pintle_call *call, const char *location, const char *key, const char *z, int64_t size) {
  text t = {.size = strlen(z)};
  memcpy(t.at, z, t.size);
  const pintle_reader r = {.struct_size = sizeof r, .size = size == -2 ? (int64_t)t.size : size, .ctx = &t, .read = take};
  return s->put(call, location, key, &r);
}

static pintle_status get(const pintle_stores *s, pintle_call *call, const char *location, const char *key, int64_t from, int64_t size, text *t) {
  *t = (text){.n = 0};
  const pintle_writer w = {.struct_size = sizeof w, .size = size, .ctx = t, .write = give};
  return s->get(call, location, key, from, &w);
}

typedef struct names {
  char all[4096];
  size_t n;
  int64_t bytes;
} names;
static pintle_status each(void *ctx, const pintle_entry *e) {
  names *l = ctx;
  l->bytes += e->size;
  int n = snprintf(l->all + l->n, sizeof l->all - l->n, "%s%s", l->n ? "," : "", e->key);
  if (n < 0 || (size_t)n >= sizeof l->all - l->n) return PINTLE_FAILED;
  l->n += (size_t)n;
  return PINTLE_OK;
}

static pintle_status tell(pintle_call *call, pintle_doc *item, const char *what, const char *value) {
  char pointer[200];
  (void)call;
  snprintf(pointer, sizeof pointer, PREFIX "%s", what);
  return pintle_set_str(item, pointer, value);
}

static pintle_status backup(const pintle_stores *s, pintle_call *call, const char *location, pintle_doc *item, const char *name) {
  char key[300], value[300];
  text t;
  names l = {.n = 0};
  snprintf(key, sizeof key, "items/%s", name);
  snprintf(value, sizeof value, "this is kept of %s", name);
  pintle_status st = put(s, call, location, key, value, -2);
  if (st == PINTLE_OK) st = get(s, call, location, key, 0, PINTLE_NONE, &t);
  if (st == PINTLE_OK) st = tell(call, item, "whole", t.at);
  if (st == PINTLE_OK) st = get(s, call, location, key, 5, 7, &t);
  if (st == PINTLE_OK) st = tell(call, item, "part", t.at);
  snprintf(key, sizeof key, "gone/%s/x", name);
  if (st == PINTLE_OK) st = put(s, call, location, key, "", PINTLE_NONE);
  if (st == PINTLE_OK) st = s->remove(call, location, key);
  if (st == PINTLE_OK) st = s->remove(call, location, key); /* gone already */
  snprintf(key, sizeof key, "items/%s", name);
  if (st == PINTLE_OK) st = s->list(call, location, key, each, &l);
  if (st == PINTLE_OK) snprintf(value, sizeof value, "%.200s %lld", l.all, (long long)l.bytes);
  if (st == PINTLE_OK) st = tell(call, item, "listed", value);
  if (st == PINTLE_OK && get(s, call, location, "items/nobody", 0, PINTLE_NONE, &t) != PINTLE_NOT_FOUND) st = PINTLE_FAILED;
  if (st == PINTLE_OK && put(s, call, location, "../escape", "x", -2) != PINTLE_INVALID) st = PINTLE_FAILED;
  if (st == PINTLE_OK && put(s, call, location, "/root", "x", -2) != PINTLE_INVALID) st = PINTLE_FAILED;
  if (st == PINTLE_OK && put(s, call, location, "short", "x", 2) == PINTLE_OK) st = PINTLE_FAILED;
  return st;
}

static pintle_status run_execute(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *r) {
  const pintle_stores *s = call->host->extension(call->host, PINTLE_EXT_STORE);
  const char *location = pintle_str_or(call->host->config(call), "/location", ""), *name = pintle_str_or(item, "/metadata/name", "");
  pintle_str kind;
  (void)self;
  if (!s) return pintle_fail(call, PINTLE_UNSUPPORTED, "no " PINTLE_EXT_STORE " here");
  if (call->host->property(call, "run.kind", &kind) != PINTLE_OK) return PINTLE_FAILED;
  if (strcmp(kind.ptr, "Restore") == 0) {
    text t;
    char key[300];
    snprintf(key, sizeof key, "items/%s", name);
    pintle_status st = get(s, call, location, key, 0, PINTLE_NONE, &t);
    return st == PINTLE_OK ? tell(call, item, "kept", t.at) : st;
  }
  if (in->flags & PINTLE_DRY_RUN) {
    if (put(s, call, location, "dry", "x", -2) != PINTLE_DENIED || s->remove(call, location, "dry") != PINTLE_DENIED) return PINTLE_FAILED;
    return tell(call, item, "dry", "denied");
  }
  if (strcmp(name, "later") == 0) r->api->operation(r, "put-later");
  return backup(s, call, location, item, name);
}

static pintle_status run_operation(void *self, pintle_call *call, const char *id, const pintle_doc *run, pintle_result *r) {
  const pintle_stores *s = call->host->extension(call->host, PINTLE_EXT_STORE);
  (void)self, (void)run, (void)r;
  if (!s) return pintle_fail(call, PINTLE_UNSUPPORTED, "no " PINTLE_EXT_STORE " here");
  return put(s, call, pintle_str_or(call->host->config(call), "/location", ""), "later", id, -2);
}

static const pintle_option location = {
    .struct_size = sizeof location, .type = PINTLE_OPT_STRING, .name = "location", .fallback = "", .help = "A BackupStorageLocation"};
static const pintle_option *const options[] = {&location, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .flags = PINTLE_OBEYS_DRY_RUN,
                                     .name = "tests.pintle.io/stores",
                                     .summary = "A fixture: stores",
                                     .options = options};
static const pintle_backup_item_action backup_table = {
    .struct_size = sizeof backup_table, .action = &action, .execute = run_execute, .run_operation = run_operation};
static const pintle_restore_item_action restore_table = {.struct_size = sizeof restore_table, .action = &action, .execute = run_execute};
static const pintle_backup_item_action *const backup_list[] = {&backup_table, NULL};
static const pintle_restore_item_action *const restore_list[] = {&restore_table, NULL};
static const char *const extensions[] = {PINTLE_EXT_STORE, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD,
                                    .name = "run_stores",
                                    .version = "1.0",
                                    .backup_item_actions = backup_list,
                                    .restore_item_actions = restore_list,
                                    .extensions = extensions};
