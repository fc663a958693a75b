/* reply.c -- messages read and answered.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/inside.h"
#include "velero/clean.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- reading without copies */
static bool varint(str *m, uint64_t *v) {
  *v = 0;
  for (unsigned shift = 0; shift < 64 && m->len; shift += 7) {
    unsigned char byte = (unsigned char)*m->ptr++;
    m->len--;
    *v |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

static bool pass(str *m, uint64_t n) {
  if (n > m->len) return false;
  m->ptr += n, m->len -= (size_t)n;
  return true;
}

bool dropin_fields(str m, str field[DROPIN_FIELDS]) {
  uint64_t tag, n;
  for (size_t i = 0; i < DROPIN_FIELDS; i++) field[i] = (str){NULL, 0};
  while (m.len) {
    if (!varint(&m, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3) return false;
    switch (tag & 7) {
    case 0:
      if (!varint(&m, &n)) return false;
      break;
    case 1:
      if (!pass(&m, 8)) return false;
      break;
    case 2:
      if (!varint(&m, &n) || n > m.len) return false;
      if (tag >> 3 < DROPIN_FIELDS) field[tag >> 3] = (str){m.ptr, (size_t)n};
      pass(&m, n);
      break;
    case 5:
      if (!pass(&m, 4)) return false;
      break;
    default: return false;
    }
  }
  return true;
}

const char *dropin_text(dropin_call *c, int number) {
  str s = c->field[number];
  const char *z = s.ptr ? arena_copy(&c->memory, s) : NULL;
  c->bad |= s.ptr && memchr(s.ptr, 0, s.len); /* a plugin would read another name than Velero wrote */
  return z ? z : "";
}

bool dropin_refuse_bad(dropin_call *c) {
  if (c->bad) dropin_refuse(c, GRPC_INVALID_ARGUMENT, "a text of the request holds NUL");
  return c->bad;
}

/* ---- answering */
void dropin_reply(dropin_call *c, void *message) {
  ProtobufCMessage *m = message;
  buf b = {0};
  bool clean = velero_clean(m, &c->memory);
  size_t n = protobuf_c_message_get_packed_size(m);
  if (!clean || !buf_reserve(&b, GRPC_PREFIX + n)) {
    buf_free(&b);
    dropin_refuse(c, GRPC_RESOURCE_EXHAUSTED, "out of memory");
    return;
  }
  memset(b.data, 0, GRPC_PREFIX);
  b.len = GRPC_PREFIX + protobuf_c_message_pack(m, (uint8_t *)b.data + GRPC_PREFIX);
  if (n > GRPC_MAX_MESSAGE) {
    buf_free(&b);
    dropin_refuse(c, GRPC_RESOURCE_EXHAUSTED, "the answer is longer than 64 MiB");
    return;
  }
  dropin_team_ending(&c->job);
  velero_call_answer(c->call, &b);
}

void dropin_reply_empty(dropin_call *c) {
  buf b = {0};
  buf_add(&b, "\0\0\0\0", GRPC_PREFIX);
  dropin_team_ending(&c->job);
  velero_call_answer(c->call, &b);
}

void dropin_refuse(dropin_call *c, uint32_t code, const char *message) {
  const velero_status s = {.code = code, .message = message};
  velero_call_end(c->call, &s);
}

/* Whose call it was, where the error does not begin with that. */
static void whose(const dropin_call *c, const error *e, char *to, size_t size) {
  to[0] = 0;
  if (!c->offer || str_starts(str_of(e->message), "action ")) return;
  if (c->offer->plugin) snprintf(to, size, "action %.300s of plugin %.200s: ", c->offer->name, c->offer->plugin->name);
  else snprintf(to, size, "action %.300s: ", c->offer->name);
}

/* Everything that a plugin may say is UNKNOWN, as from a Go plugin. */
static void fail(dropin_call *c, const error *e, const char *file, const char *function, uint32_t line) {
  char who[600], text[sizeof who + sizeof e->message + sizeof e->place + sizeof e->hint + 16];
  whose(c, e, who, sizeof who);
  snprintf(text, sizeof text, "%s%s%s%s%s%s%s", who, e->message, e->place[0] ? " (at " : "", e->place, e->place[0] ? ")" : "",
           e->hint[0] ? "; " : "", e->hint);
  const velero_status s = {.code = GRPC_UNKNOWN, .message = text, .file = file, .function = function, .line = line};
  velero_call_end(c->call, &s);
}

void dropin_fail(dropin_call *c, const dropin_answer *a) { fail(c, &a->error, a->file, a->function, a->line); }
void dropin_fail_with(dropin_call *c, const error *e) { fail(c, e, c->offer && c->offer->plugin ? c->offer->plugin->file : NULL, NULL, 0); }

static bool cancelled(void *ctx) { return velero_call_cancelled(ctx); }
static int cancel_fd(void *ctx) { return velero_call_cancel_fd(ctx); }

void dropin_caller_of(dropin_call *c, dropin_caller *to) {
  *to = (dropin_caller){c->call, cancelled, cancel_fd, velero_call_deadline(c->call)};
}

void dropin_call_free(dropin_call *c) {
  arena_free(&c->memory);
  free(c);
}
