/* answer.c -- questions of workers, answered in between.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "worker/pool.h"

#define UNREAD ((size_t)64 << 20) /* of a worker that asks on and on without reading the answers */

static pintle_status answer_to(worker_pool *p, uint32_t entry, const ask_question *q, buf *answer, error *e) {
  if (!p->o.ask) return error_set(e, PINTLE_UNSUPPORTED, "nobody answers here");
  pintle_status st = p->o.ask(p->o.ctx, entry, q, answer, e);
  return st == PINTLE_OK && answer->failed ? error_nomem(e) : st;
}

pintle_status pool_answer(worker_pool *p, uint32_t entry, str question, buf *answer, error *e) {
  wire_reader r = {question.ptr, question.ptr + question.len, false};
  ask_question q;
  arena a = {0};
  pintle_status st = ask_get(&r, &a, &q);
  st = st == PINTLE_OK ? answer_to(p, entry, &q, answer, e) : error_set(e, st, "no such question can be");
  arena_free(&a);
  return st;
}

static void reply(worker_pool *p, pool_proc *w, uint64_t number, uint32_t entry, const ask_question *q) {
  buf answer = {0}, body = {0};
  error e = {0};
  e.status = answer_to(p, entry, q, &answer, &e);
  wire_u64(&body, number);
  wire_error(&body, &e);
  if (e.status == PINTLE_OK) buf_adds(&body, buf_str(&answer));
  if (body.failed) pool_kill(w, "no memory for its answer");
  else pool_send(p, w, WIRE_REPLY, buf_str(&body));
  buf_free(&answer);
  buf_free(&body);
}

bool pool_asked(worker_pool *p, pool_proc *w, wire_reader *r) {
  uint64_t number = wire_get_u64(r);
  uint32_t entry = wire_get_u32(r);
  ask_question q;
  arena a = {0};
  bool sound = ask_get(r, &a, &q) == PINTLE_OK && entry < p->o.plan->n && w->state != POOL_FINISHED && w->out.len - w->out_at <= UNREAD;
  if (sound && !w->gone) reply(p, w, number, entry, &q); /* gone: it died while it waited */
  arena_free(&a);
  return sound;
}
