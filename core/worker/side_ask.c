/* side_ask.c -- a question to the supervisor in the middle of a call.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call.h"
#include "worker/side.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

enum { LOOK_UP = 50 }; /* ms: how often it is asked whether the call should stop */

/* The message at hand lies in s->in or s->joined: what comes from now on goes elsewhere. */
static bool hold(side *s) {
  buf rest = {0};
  if (s->held) return true;
  buf_add(&rest, s->in.data + s->in_used, s->in.len - s->in_used);
  if (rest.failed) return false;
  s->held_in = s->in, s->in = rest, s->in_used = 0;
  if (s->delivered) s->held_joined = s->joined, s->joined = (buf){0};
  s->delivered = false;
  return s->held = true;
}

/* Items, a quarantine, the end: for side_receive, in their order. */
static bool keep(side *s, enum wire_type type, str body) {
  side_message *m = malloc(sizeof *m + body.len);
  if (!m) return false;
  *m = (side_message){.type = type, .len = body.len};
  if (body.len) memcpy(m->data, body.ptr, body.len);
  if (s->last_kept) s->last_kept->next = m;
  else s->kept = m;
  s->last_kept = m;
  return true;
}

static pintle_status lost(side *s, error *e) {
  s->lost = true;
  return error_set(e, PINTLE_FAILED, "the supervisor is gone");
}

static pintle_status take_reply(wire_reader *r, buf *answer, error *e) {
  error said = {0};
  wire_get_error(r, &said);
  if (r->overrun) return error_set(e, PINTLE_FAILED, "the supervisor's answer cannot be read");
  if (said.status != PINTLE_OK) return *e = said, said.status;
  buf_add(answer, r->at, (size_t)(r->end - r->at));
  return PINTLE_OK;
}

/* One message; true: it was the answer, or nothing comes any more. */
static bool take(side *s, enum wire_type type, str body, buf *answer, pintle_status *st, error *e) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  bool answered = false;
  if (type != WIRE_REPLY) {
    if ((answered = !keep(s, type, body))) *st = lost(s, e);
  } else if ((answered = wire_get_u64(&r) == s->asked)) *st = take_reply(&r, answer, e); /* else to a call that did not wait */
  buf_clear(&s->joined);
  return answered;
}

static pintle_status wait_for(side *s, pintle_call *call, buf *answer, error *e) {
  for (;;) {
    enum wire_type type;
    str body;
    pintle_status st = wire_next(buf_str(&s->in), &s->in_used, &s->in_seq, &s->joined, &type, &body);
    if (st == PINTLE_OK) {
      if (take(s, type, body, answer, &st, e)) return st;
      continue;
    }
    if (st != PINTLE_NOT_FOUND) return lost(s, e);
    struct pollfd f = {s->sock, POLLIN, 0};
    int n = poll(&f, 1, LOOK_UP);
    if (n < 0 && errno != EINTR) return lost(s, e);
    if (n > 0 && !side_read(s)) return lost(s, e);
    if (n > 0) continue;
    st = host_call_interrupted(call);
    if (st != PINTLE_OK)
      return error_set(e, st, "%s before the answer came", st == PINTLE_CANCELLED ? "the run was cancelled" : "the deadline passed");
  }
}

pintle_status side_ask(side *s, pintle_call *call, uint32_t entry, str question, buf *answer, error *e) {
  bool nobody = false;
  if (!atomic_compare_exchange_strong(&s->asking, &nobody, true))
    return error_set(e, PINTLE_INVALID, "two threads asked the host at the same time in one call");
  pintle_status st = hold(s) ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK) {
    buf_clear(&s->body);
    wire_u64(&s->body, ++s->asked);
    wire_u32(&s->body, entry);
    buf_adds(&s->body, question);
    st = s->lost || !side_send(s, WIRE_ASK) ? lost(s, e) : wait_for(s, call, answer, e);
  }
  atomic_store(&s->asking, false);
  return st;
}
