/* single_take.c -- frames of a worker for single calls: every field is checked.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_inside.h"
#include <errno.h>
#include <unistd.h>

/* ---- bytes and entries that come */
static void grant(worker_single *s, single_call *c) {
  buf body = {0};
  if (c->owed < SINGLE_WINDOW / 4) return;
  wire_u64(&body, c->args.number);
  wire_u64(&body, c->owed);
  c->credit += (int64_t)c->owed;
  c->owed = 0;
  if (body.failed) s->out.failed = true;
  else single_queue(s, WIRE_CREDIT, buf_str(&body));
  buf_free(&body);
}

/* What our side said no to: the plugin's next write or entry gets it. */
static void refuse(worker_single *s, single_call *c, pintle_status why) {
  buf body = {0};
  c->refused = why < PINTLE_OK && why >= PINTLE_EXISTS ? why : PINTLE_FAILED;
  wire_u64(&body, c->args.number);
  wire_u32(&body, (uint32_t)c->refused);
  if (body.failed) s->out.failed = true;
  else single_queue(s, WIRE_END, buf_str(&body));
  buf_free(&body);
}

/* Bytes are charged against what was granted: a worker cannot fill our memory. */
static bool charge(single_call *c, size_t n) {
  if (c->credit < 0 || (uint64_t)c->credit < n) return false;
  c->credit -= (int64_t)n;
  return true;
}

static bool take_data(worker_single *s, single_call *c, wire_reader *r) {
  const char *at = r->at;
  size_t left = (size_t)(r->end - at);
  if (!c->to || !charge(c, left) || (c->args.size >= 0 && c->given + left > (uint64_t)c->args.size)) return false;
  c->given += left;
  c->owed += left;
  while (left && c->refused == PINTLE_OK) {
    int64_t n = c->to->write(c->to, at, left);
    if (n <= 0 || (uint64_t)n > left) refuse(s, c, n < 0 && n >= PINTLE_EXISTS ? (pintle_status)n : PINTLE_FAILED);
    else at += n, left -= (size_t)n;
  }
  c->seen_at = clock_monotonic();
  grant(s, c);
  return true;
}

static bool take_entries(worker_single *s, single_call *c, wire_reader *r) {
  size_t n = (size_t)(r->end - r->at);
  if (!c->result || !(c->flags & SINGLE_LISTS) || !charge(c, n)) return false;
  c->owed += n;
  while (r->at < r->end) {
    HOST_PADDED(pintle_entry) e = {0};
    if (single_get_entry(r, &c->memory, &e.v) != PINTLE_OK) return false;
    pintle_status st = c->refused == PINTLE_OK ? c->result->api->entry(c->result, &e.v) : PINTLE_OK;
    if (st != PINTLE_OK) refuse(s, c, st);
  }
  c->seen_at = clock_monotonic();
  grant(s, c);
  return true;
}

static bool take_credit(single_call *c, wire_reader *r) {
  uint64_t n = wire_get_u64(r);
  if (!c->body || r->overrun || n > SINGLE_WINDOW || c->credit + (int64_t)n > SINGLE_WINDOW) return false;
  c->credit += (int64_t)n;
  return true;
}

/* ---- ends */
static bool take_answer(single_call *c, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  if (single_get_answer(&r, &c->memory, &c->answer) != PINTLE_OK || c->answer.number != c->args.number) return false;
  if (c->answer.has_text && !(c->flags & SINGLE_TEXT)) return false;
  if (c->answer.patch.len && !(c->flags & SINGLE_EDITS)) return false;
  if (c->answer.has_state && (!(c->flags & SINGLE_STATE) || !c->result)) return false;
  if (c->answer.has_state) { /* with zeros behind, as a table of the ABI has (R2) */
    HOST_PADDED(pintle_progress) p = {.v = c->answer.state};
    c->result->api->progress(c->result, &p.v);
  }
  buf_adds(&c->text, c->answer.text);
  buf_adds(&c->patch, c->answer.patch);
  c->answer.text = buf_str(&c->text);
  c->answer.patch = buf_str(&c->patch);
  return c->done = !c->text.failed && !c->patch.failed;
}

static bool take_ready(worker_single *s, single_call *c, wire_reader *r) {
  s->has = wire_get_u32(r);
  s->state = SINGLE_READY;
  c->done = true;
  return !r->overrun;
}

static bool take_broken(worker_single *s, wire_reader *r) {
  error e = {0};
  wire_get_u32(r);
  wire_get_error(r, &e);
  if (r->overrun) return false;
  if (e.status == PINTLE_OK) error_set(&e, PINTLE_FAILED, "it could not be set up");
  s->failure = e;
  s->state = SINGLE_FINISHED; /* it exits by itself */
  return true;
}

static bool take_finished(worker_single *s, wire_reader *r) {
  wire_get_error(r, &s->failure);
  s->state = SINGLE_FINISHED;
  return !r->overrun;
}

static bool take(worker_single *s, single_call *c, enum wire_type type, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  bool calling = s->state == SINGLE_READY && c->args.number && !c->done;
  arena_reset(&c->memory);
  if (type == WIRE_READY && s->state == SINGLE_STARTING) return take_ready(s, c, &r);
  if (type == WIRE_BROKEN && s->state == SINGLE_STARTING) return take_broken(s, &r);
  if (type == WIRE_FINISHED && s->state == SINGLE_FINISHING) return take_finished(s, &r);
  if (type == WIRE_ANSWER) return calling && take_answer(c, body);
  uint64_t number = wire_get_u64(&r);
  if (type == WIRE_TELL) return single_tell(&r, &c->memory, c->caller) == PINTLE_OK; /* late ones too: a thread's line */
  if (!calling || number != c->args.number) return false;
  if (type == WIRE_DATA) return take_data(s, c, &r);
  if (type == WIRE_ENTRIES) return take_entries(s, c, &r);
  return type == WIRE_CREDIT && take_credit(c, &r);
}

static bool take_all(worker_single *s, single_call *c) {
  for (;;) {
    enum wire_type type;
    str body;
    pintle_status st = wire_next(buf_str(&s->in), &s->in_used, &s->in_seq, &s->joined, &type, &body);
    if (st == PINTLE_NOT_FOUND) break;
    if (st != PINTLE_OK || !take(s, c, type, body)) return false;
    buf_clear(&s->joined);
  }
  memmove(s->in.data, s->in.data + s->in_used, s->in.len - s->in_used);
  s->in.len -= s->in_used;
  s->in_used = 0;
  return true;
}

bool single_read(worker_single *s, single_call *c) {
  bool more = true;
  for (int round = 0; more && round < 16; round++) { /* bounded: deadlines want to be looked at */
    if (!buf_reserve(&s->in, SINGLE_CHUNK + 4096)) return false;
    size_t room = s->in.cap - s->in.len - 1;
    ssize_t n = read(s->proc.sock, s->in.data + s->in.len, room);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) s->in.len += (size_t)n;
    if (n == 0 && !s->closed_at) s->closed_at = clock_monotonic();
    more = n > 0 && (size_t)n == room && !c->done;
    if (n > 0 && !take_all(s, c)) return false;
  }
  if (s->in.cap > (4u << 20) && s->in.len == 0) buf_free(&s->in); /* after a huge document */
  return true;
}
