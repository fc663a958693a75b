/* main.c -- what pintle-worker does: load the chain, put items through it, say what came of each.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "worker/crash.h"
#include "worker/message.h"
#include "worker/worker.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct worker {
  int sock, cancel_fd, epoll, timer;
  bool timer_armed;
  pid_t pid; /* a forked child that returns from plugin code must not speak for us */
  page *page;
  uint64_t ticket, in_seq, out_seq;
  uint32_t stop_before;
  buf in, joined, body, frame;
  size_t in_used;
  arena memory;       /* of one item */
  arena setup_memory; /* of the run */
  chain_plan plan;
  kube_types *types;
  chain *chain;
  bool lost; /* the supervisor cannot be written to */
};

/* ---- hooks of the chain */
static void enter(void *ctx, const chain_entry *entry, const char *what, int64_t deadline) {
  struct worker *w = ctx;
  page *p = w->page;
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  page_call *c = &p->stack[depth < PAGE_DEPTH ? depth : PAGE_DEPTH - 1];
  atomic_store_explicit(&c->entry, entry->index, memory_order_relaxed);
  snprintf(c->what, sizeof c->what, "%s", what);
  atomic_store_explicit(&c->ticket, w->ticket, memory_order_relaxed);
  atomic_store_explicit(&c->started, clock_monotonic(), memory_order_relaxed);
  atomic_store_explicit(&c->deadline, deadline, memory_order_relaxed);
  atomic_store_explicit(&p->told, 0, memory_order_relaxed);
  atomic_fetch_add_explicit(&p->calls, 1, memory_order_relaxed);
  atomic_store_explicit(&p->depth, depth + 1, memory_order_release);
  if (w->stop_before == entry->index + 1 && strcmp(what, "execute") == 0) {
    fprintf(stderr, "stopped before action %s: attach with `gdb -p %d`, then `signal SIGCONT`\n", entry->name, (int)getpid());
    fflush(stderr);
    raise(SIGSTOP);
  }
}

static void leave(void *ctx) {
  struct worker *w = ctx;
  page *p = w->page;
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  if (depth == 0) return;
  const page_call *c = &p->stack[(depth <= PAGE_DEPTH ? depth : PAGE_DEPTH) - 1];
  atomic_store_explicit(&p->last.entry, atomic_load_explicit(&c->entry, memory_order_relaxed), memory_order_relaxed);
  memcpy(p->last.what, c->what, sizeof c->what);
  atomic_store_explicit(&p->last.ticket, w->ticket, memory_order_relaxed);
  atomic_store_explicit(&p->depth, depth - 1, memory_order_release);
  if (w->timer_armed) {
    struct itimerspec off = {0};
    timerfd_settime(w->timer, 0, &off, NULL);
    w->timer_armed = false;
  }
}

static int64_t deadline_now(const page *p) {
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  return depth && depth <= PAGE_DEPTH ? atomic_load_explicit(&p->stack[depth - 1].deadline, memory_order_relaxed) : 0;
}

static int32_t cancelled(void *ctx) {
  struct worker *w = ctx;
  int64_t deadline = deadline_now(w->page);
  int32_t is = atomic_load(&w->page->cancel) ? 1 : deadline && clock_monotonic() >= deadline ? 2 : 0;
  int64_t none = 0;
  if (is) atomic_compare_exchange_strong(&w->page->told, &none, clock_monotonic());
  return is;
}

/* One descriptor that is readable on cancellation and at the deadline. The timer is armed only for a call that asks. */
static int cancel_fd(void *ctx) {
  struct worker *w = ctx;
  int64_t deadline = deadline_now(w->page);
  if (deadline && w->timer >= 0 && !w->timer_armed) {
    struct itimerspec at = {.it_value = {deadline / CLOCK_SECOND, deadline % CLOCK_SECOND}};
    timerfd_settime(w->timer, TFD_TIMER_ABSTIME, &at, NULL);
    w->timer_armed = true;
  }
  return w->epoll >= 0 ? w->epoll : w->cancel_fd;
}

/* ---- talking to the supervisor */
static bool send_frame(struct worker *w, enum wire_type type) {
  buf_clear(&w->frame);
  if (getpid() != w->pid) _exit(1);
  wire_frame(&w->frame, type, buf_str(&w->body), &w->out_seq);
  error e;
  if (w->body.failed || w->frame.failed || file_write(w->sock, w->frame.data, w->frame.len, "to the supervisor", &e) != PINTLE_OK)
    w->lost = true;
  return !w->lost;
}

static void stray_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  struct worker *w = ctx;
  /* Another thread may be in the middle of a frame: such lines go by standard error, which the supervisor reads line by line. */
  (void)w;
  buf line = {0};
  buf_printf(&line, "level=%d ", level);
  buf_adds(&line, message);
  for (size_t i = 0; i < n; i++) buf_printf(&line, " %s=%s", fields[i].key, fields[i].value);
  buf_addc(&line, '\n');
  if (!line.failed) file_write(STDERR_FILENO, line.data, line.len, "standard error", NULL);
  buf_free(&line);
}

/* The next message, or false when the supervisor is gone. */
static bool receive(struct worker *w, enum wire_type *type, str *body) {
  buf_clear(&w->joined);
  for (;;) {
    pintle_status st = wire_next(buf_str(&w->in), &w->in_used, &w->in_seq, &w->joined, type, body);
    if (st != PINTLE_NOT_FOUND) return st == PINTLE_OK;
    if (w->in_used) {
      memmove(w->in.data, w->in.data + w->in_used, w->in.len - w->in_used);
      w->in.len -= w->in_used;
      w->in_used = 0;
    }
    if (!buf_reserve(&w->in, 256 << 10)) return false;
    ssize_t n = read(w->sock, w->in.data + w->in.len, w->in.cap - w->in.len - 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    w->in.len += (size_t)n;
  }
}

static bool broken(struct worker *w, const chain_entry *entry, const error *e) {
  buf_clear(&w->body);
  wire_u32(&w->body, entry ? entry->index + 1 : 0);
  wire_error(&w->body, e);
  return send_frame(w, WIRE_BROKEN);
}

static void quarantine(struct worker *w, uint32_t entry) {
  if (chain_quarantine(w->chain, entry, "it is quarantined after three crashes or deadlines in this run") != PINTLE_OK) w->lost = true;
}

static bool set_up(struct worker *w, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  const char *properties[65];
  size_t n = 0;
  error e = {0};
  const chain_entry *failed = NULL;
  str plan = wire_get_str(&r), run = wire_get_str(&r);
  chain_options o = {
      .plan = &w->plan, .enter = enter, .leave = leave, .stray_log = stray_log, .cancelled = cancelled, .cancel_fd = cancel_fd, .ctx = w};
  o.mode = wire_get_z(&r, &w->setup_memory);
  o.scratch = wire_get_z(&r, &w->setup_memory);
  for (uint32_t left = wire_get_u32(&r); left && n < 64; left--) properties[n++] = wire_get_z(&r, &w->setup_memory);
  properties[n] = NULL;
  o.properties = properties;
  o.segment = wire_get_u32(&r);
  w->stop_before = wire_get_u32(&r);
  uint32_t n_quarantined = wire_get_u32(&r);
  char *run_copy = arena_copy(&w->setup_memory, run);
  pintle_status st = r.overrun ? error_set(&e, PINTLE_FAILED, "the supervisor's set-up cannot be read") : PINTLE_OK;
  if (st == PINTLE_OK && !run_copy) st = error_nomem(&e);
  if (st == PINTLE_OK && (st = kube_types_new(&w->types)) != PINTLE_OK) error_nomem(&e);
  if (st == PINTLE_OK) st = chain_plan_parse(plan, &w->plan, w->types, &e);
  o.types = w->types;
  o.run = (str){run_copy, run.len};
  if (st == PINTLE_OK) st = chain_open(&o, &w->chain, &failed, &e);
  if (st != PINTLE_OK) return broken(w, failed, &e), false;
  for (; n_quarantined; n_quarantined--) quarantine(w, wire_get_u32(&r));
  crash_handlers(w->page); /* again: a constructor or load() may have put its own */
  buf_clear(&w->body);
  buf selectors = {0};
  chain_selectors(w->chain, &selectors);
  wire_str(&w->body, buf_str(&selectors));
  bool ok = !selectors.failed && send_frame(w, WIRE_READY);
  buf_free(&selectors);
  return ok;
}

static bool apply_all(struct worker *w, str body) {
  wire_reader r = {body.ptr, body.ptr + body.len, false};
  for (uint32_t n = wire_get_u32(&r); n; n--) {
    chain_input in;
    chain_outcome out;
    arena_reset(&w->memory);
    if (message_get_item(&r, &w->memory, w->types, &w->ticket, &in) != PINTLE_OK) return false;
    chain_apply(w->chain, &in, &out);
    buf_clear(&w->body);
    message_put_outcome(&w->body, w->ticket, &out);
    w->ticket = UINT64_MAX;
    if (!send_frame(w, WIRE_OUTCOME)) return false;
  }
  return true;
}

static void finish(struct worker *w) {
  buf counters = {0};
  error e = {0};
  chain_close(w->chain, &counters, &e);
  w->chain = NULL;
  buf_clear(&w->body);
  wire_str(&w->body, buf_str(&counters));
  wire_error(&w->body, &e);
  send_frame(w, WIRE_FINISHED);
  buf_free(&counters);
}

static int run(struct worker *w) {
  enum wire_type type;
  str body;
  if (!receive(w, &type, &body) || type != WIRE_SETUP) return 1;
  if (!set_up(w, body)) return 1;
  while (receive(w, &type, &body)) {
    wire_reader r = {body.ptr, body.ptr + body.len, false};
    if (type == WIRE_ITEMS) {
      if (!apply_all(w, body)) return 1;
    } else if (type == WIRE_QUARANTINE) quarantine(w, wire_get_u32(&r));
    else if (type == WIRE_FINISH) return finish(w), w->lost;
    else return 1;
  }
  return 1; /* the supervisor is gone */
}

static int epoll_of(int cancel, int *timer) {
  int ep = epoll_create1(EPOLL_CLOEXEC);
  *timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct epoll_event ev = {.events = EPOLLIN};
  if (ep < 0 || *timer < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, cancel, &ev) != 0 || epoll_ctl(ep, EPOLL_CTL_ADD, *timer, &ev) != 0) return -1;
  return ep;
}

static bool number(const char *s, int *out) {
  char *end;
  errno = 0;
  long n = strtol(s, &end, 10);
  if (errno || *end || n < 0 || n > 1 << 20) return false;
  *out = (int)n;
  return true;
}

int worker_main(int argc, char **argv) {
  int sock, page_fd, cancel;
  if (argc == 4 && strcmp(argv[1], "--probe") == 0 && number(argv[2], &sock)) return host_probe_main(sock, argv[3], HOST_PROBE_OUT);
  if (argc != 5 || strcmp(argv[1], "--run") != 0 || !number(argv[2], &sock) || !number(argv[3], &page_fd) || !number(argv[4], &cancel)) {
    fprintf(stderr, "pintle-worker is started by pintle; it has no use of its own. See docs/architecture.md.\n");
    return 2;
  }
  struct worker w = {.sock = sock, .cancel_fd = cancel, .pid = getpid(), .ticket = UINT64_MAX};
  w.page = mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
  if (w.page == MAP_FAILED) return 2;
  close(page_fd);
  w.epoll = epoll_of(cancel, &w.timer);
  signal(SIGPIPE, SIG_IGN);
  crash_handlers(w.page);
  int status = run(&w);
  buf_free(&w.in);
  buf_free(&w.joined);
  buf_free(&w.body);
  buf_free(&w.frame);
  arena_free(&w.memory);
  chain_plan_free(&w.plan);
  kube_types_free(w.types);
  arena_free(&w.setup_memory);
  return status;
}
