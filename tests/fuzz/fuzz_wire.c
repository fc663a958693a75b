/* fuzz_wire.c -- what a worker sends, however damaged, is read or refused.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "worker/message.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void outcome(str body, kube_types *types) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  arena a = {0};
  uint64_t ticket;
  chain_outcome o;
  if (message_get_outcome(&r, &a, types, 3, &ticket, &o) == PINTLE_OK) {
    buf again = {0};
    if (o.next > 3 || o.what < CHAIN_DONE || o.what > CHAIN_FAIL_RUN || !o.ns.ptr || !o.name.ptr) abort();
    if (o.operation && (o.op_entry >= 3 || o.n_operations == 0)) abort();
    message_put_outcome(&again, ticket, &o); /* it holds together: it can be sent again */
    if (again.failed) abort();
    buf_free(&again);
  }
  arena_free(&a);
}

static void question(str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  arena a = {0};
  ask_question q;
  if (ask_get(&r, &a, &q) == PINTLE_OK) {
    buf again = {0};
    if (q.what == 0 || q.what >= ASK_WHATS || q.scope > 1 || strlen(q.key) > ASK_KEY || q.value.len > ASK_VALUE) abort();
    ask_put(&again, &q); /* one question has one form */
    if (again.failed || !str_eq(buf_str(&again), body)) abort();
    buf_free(&again);
  }
  arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  kube_types *types = NULL;
  buf joined = {0};
  uint64_t sequence = 0;
  size_t used = 0;
  enum wire_type type;
  str in = {(const char *)data, size}, body;
  if (kube_types_new(&types) != PINTLE_OK) return 0;
  outcome(in, types);
  question(in);
  while (wire_next(in, &used, &sequence, &joined, &type, &body) == PINTLE_OK) {
    if (used > size || type == 0 || type >= WIRE_TYPES) abort();
    if (body.len > WIRE_MAX_BODY) abort();
    outcome(body, types);
    question(body);
    buf_clear(&joined);
  }
  buf_free(&joined);
  kube_types_free(types);
  return 0;
}
