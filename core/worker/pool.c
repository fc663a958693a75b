/* pool.c -- the pool: items handed out in order, workers started as they are needed.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/pool.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK (CLOCK_SECOND / 5) /* how often deadlines are looked at */
enum { MAX_PROCS = 256, MAX_FRUITLESS = 10 };

static size_t count_procs(const worker_pool *p, uint32_t segment) {
  size_t n = 0;
  for (const pool_proc *w = p->procs; w; w = w->next) n += w->segment == segment && !w->gone;
  return n;
}

static pintle_status failed(const worker_pool *p, error *e) {
  if (p->failure.status != PINTLE_OK && e) *e = p->failure;
  return p->failure.status;
}

/* ---- handing out */
static void fill(worker_pool *p, pool_proc *w) {
  while (w->frames < POOL_FRAMES && !w->gone && !w->killed_at && !w->outgrown) {
    buf body = {0};
    uint32_t n = 0;
    pool_item *last = NULL;
    wire_u32(&body, 0); /* how many, known below */
    for (pool_item *i; n < POOL_FRAME_ITEMS && body.len < POOL_FRAME_BYTES && (i = pool_next(p, w, n ? POOL_FRAME_BYTES - body.len : 0)); n++) {
      buf_add(&body, i->data, i->len);
      i->ends_frame = false;
      if (!w->with.first) w->seen_at = clock_monotonic(); /* it was idle until now */
      pool_push(&w->with, last = i);
    }
    if (n) {
      last->ends_frame = true;
      w->frames++;
      if (body.failed) w->out.failed = true;
      else memcpy(body.data, &n, sizeof n);
      pool_send(p, w, WIRE_ITEMS, buf_str(&body));
    }
    buf_free(&body);
    if (!n) return;
  }
}

static pintle_status hand_out(worker_pool *p, error *e) {
  for (uint32_t s = 0; s < p->n_segments; s++) {
    for (unsigned frames = 0; frames < POOL_FRAMES; frames++) /* those with least to do first */
      for (pool_proc *w = p->procs; w; w = w->next)
        if (w->segment == s && w->state == POOL_READY && w->frames <= frames && pool_has_next(p, w)) fill(p, w);
    bool starting = false;
    for (const pool_proc *w = p->procs; w; w = w->next) starting |= w->segment == s && w->state == POOL_STARTING && !w->gone;
    if (!p->queues[s].first || starting || count_procs(p, s) >= (s ? 1 : p->o.concurrency)) continue;
    pintle_status st = pool_spawn(p, s, e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

pintle_status worker_pool_submit(worker_pool *p, uint64_t ticket, uint32_t block, const chain_input *in, error *e) {
  buf b = {0};
  uint32_t segment = in->next < p->o.plan->n ? p->o.plan->entries[in->next].segment : 0;
  if (p->failure.status != PINTLE_OK) return failed(p, e);
  pool_hear_strikes(p);
  message_put_item(&b, ticket, in);
  pool_item *i = b.failed ? NULL : malloc(sizeof *i + b.len);
  if (i) {
    *i = (pool_item){.ticket = ticket, .segment = segment, .block = segment ? 0 : block, .len = b.len};
    memcpy(i->data, b.data, b.len);
  }
  buf_free(&b);
  if (!i) return error_nomem(e);
  p->pending++;
  if (p->o.concurrency == 0) {
    pool_local_apply(p, i);
    return failed(p, e);
  }
  p->backlog += i->len;
  pool_push(&p->queues[segment], i);
  return PINTLE_OK;
}

/* ---- pumping */
static void remove_gone(worker_pool *p) {
  for (pool_proc **at = &p->procs; *at;) {
    pool_proc *w = *at;
    if (!w->gone) {
      at = &w->next;
      continue;
    }
    *at = w->next;
    pool_proc_free(w);
  }
}

static void serve(worker_pool *p, pool_proc *w, const struct pollfd *f, int64_t now) {
  if (w->gone) return;
  if (f[0].revents & (POLLIN | POLLHUP | POLLERR) && !pool_read(p, w)) pool_kill(w, "it sent what is no frame of ours");
  if (f[0].revents & POLLOUT) pool_write(p, w);
  if ((f[2].revents | f[3].revents) & (POLLIN | POLLHUP)) pool_read_logs(p, w, false);
  if (f[1].revents & POLLIN) pool_buried(p, w);
  else pool_watch(p, w, now);
}

/* Takes back what nobody can run any more. */
static void drop_queued(worker_pool *p) {
  chain_outcome o = {.what = CHAIN_FAILED, .entry = UINT32_MAX, .wait = -1};
  error_set(&o.error, PINTLE_CANCELLED, "the run was cancelled");
  for (uint32_t s = 0; s < p->n_segments; s++)
    for (pool_item *i; (i = pool_pop(&p->queues[s]));) {
      p->backlog -= i->len;
      pool_outcome(p, i, &o, false, "");
    }
  for (pool_proc *w = p->procs; w; w = w->next)
    for (pool_item *i; (i = pool_pop(&w->own));) {
      p->owned -= i->len;
      pool_outcome(p, i, &o, false, "");
    }
}

pintle_status worker_pool_step(worker_pool *p, int64_t wait, error *e) {
  struct pollfd fds[MAX_PROCS * 4];
  pool_proc *procs[MAX_PROCS];
  size_t n = 0;
  if (p->failure.status != PINTLE_OK) return failed(p, e);
  if (p->cancelled_at) drop_queued(p);
  pintle_status st = hand_out(p, e);
  if (st != PINTLE_OK) return p->failure = *e, st;
  for (pool_proc *w = p->procs; w && n < MAX_PROCS; w = w->next) {
    struct pollfd *f = &fds[n * 4];
    f[0] = (struct pollfd){w->sock, (short)(POLLIN | (w->out.len ? POLLOUT : 0)), 0};
    f[1] = (struct pollfd){w->pidfd, POLLIN, 0};
    f[2] = (struct pollfd){w->logs[0], POLLIN, 0};
    f[3] = (struct pollfd){w->logs[1], POLLIN, 0};
    procs[n++] = w;
  }
  if (n == 0) return PINTLE_OK;
  int64_t limit = wait < TICK ? wait : TICK;
  struct timespec t = {limit / CLOCK_SECOND, limit % CLOCK_SECOND};
  if (ppoll(fds, n * 4, &t, NULL) < 0) {
    if (errno == EINTR) return PINTLE_OK;
    return error_errno(e, errno, "cannot wait for workers");
  }
  int64_t now = clock_monotonic();
  for (size_t i = 0; i < n; i++) {
    for (int k = 2; k < 4; k++)
      if (fds[i * 4 + (size_t)k].revents & (POLLERR | POLLNVAL) ||
          (fds[i * 4 + (size_t)k].revents & POLLHUP && !(fds[i * 4 + (size_t)k].revents & POLLIN)))
        close_p(&procs[i]->logs[k - 2]); /* the plugin closed it: nothing more comes, and poll would spin */
    if (fds[i * 4].revents & POLLHUP && !(fds[i * 4].revents & POLLIN) && !(fds[i * 4 + 1].revents & POLLIN) &&
        procs[i]->state == POOL_READY)
      pool_kill(procs[i], "it closed its socket");
    serve(p, procs[i], &fds[i * 4], now);
  }
  remove_gone(p);
  if (p->fruitless >= MAX_FRUITLESS && p->failure.status == PINTLE_OK)
    error_set(&p->failure, PINTLE_FAILED, "%u workers in a row died without finishing an item", p->fruitless);
  if (p->failure.status != PINTLE_OK) return failed(p, e);
  return hand_out(p, e);
}

size_t worker_pool_pending(const worker_pool *p) { return p->pending; }
const worker_action_stats *worker_pool_stats(const worker_pool *p, uint32_t entry) { return &p->stats[entry]; }

size_t worker_pool_pids(const worker_pool *p, int *pids, size_t n) {
  size_t count = 0;
  for (const pool_proc *w = p->procs; w; w = w->next, count++)
    if (count < n) pids[count] = w->pid;
  return count;
}

void worker_pool_cancel(worker_pool *p) {
  const uint64_t one = 1;
  if (p->cancelled_at) return;
  p->cancelled_at = clock_monotonic();
  atomic_store(&p->local_page.cancel, 1);
  for (pool_proc *w = p->procs; w; w = w->next) {
    atomic_store(&w->page->cancel, 1);
    if (write(w->cancel_fd, &one, sizeof one) < 0) pool_kill(w, "it cannot be told to stop");
  }
}

/* ---- life */
static pintle_status make_setup(worker_pool *p, error *e) {
  buf plan = {0};
  uint32_t n = 0;
  chain_plan_print(p->o.plan, p->o.types, &plan);
  wire_str(&p->setup, buf_str(&plan));
  wire_str(&p->setup, p->o.run);
  wire_z(&p->setup, p->o.mode ? p->o.mode : "");
  wire_z(&p->setup, p->o.scratch ? p->o.scratch : "");
  while (p->o.properties && p->o.properties[n]) n++;
  wire_u32(&p->setup, n);
  for (uint32_t i = 0; i < n; i++) wire_z(&p->setup, p->o.properties[i]);
  bool bad = plan.failed || p->setup.failed;
  buf_free(&plan);
  return bad ? error_nomem(e) : PINTLE_OK;
}

static pintle_status wait_started(worker_pool *p, error *e) {
  pintle_status st = PINTLE_OK;
  for (bool starting = true; st == PINTLE_OK && starting;) {
    starting = false;
    for (const pool_proc *w = p->procs; w; w = w->next) starting |= w->state != POOL_READY;
    if (starting && p->o.cancelled && p->o.cancelled(p->o.cancelled_ctx)) return error_set(e, PINTLE_CANCELLED, "the run was cancelled");
    if (starting) st = worker_pool_step(p, TICK, e);
  }
  return st;
}

static bool computes(const worker_pool *p, uint32_t segment) {
  for (size_t i = 0; i < p->o.plan->n; i++)
    if (p->o.plan->entries[i].segment == segment && p->o.plan->entries[i].has & HOST_HAS_APPLIES_TO) return true;
  return false;
}

/* First the workers of other segments that compute selectors: item workers get a plan that has them, and stop at no item in vain. */
static pintle_status start_workers(worker_pool *p, error *e) {
  bool more = false;
  pintle_status st = PINTLE_OK;
  for (uint32_t s = 1; s < p->n_segments && st == PINTLE_OK; s++)
    if (computes(p, s)) more = true, st = pool_spawn(p, s, e);
  if (st == PINTLE_OK) st = wait_started(p, e);
  if (more) buf_clear(&p->setup);
  if (more && st == PINTLE_OK) st = make_setup(p, e);
  while (st == PINTLE_OK && !count_procs(p, 0)) { /* again if it died without a word; pool_buried counts */
    st = pool_spawn(p, 0, e);
    if (st == PINTLE_OK) st = wait_started(p, e);
  }
  return st;
}

pintle_status worker_pool_open(const worker_pool_options *options, worker_pool **out, error *e) {
  pintle_status st;
  worker_pool *p = calloc(1, sizeof *p);
  if (!p) return error_nomem(e);
  p->o = *options;
  if (p->o.grace == 0) p->o.grace = 10 * CLOCK_SECOND;
  if (p->o.concurrency > MAX_PROCS / 2) p->o.concurrency = MAX_PROCS / 2;
  for (size_t i = 0; i < p->o.plan->n; i++)
    if (p->o.plan->entries[i].segment >= p->n_segments) p->n_segments = p->o.plan->entries[i].segment + 1;
  if (p->n_segments == 0) p->n_segments = 1;
  p->queues = calloc(p->n_segments, sizeof *p->queues);
  p->stats = calloc(p->o.plan->n + 1, sizeof *p->stats);
  st = p->queues && p->stats ? make_setup(p, e) : error_nomem(e);
  if (st == PINTLE_OK) pool_hear_strikes(p);
  if (st == PINTLE_OK && p->n_segments > MAX_PROCS / 2)
    st = error_set(e, PINTLE_UNSUPPORTED, "a chain may hold at most %d actions with one instance", MAX_PROCS / 2 - 1);
  if (st == PINTLE_OK && p->o.concurrency == 0) st = pool_local_open(p, e);
  else if (st == PINTLE_OK) st = start_workers(p, e);
  p->opened = true;
  if (st != PINTLE_OK) {
    worker_pool_free(p);
    return st;
  }
  *out = p;
  return PINTLE_OK;
}

pintle_status worker_pool_close(worker_pool *p, buf *counters, error *e) {
  pintle_status st = PINTLE_OK;
  if (p->pending && !p->cancelled_at) p->cancelled_at = clock_monotonic(); /* the run ends before its items: none is handed out any more */
  if (p->o.concurrency == 0) st = pool_local_close(p, e);
  for (pool_proc *w = p->procs; w; w = w->next)
    if (w->state == POOL_READY && !w->with.first) {
      w->state = POOL_FINISHING;
      w->seen_at = clock_monotonic();
      pool_send(p, w, WIRE_FINISH, STR(""));
    } else if (w->state != POOL_FINISHING) pool_kill(w, "the run is over");
  for (error ignored; p->procs;) {
    p->fruitless = 0;
    struct error kept = p->failure; /* one worker's failure does not keep the others from finishing */
    p->failure.status = PINTLE_OK;
    pintle_status step = worker_pool_step(p, TICK, &ignored);
    if (kept.status != PINTLE_OK) p->failure = kept;
    if (step != PINTLE_OK && p->failure.status == PINTLE_OK) p->failure = ignored;
  }
  if (st == PINTLE_OK && p->failure.status != PINTLE_OK) st = failed(p, e);
  if (st == PINTLE_OK) st = pool_count(p, buf_str(counters), e);
  buf_clear(counters);
  pool_print_counters(p, counters);
  return st;
}

void worker_pool_free(worker_pool *p) {
  if (!p) return;
  pool_local_close(p, NULL);
  for (pool_proc *w = p->procs; w; w = w->next) pool_kill(w, "the run is over");
  int64_t until = clock_monotonic() + 5 * CLOCK_SECOND;
  p->o.outcome = NULL;
  p->o.log = NULL;
  while (p->procs) {
    siginfo_t info;
    pool_proc *w = p->procs;
    struct pollfd f = {w->pidfd, POLLIN, 0};
    int64_t left = until - clock_monotonic();
    if (left > 0) poll(&f, 1, (int)(left / 1000000) + 1);
    p->procs = w->next;
    waitid(P_PIDFD, (id_t)w->pidfd, &info, WEXITED | WNOHANG);
    pool_proc_free(w);
  }
  for (uint32_t s = 0; p->queues && s < p->n_segments; s++)
    for (pool_item *i; (i = pool_pop(&p->queues[s]));) free(i);
  pool_forget_blocks(p);
  free(p->queues);
  free(p->stats);
  free(p->sums);
  buf_free(&p->setup);
  buf_free(&p->said);
  arena_free(&p->scratch);
  arena_free(&p->memory);
  free(p);
}
