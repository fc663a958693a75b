/* stores.c -- pintle.store/1 in memory: as long as the host, by action, location and key.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

enum { MAX_KEY = 900 };

static fake_call *of(pintle_call *c) { return (fake_call *)(void *)c; }
static const char *action_of(const fake_call *c) { return c->instance ? c->instance->tables->action.name : ""; }

void fake_stores_free(pintle_test_host *h) {
  for (fake_stored *o = h->stored, *next; o; o = next) next = o->next, free(o->location), free(o->key), buf_free(&o->data), free(o);
  h->stored = NULL;
}

static bool is(const fake_stored *o, const fake_call *c, const char *location) {
  return strcmp(o->action, action_of(c)) == 0 && strcmp(o->location, location) == 0;
}

/* Where the key is, or belongs: they are sorted. */
static fake_stored **find(fake_call *c, const char *location, const char *key) {
  fake_stored **at = &c->host->stored;
  while (*at && !(is(*at, c, location) && strcmp((*at)->key, key) >= 0)) at = &(*at)->next;
  return at;
}

static bool found(const fake_stored *o, const fake_call *c, const char *location, const char *key) {
  return o && is(o, c, location) && strcmp(o->key, key) == 0;
}

static pintle_status check(fake_call *c, const char *key, bool prefix) {
  size_t n = key ? strlen(key) : 0;
  pintle_status st = fake_interrupted(c);
  if (st != PINTLE_OK) return st;
  if ((n == 0 && !prefix) || n > MAX_KEY) return fake_error(c, PINTLE_INVALID, "a key has 1 to %d bytes", MAX_KEY);
  if (key && (*key == '/' || strstr(key, "//") || strncmp(key, "../", 3) == 0 || strstr(key, "/../") || strcmp(key, "..") == 0))
    return fake_error(c, PINTLE_INVALID, "the key \"%s\" could leave its place", key);
  return PINTLE_OK;
}

static pintle_status read_all(fake_call *c, const pintle_reader *given, buf *to) {
  FAKE_COPY(pintle_reader, reader, given);
  size_t most = c->host->world.chunk;
  char block[4096];
  for (;;) {
    int64_t n = reader.read(given, block, most && most < sizeof block ? most : sizeof block);
    if (n < 0) return n < PINTLE_EXISTS ? PINTLE_FAILED : (pintle_status)n;
    if (n == 0) break;
    if (n > (int64_t)sizeof block) return PINTLE_FAILED;
    buf_add(to, block, (size_t)n);
    if (to->failed) return PINTLE_NOMEM;
  }
  if (reader.size >= 0 && (size_t)reader.size != to->len) return fake_error(c, PINTLE_INVALID, "the reader does not hold to its size");
  return PINTLE_OK;
}

static fake_stored *insert(fake_call *c, const char *location, const char *key) {
  fake_stored **at = find(c, location, key), *o = *at;
  if (found(o, c, location, key)) return o;
  o = calloc(1, sizeof *o);
  if (!o) return NULL;
  o->action = action_of(c), o->location = strdup(location), o->key = strdup(key);
  if (!o->location || !o->key) return free(o->location), free(o->key), free(o), NULL;
  o->next = *at;
  return *at = o;
}

static pintle_status put(pintle_call *call, const char *location, const char *key, const pintle_reader *reader) {
  fake_call *c = of(call);
  buf data = {0};
  pintle_status st = check(c, key, false);
  if (st == PINTLE_OK && c->dry_run) st = fake_error(c, PINTLE_DENIED, "a dry run stores nothing");
  if (st == PINTLE_OK) st = read_all(c, reader, &data);
  fake_stored *o = st == PINTLE_OK ? insert(c, location, key) : NULL;
  if (!o) return buf_free(&data), st == PINTLE_OK ? PINTLE_NOMEM : st;
  buf_free(&o->data);
  o->data = data, o->modified = c->host->now;
  return PINTLE_OK;
}

static pintle_status get(pintle_call *call, const char *location, const char *key, int64_t offset, const pintle_writer *given) {
  fake_call *c = of(call);
  pintle_status st = check(c, key, false);
  if (st != PINTLE_OK) return st;
  const fake_stored *o = *find(c, location, key);
  if (!found(o, c, location, key)) return fake_error(c, PINTLE_NOT_FOUND, "there is no %s", key);
  FAKE_COPY(pintle_writer, writer, given);
  size_t at = offset < 0 ? 0 : (size_t)offset, end = o->data.len, most = c->host->world.chunk;
  if (at < end && writer.size >= 0 && (size_t)writer.size < end - at) end = at + (size_t)writer.size;
  while (at < end) {
    int64_t n = writer.write(given, o->data.data + at, most && most < end - at ? most : end - at);
    if (n <= 0) return n == 0 || n < PINTLE_EXISTS ? PINTLE_FAILED : (pintle_status)n;
    at += (size_t)n;
  }
  return PINTLE_OK;
}

/* each() may remove what it is given. */
static pintle_status list(pintle_call *call, const char *location, const char *prefix, pintle_status (*each)(void *, const pintle_entry *),
                          void *ctx) {
  fake_call *c = of(call);
  pintle_status st = check(c, prefix, true);
  const char *start = prefix ? prefix : "";
  fake_stored *next;
  for (fake_stored *o = *find(c, location, start); o && st == PINTLE_OK; o = next) {
    next = o->next;
    if (!is(o, c, location) || strncmp(o->key, start, strlen(start)) != 0) continue;
    const pintle_entry e = {.struct_size = sizeof e, .size = (int64_t)o->data.len, .modified = o->modified, .key = o->key, .etag = ""};
    st = each(ctx, &e);
  }
  return st;
}

static pintle_status drop(pintle_call *call, const char *location, const char *key) {
  fake_call *c = of(call);
  pintle_status st = check(c, key, false);
  if (st == PINTLE_OK && c->dry_run) st = fake_error(c, PINTLE_DENIED, "a dry run removes nothing");
  fake_stored **at = find(c, location, key), *o = *at;
  if (st != PINTLE_OK || !found(o, c, location, key)) return st;
  *at = o->next;
  free(o->location), free(o->key), buf_free(&o->data), free(o);
  return PINTLE_OK;
}

const pintle_stores *fake_stores_table(void) {
  static const FAKE_PADDED(pintle_stores)
      table = {{.struct_size = sizeof(pintle_stores), .put = put, .get = get, .list = list, .remove = drop}, {0}};
  return &table.v;
}
