/* state.c -- pintle.state/1-draft in memory: as long as the host, by action, scope and key.  SPDX-License-Identifier: Apache-2.0 */
#include "fake.h"
#include <stdlib.h>

enum { MAX_KEY = 253, MAX_VALUE = 64 << 10 };

static fake_call *of(pintle_call *c) { return (fake_call *)(void *)c; }

void fake_state_free(pintle_test_host *h) {
  for (fake_value *v = h->state, *next; v; v = next) next = v->next, free(v->key), free(v->data), free(v);
  h->state = NULL;
}

static fake_value *find(fake_call *c, int32_t scope, const char *key) {
  const char *action = c->instance ? c->instance->tables->action.name : "";
  for (fake_value *v = c->host->state; v; v = v->next)
    if (v->scope == scope && strcmp(v->action, action) == 0 && strcmp(v->key, key) == 0) return v;
  return NULL;
}

static pintle_status check(fake_call *c, int32_t scope, const char *key) {
  size_t n = key ? strlen(key) : 0;
  pintle_status st = fake_interrupted(c);
  if (st != PINTLE_OK) return st;
  if (n == 0 || n > MAX_KEY) return fake_error(c, PINTLE_INVALID, "a key has 1 to %d bytes", MAX_KEY);
  if (scope != PINTLE_STATE_RUN && scope != PINTLE_STATE_BACKUP) return fake_error(c, PINTLE_INVALID, "there is no scope %d", (int)scope);
  return PINTLE_OK;
}

static pintle_status get(pintle_call *call, int32_t scope, const char *key, pintle_str *out) {
  fake_call *c = of(call);
  pintle_status st = check(c, scope, key);
  const fake_value *v = st == PINTLE_OK ? find(c, scope, key) : NULL;
  if (st != PINTLE_OK) return st;
  if (!v) return fake_error(c, PINTLE_NOT_FOUND, "there is no such key");
  char *copy = fake_zalloc(c, v->len + 1);
  if (!copy) return PINTLE_NOMEM;
  if (v->len) memcpy(copy, v->data, v->len);
  *out = (pintle_str){copy, v->len};
  return PINTLE_OK;
}

static fake_value *add(fake_call *c, int32_t scope, const char *key) {
  fake_value *v = calloc(1, sizeof *v);
  if (v && !(v->key = strdup(key))) free(v), v = NULL;
  if (!v) return NULL;
  v->scope = scope;
  v->action = c->instance ? c->instance->tables->action.name : "";
  v->next = c->host->state;
  return c->host->state = v;
}

static pintle_status set(pintle_call *call, int32_t scope, const char *key, const char *value, size_t len, bool absent) {
  fake_call *c = of(call);
  pintle_status st = check(c, scope, key);
  int kind = c->instance ? c->instance->tables->kind : PINTLE_TEST_BACKUP;
  if (st != PINTLE_OK) return st;
  if (len == PINTLE_Z) len = value ? strlen(value) : 0;
  if (len > MAX_VALUE) return fake_error(c, PINTLE_INVALID, "a value has at most %d bytes", MAX_VALUE);
  if (scope == PINTLE_STATE_BACKUP && (kind == PINTLE_TEST_RESTORE || kind == PINTLE_TEST_DELETE))
    return fake_error(c, PINTLE_DENIED, "the state of a backup is written while it is made only");
  fake_value *v = find(c, scope, key);
  if (v && absent) return fake_error(c, PINTLE_EXISTS, "the key is there already");
  char *copy = malloc(len + 1);
  if (!copy || (!v && !(v = add(c, scope, key)))) return free(copy), PINTLE_NOMEM;
  if (len) memcpy(copy, value, len);
  free(v->data);
  v->data = copy, v->len = len;
  return PINTLE_OK;
}

static pintle_status put(pintle_call *call, int32_t scope, const char *key, const char *value, size_t len) {
  return set(call, scope, key, value, len, false);
}

static pintle_status put_if_absent(pintle_call *call, int32_t scope, const char *key, const char *value, size_t len) {
  return set(call, scope, key, value, len, true);
}

const pintle_state *fake_state_table(void) {
  static const FAKE_PADDED(pintle_state)
      table = {{.struct_size = sizeof(pintle_state), .get = get, .put = put, .put_if_absent = put_if_absent}, {0}};
  return &table.v;
}
