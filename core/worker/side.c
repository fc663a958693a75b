/* side.c -- see side.h.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/side.h"
#include "base/clock.h"
#include "base/file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* ---- the page */
void side_enter(side *s, uint32_t entry, const char *what, int64_t deadline) {
  page *p = s->page;
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  page_call *c = &p->stack[depth < PAGE_DEPTH ? depth : PAGE_DEPTH - 1];
  atomic_store_explicit(&c->entry, entry, memory_order_relaxed);
  size_t n = strnlen(what, sizeof c->what - 1);
  memcpy(c->what, what, n);
  c->what[n] = 0;
  atomic_store_explicit(&c->ticket, s->ticket, memory_order_relaxed);
  atomic_store_explicit(&c->started, clock_monotonic(), memory_order_relaxed);
  atomic_store_explicit(&c->deadline, deadline, memory_order_relaxed);
  atomic_store_explicit(&p->told, 0, memory_order_relaxed);
  atomic_fetch_add_explicit(&p->calls, 1, memory_order_relaxed);
  atomic_store_explicit(&p->depth, depth + 1, memory_order_release);
}

static void keep_done(page *p, const page_call *c) {
  uint32_t n = atomic_load_explicit(&p->n_done, memory_order_relaxed);
  if (n >= PAGE_DONE) return;
  atomic_store_explicit(&p->done[n].entry, atomic_load_explicit(&c->entry, memory_order_relaxed), memory_order_relaxed);
  atomic_store_explicit(&p->done[n].started, atomic_load_explicit(&c->started, memory_order_relaxed), memory_order_relaxed);
  atomic_store_explicit(&p->n_done, n + 1, memory_order_release);
}

void side_leave(side *s) {
  page *p = s->page;
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  if (depth == 0) return;
  if (!s->own && fcntl(s->sock, F_GETFD) < 0) _exit(PAGE_CLOSED); /* at once: the page still says whose call it was */
  const page_call *c = &p->stack[(depth <= PAGE_DEPTH ? depth : PAGE_DEPTH) - 1];
  atomic_store_explicit(&p->last.entry, atomic_load_explicit(&c->entry, memory_order_relaxed), memory_order_relaxed);
  memcpy(p->last.what, c->what, sizeof c->what);
  atomic_store_explicit(&p->last.ticket, s->ticket, memory_order_relaxed);
  if (depth == 1 && s->ticket != UINT64_MAX) keep_done(p, c);
  atomic_store_explicit(&p->depth, depth - 1, memory_order_release);
  if (s->timer_armed) {
    struct itimerspec off = {0};
    timerfd_settime(s->timer, 0, &off, NULL);
    s->timer_armed = false;
  }
}

/* ---- the clock */
static int64_t deadline_now(const page *p) {
  uint32_t depth = atomic_load_explicit(&p->depth, memory_order_relaxed);
  return depth && depth <= PAGE_DEPTH ? atomic_load_explicit(&p->stack[depth - 1].deadline, memory_order_relaxed) : 0;
}

int32_t side_cancelled(void *ctx) {
  side *s = ctx;
  int64_t deadline = deadline_now(s->page);
  uint32_t told = atomic_load(&s->page->cancel);
  int32_t is = told ? (told == 2 ? 2 : 1) : deadline && clock_monotonic() >= deadline ? 2 : 0;
  int64_t none = 0;
  if (is) atomic_compare_exchange_strong(&s->page->told, &none, clock_monotonic());
  return is;
}

/* One descriptor that is readable on cancellation and at the deadline. The timer is armed only for a call that asks. */
int side_cancel_fd(void *ctx) {
  side *s = ctx;
  int64_t deadline = deadline_now(s->page);
  if (deadline && s->timer >= 0 && !s->timer_armed) {
    struct itimerspec at = {.it_value = {deadline / CLOCK_SECOND, deadline % CLOCK_SECOND}};
    timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &at, NULL);
    s->timer_armed = true;
  }
  return s->epoll >= 0 ? s->epoll : s->cancel_fd;
}

/* ---- the socket */
bool side_send(side *s, enum wire_type type) {
  error e;
  buf_clear(&s->frame);
  if (getpid() != s->pid) _exit(1);
  wire_frame(&s->frame, type, buf_str(&s->body), &s->out_seq);
  if (s->body.failed || s->frame.failed || file_write(s->sock, s->frame.data, s->frame.len, "to the supervisor", &e) != PINTLE_OK)
    s->lost = true;
  return !s->lost;
}

void side_stray_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx;
  buf line = {0};
  buf_printf(&line, "level=%d ", level);
  buf_adds(&line, message);
  for (size_t i = 0; i < n; i++) buf_printf(&line, " %s=%s", fields[i].key, fields[i].value);
  buf_addc(&line, '\n');
  if (!line.failed) file_write(STDERR_FILENO, line.data, line.len, "standard error", NULL);
  buf_free(&line);
}

/* A hosted plugin's process goes on between calls: it prints, and may end. */
static void wait_for_work(const side *s) {
  const host_opener *o = s->opener;
  struct pollfd f[1 + HOST_WATCHED];
  size_t n = 0;
  do {
    if (n) o->heard(o->ctx);
    f[0] = (struct pollfd){.fd = s->sock, .events = POLLIN};
    n = o && o->watch ? o->watch(o->ctx, f + 1) : 0;
  } while (n && (poll(f, 1 + n, -1) >= 0 || errno == EINTR) && !f[0].revents);
}

bool side_read(side *s) {
  ssize_t n;
  if (s->in_used) {
    memmove(s->in.data, s->in.data + s->in_used, s->in.len - s->in_used);
    s->in.len -= s->in_used;
    s->in_used = 0;
  }
  if (!buf_reserve(&s->in, 256 << 10)) return false;
  wait_for_work(s);
  do n = read(s->sock, s->in.data + s->in.len, s->in.cap - s->in.len - 1);
  while (n < 0 && errno == EINTR);
  if (n > 0) s->in.len += (size_t)n;
  return n > 0;
}

/* The message at hand is done with. */
static void let_go(side *s) {
  if (s->delivered) buf_clear(&s->joined);
  s->delivered = false;
  buf_free(&s->held_in);
  buf_free(&s->held_joined);
  s->held = false;
  free(s->current);
  s->current = NULL;
}

bool side_receive(side *s, enum wire_type *type, str *body) {
  let_go(s);
  side_message *m = s->kept;
  if (m) {
    if (!(s->kept = m->next)) s->last_kept = NULL;
    s->current = m;
    return *type = m->type, *body = (str){m->data, m->len}, true;
  }
  for (;;) {
    pintle_status st = wire_next(buf_str(&s->in), &s->in_used, &s->in_seq, &s->joined, type, body);
    s->delivered = st == PINTLE_OK;
    if (st == PINTLE_OK && *type == WIRE_REPLY) let_go(s); /* to a call that did not wait */
    else if (st != PINTLE_NOT_FOUND) return st == PINTLE_OK;
    else if (!side_read(s)) return false;
  }
}

/* ---- life */
static int epoll_of(int cancel, int *timer) {
  int ep = epoll_create1(EPOLL_CLOEXEC);
  *timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  struct epoll_event ev = {.events = EPOLLIN};
  if (ep < 0 || *timer < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, cancel, &ev) != 0 || epoll_ctl(ep, EPOLL_CTL_ADD, *timer, &ev) != 0) return -1;
  return ep;
}

bool side_open(side *s, int sock, int page_fd, int cancel_fd) {
  *s = (side){.sock = sock, .cancel_fd = cancel_fd, .pid = getpid(), .ticket = UINT64_MAX};
  s->page = mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
  if (s->page == MAP_FAILED) return false;
  close(page_fd);
  s->epoll = epoll_of(cancel_fd, &s->timer);
  return true;
}

void side_close(side *s) {
  let_go(s);
  for (side_message *m = s->kept, *next; m; m = next) next = m->next, free(m);
  buf_free(&s->in);
  buf_free(&s->joined);
  buf_free(&s->body);
  buf_free(&s->frame);
}
