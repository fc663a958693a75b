/* ask_state.c -- pintle.state/1-draft, as a plugin sees it.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"
#include "host/text.h"
#include "worker/ask.h"

static pintle_status take(int32_t scope, const char *key, ask_question *q, error *e) {
  const char *fault = host_fault(key, ASK_KEY, 0);
  if (fault) return error_set(e, PINTLE_INVALID, "the key %s", fault);
  if (scope != PINTLE_STATE_RUN && scope != PINTLE_STATE_BACKUP) return error_set(e, PINTLE_INVALID, "there is no scope %d", (int)scope);
  q->scope = (uint32_t)scope;
  q->key = key;
  return PINTLE_OK;
}

static pintle_status get(pintle_call *call, int32_t scope, const char *key, pintle_str *out) {
  CLEANUP(buf_free) buf answer = {0};
  ask_question q = {.what = ASK_STATE_GET};
  error e = {0};
  pintle_status st = take(scope, key, &q, &e);
  if (st == PINTLE_OK) st = ask_host(call, &q, &answer, &e);
  if (st != PINTLE_OK) return host_call_fail(call, &e);
  wire_reader r = {answer.data, answer.data + answer.len, false};
  str value = wire_get_str(&r);
  char *copy = call->host->alloc(call, value.len + 1);
  if (!copy) return error_nomem(&e), host_call_fail(call, &e);
  if (value.len) memcpy(copy, value.ptr, value.len);
  if (out) *out = (str){copy, value.len};
  return PINTLE_OK;
}

static pintle_status set(pintle_call *call, uint32_t what, int32_t scope, const char *key, const char *value, size_t len) {
  CLEANUP(buf_free) buf answer = {0};
  ask_question q = {.what = what};
  error e = {0};
  pintle_status st = take(scope, key, &q, &e);
  if (st == PINTLE_OK && !host_given(value, len, ASK_VALUE, &q.value))
    st = error_set(&e, PINTLE_INVALID, "a value has at most %d bytes", ASK_VALUE);
  if (st == PINTLE_OK) st = ask_host(call, &q, &answer, &e);
  return st == PINTLE_OK ? st : host_call_fail(call, &e);
}

static pintle_status put(pintle_call *call, int32_t scope, const char *key, const char *value, size_t len) {
  return set(call, ASK_STATE_PUT, scope, key, value, len);
}

static pintle_status put_if_absent(pintle_call *call, int32_t scope, const char *key, const char *value, size_t len) {
  return set(call, ASK_STATE_ADD, scope, key, value, len);
}

static const HOST_PADDED(pintle_state) table = {
    .v = {.struct_size = sizeof(pintle_state), .get = get, .put = put, .put_if_absent = put_if_absent}};
const pintle_state *const ask_state = &table.v;
