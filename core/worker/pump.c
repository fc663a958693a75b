/* pump.c -- bytes in and out of workers: frames, outcomes, log lines.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAID_MOST = 256 << 10 }; /* bytes of lines that are remembered */

void pool_push(pool_queue *q, pool_item *i) {
  i->next = NULL;
  if (q->last) q->last->next = i;
  else q->first = i;
  q->last = i;
}

pool_item *pool_pop(pool_queue *q) {
  pool_item *i = q->first;
  if (i && !(q->first = i->next)) q->last = NULL;
  return i;
}

void pool_log(worker_pool *p, int32_t level, const char *plugin, const char *format, ...) {
  char text[1024];
  va_list ap;
  if (!p->o.log) return;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  p->o.log(p->o.ctx, level, "pintle", plugin, str_of(text));
}

void pool_send(worker_pool *p, pool_proc *w, enum wire_type type, str body) {
  wire_frame(&w->out, type, body, &w->out_seq);
  pool_write(p, w);
}

void pool_write(worker_pool *p, pool_proc *w) {
  (void)p;
  while (w->out_at < w->out.len && !w->out.failed) {
    ssize_t n = write(w->sock, w->out.data + w->out_at, w->out.len - w->out_at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return; /* full: poll tells; broken: its pidfd tells */
    w->out_at += (size_t)n;
  }
  if (w->out.failed) pool_kill(w, "no memory for its input");
  buf_clear(&w->out);
  w->out_at = 0;
}

void pool_outcome(worker_pool *p, pool_item *item, const chain_outcome *o, bool died, const char *trace) {
  worker_outcome out = {o, died, trace};
  p->pending--;
  for (size_t i = 0; i < o->n_times; i++) pool_time(p, &o->times[i]);
  p->o.outcome(p->o.ctx, item->ticket, &out);
  free(item);
}

/* Outcomes come in the order of the items; anything else is no outcome of ours. */
static bool take_outcome(worker_pool *p, pool_proc *w, wire_reader *r) {
  uint64_t ticket;
  chain_outcome o;
  arena_reset(&p->scratch);
  if (message_get_outcome(r, &p->scratch, p->o.types, p->o.plan->n, &ticket, &o) != PINTLE_OK) return false;
  if (!w->with.first || w->with.first->ticket != ticket) return false;
  pool_item *item = pool_pop(&w->with);
  if (item->ends_frame) w->frames--;
  w->seen_at = clock_monotonic();
  p->fruitless = 0;
  pool_outcome(p, item, &o, false, "");
  pool_recycle(p, w);
  return true;
}

static bool take_broken(worker_pool *p, pool_proc *w, wire_reader *r) {
  error e = {0};
  uint32_t entry = wire_get_u32(r);
  wire_get_error(r, &e);
  if (r->overrun || entry > p->o.plan->n || w->state != POOL_STARTING) return false;
  if (entry) chain_plan_place(&p->o.plan->entries[entry - 1], &e);
  if (p->failure.status == PINTLE_OK) p->failure = e;
  w->state = POOL_FINISHED; /* it exits by itself */
  return true;
}

static bool take(worker_pool *p, pool_proc *w, enum wire_type type, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  error e = {0};
  switch (type) {
  case WIRE_READY:
    if (w->state != POOL_STARTING) return false;
    pool_read_logs(p, w, false); /* what it printed before this */
    if (!p->opened && chain_plan_selectors(p->o.plan, wire_get_str(&r), &e) != PINTLE_OK) return p->failure = e, false;
    w->state = POOL_READY;
    return true;
  case WIRE_BROKEN: return take_broken(p, w, &r);
  case WIRE_OUTCOME: return take_outcome(p, w, &r);
  case WIRE_ASK: return pool_asked(p, w, &r);
  case WIRE_FINISHED:
    if (w->state != POOL_FINISHING || pool_count(p, wire_get_str(&r), &e) != PINTLE_OK) return false;
    wire_get_error(&r, &e);
    if (e.status != PINTLE_OK && w->outgrown) pool_log(p, PINTLE_LOG_ERROR, "", "%s", e.message);
    else if (e.status != PINTLE_OK && p->failure.status == PINTLE_OK) p->failure = e;
    w->state = POOL_FINISHED;
    return !r.overrun;
  default: return false;
  }
}

bool pool_read(worker_pool *p, pool_proc *w) {
  bool more = true;
  while (more) {
    if (!buf_reserve(&w->in, 256 << 10)) return false;
    size_t room = w->in.cap - w->in.len - 1;
    ssize_t n = read(w->sock, w->in.data + w->in.len, room);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) w->in.len += (size_t)n;
    more = n > 0 && (size_t)n == room;
    for (;;) {
      enum wire_type type;
      str body;
      pintle_status st = wire_next(buf_str(&w->in), &w->in_used, &w->in_seq, &w->joined, &type, &body);
      if (st == PINTLE_NOT_FOUND) break;
      if (st != PINTLE_OK || !take(p, w, type, body)) return false;
      buf_clear(&w->joined);
    }
    memmove(w->in.data, w->in.data + w->in_used, w->in.len - w->in_used);
    w->in.len -= w->in_used;
    w->in_used = 0;
  }
  if (w->in.cap > (4u << 20) && w->in.len == 0) buf_free(&w->in); /* after a huge item */
  return true;
}

typedef struct log_pipe {
  worker_pool *pool;
  const pool_proc *proc;
  int which;
} log_pipe;

/* Every worker loads the same plugins with the same configuration: what one of them said meanwhile, the others need not say again. */
static bool said_at_start(worker_pool *p, str line) {
  CLEANUP(buf_free) buf whole = {0};
  buf_addc(&whole, '\n');
  buf_adds(&whole, line);
  buf_addc(&whole, '\n');
  if (!p->said.len) buf_addc(&p->said, '\n');
  if (whole.failed || p->said.failed || p->said.len > SAID_MOST) return false;
  if (memmem(p->said.data, p->said.len, whole.data, whole.len)) return true;
  buf_add(&p->said, whole.data + 1, whole.len - 1);
  return false;
}

static void log_line(void *ctx, str line) {
  const log_pipe *l = ctx;
  worker_pool *p = l->pool;
  if (l->proc->state == POOL_STARTING && said_at_start(p, line)) return;
  const page *page = l->proc->page;
  int32_t level = proc_line_level(&line);
  uint32_t depth = atomic_load(&page->depth), entry = atomic_load(depth ? &page->stack[0].entry : &page->last.entry);
  if (p->o.log) p->o.log(p->o.ctx, level, l->which ? "stderr" : "stdout", entry < p->o.plan->n ? pool_plugin_of(p, entry) : "", line);
}

void pool_read_logs(worker_pool *p, pool_proc *w, bool last) {
  for (int i = 0; i < 2; i++) {
    log_pipe l = {p, w, i};
    proc_read_lines(w->logs[i], &w->lines[i], last, log_line, &l);
  }
}
