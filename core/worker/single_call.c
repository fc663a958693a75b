/* single_call.c -- the supervisor in a single call: pulls, writes, waits.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/single_inside.h"
#include <errno.h>
#include <sys/socket.h>

#define TICK (CLOCK_SECOND / 5) /* how often deadlines are looked at */

void single_queue(worker_single *s, enum wire_type type, str body) { wire_frame(&s->out, type, body, &s->out_seq); }

static void write_out(worker_single *s) {
  while (s->out_at < s->out.len && !s->out.failed) {
    ssize_t n = send(s->proc.sock, s->out.data + s->out_at, s->out.len - s->out_at, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return; /* full: poll tells; broken: its pidfd tells */
    s->out_at += (size_t)n;
  }
  if (s->out.failed) single_kill(s, "no memory for its input");
  buf_clear(&s->out);
  s->out_at = 0;
}

static void end_of_body(worker_single *s, single_call *c, pintle_status why) {
  buf end = {0};
  c->body_over = true;
  c->unread = why;
  wire_u64(&end, c->args.number);
  wire_u32(&end, (uint32_t)why);
  if (end.failed) s->out.failed = true;
  else single_queue(s, WIRE_END, buf_str(&end));
  buf_free(&end);
}

static bool may_pull(const worker_single *s, const single_call *c) {
  return c->body && !c->body_over && !c->done && c->credit > 0 && s->out.len == 0 && !s->killed_at;
}

/* One piece, read by the caller's reader straight into its frame. */
static void pull(worker_single *s, single_call *c) {
  size_t want = c->credit < SINGLE_CHUNK ? (size_t)c->credit : SINGLE_CHUNK, head = sizeof(wire_header) + sizeof c->args.number;
  if (!buf_reserve(&s->out, head + want)) {
    s->out.failed = true;
    return;
  }
  int64_t n = c->body->read(c->body, s->out.data + head, want);
  c->seen_at = clock_monotonic();
  if (n <= 0 || (uint64_t)n > want) {
    end_of_body(s, c, n == 0 ? PINTLE_OK : n >= PINTLE_EXISTS && n < 0 ? (pintle_status)n : PINTLE_FAILED);
    return;
  }
  wire_header h = {(uint32_t)n + sizeof c->args.number, WIRE_DATA, 0, s->out_seq++};
  memcpy(s->out.data, &h, sizeof h);
  memcpy(s->out.data + sizeof h, &c->args.number, sizeof c->args.number);
  s->out.len = head + (size_t)n;
  c->credit -= n, c->pulled += n;
}

/* Bytes move, but slowly: the caller's own clock of idleness would not know, since we read ahead of the plugin. */
static void report_life(single_call *c, int64_t now) {
  if (!(c->flags & SINGLE_READS) || now < c->reported_at + CLOCK_SECOND) return;
  HOST_PADDED(pintle_progress) p = {.v = {.struct_size = sizeof p.v, .units = "bytes", .n_completed = c->pulled}};
  if (c->args.size > 0) p.v.n_total = c->args.size;
  c->reported_at = now;
  c->caller->host->report(c->caller, &p.v);
}

static void look(worker_single *s, single_call *c) {
  uint64_t moved = atomic_load_explicit(&s->proc.page->moved, memory_order_relaxed);
  if (moved != c->seen_moved) {
    c->seen_moved = moved;
    c->seen_at = clock_monotonic();
    report_life(c, c->seen_at);
  }
  single_watch(s, c);
}

static void close_ended(worker_single *s, const struct pollfd *f) {
  for (int k = 0; k < 2; k++)
    if (f[k].revents & (POLLERR | POLLNVAL) || (f[k].revents & POLLHUP && !(f[k].revents & POLLIN)))
      close_p(&s->proc.logs[k]); /* the plugin closed it: nothing more comes, and poll would spin */
}

static void serve(worker_single *s, single_call *c, const struct pollfd *f) {
  bool dead = f[1].revents & POLLIN;
  if (f[0].revents & (POLLIN | POLLHUP | POLLERR) && !single_read(s, c)) single_kill(s, "it sent what is no frame of ours");
  close_ended(s, f + 2);
  if ((f[2].revents | f[3].revents) & (POLLIN | POLLHUP)) single_read_logs(s, c, false);
  if (dead) single_buried(s, c);
}

void single_fds(const worker_single *s, const single_call *c, struct pollfd *f) {
  int cancel = c->told || c->deaf ? -1 : c->caller->host->cancel_fd(c->caller);
  f[0] = (struct pollfd){s->closed_at ? -1 : s->proc.sock, (short)(POLLIN | (s->out.len ? POLLOUT : 0)), 0};
  f[1] = (struct pollfd){s->proc.pidfd, POLLIN, 0};
  f[2] = (struct pollfd){s->proc.logs[0], POLLIN, 0};
  f[3] = (struct pollfd){s->proc.logs[1], POLLIN, 0};
  f[4] = (struct pollfd){cancel, POLLIN, 0};
}

void single_begin(worker_single *s, single_call *c) {
  c->started = c->seen_at = c->reported_at = clock_monotonic();
  c->seen_moved = atomic_load(&s->proc.page->moved);
}

void single_round(worker_single *s, single_call *c, int64_t wait) {
  struct pollfd f[SINGLE_FDS];
  if (may_pull(s, c)) pull(s, c);
  write_out(s);
  look(s, c);
  if (c->done) return;
  single_fds(s, c, f);
  const struct timespec t = {.tv_nsec = may_pull(s, c) ? 0 : wait};
  if (ppoll(f, SINGLE_FDS, &t, NULL) < 0) {
    if (errno != EINTR) single_kill(s, "it cannot be waited for");
    return;
  }
  c->deaf |= (f[4].revents && c->caller->host->cancelled(c->caller) == 0); /* readable, yet nobody cancelled: by asking, then */
  serve(s, c, f);
}

void single_wait(worker_single *s, single_call *c) {
  single_begin(s, c);
  while (!c->done) single_round(s, c, TICK);
}

void single_call_free(single_call *c) {
  buf_free(&c->text);
  buf_free(&c->patch);
  arena_free(&c->memory);
}
