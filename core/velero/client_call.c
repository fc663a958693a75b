/* client_call.c -- one call to a Go plugin, with a limit and a way out.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/client_inside.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>

enum { TICK_MS = 200, CANCEL = 8 /* HTTP/2's code */ };

typedef struct call {
  const velero_request *r;
  velero_process *process;
  buf *response;
  bool closed, answered, fed; /* fed: no more requests */
  pintle_status st;           /* of the server, or of ours when `stopped` */
  bool stopped;
  error *e;
} call;

/* ---- events */
static void stop(call *c, grpc_stream *stream, pintle_status st) {
  c->stopped = true;
  c->st = st;
  grpc_stream_reset(stream, CANCEL);
}

static void on_message(void *ctx, grpc_stream *stream, buf *message) {
  call *c = grpc_stream_owner(stream);
  (void)ctx;
  if (!c || c->stopped) return;
  if (c->r->each) {
    pintle_status st = c->r->each(c->r->ctx, buf_str(message));
    if (st != PINTLE_OK) error_set(c->e, st, "the stream of %s was ended by its reader", c->r->method), stop(c, stream, st);
  } else if (c->answered) stop(c, stream, error_set(c->e, PINTLE_FAILED, "%s was answered twice", c->r->method));
  else {
    size_t n = message->len;
    if (c->response) buf_free(c->response), *c->response = *message, *message = (buf){0};
    if (c->response) grpc_stream_taken(stream, n);
  }
  c->answered = true;
}

static void on_closed(void *ctx, grpc_stream *stream) {
  call *c = grpc_stream_owner(stream);
  (void)ctx;
  if (!c) return;
  c->closed = true;
  if (c->stopped) return;
  c->st = grpc_stream_error(stream, c->e);
  if (c->st == PINTLE_OK && !c->answered && !c->r->each) c->st = error_set(c->e, PINTLE_FAILED, "%s ended without an answer", c->r->method);
}

const grpc_events client_events = {.message = on_message, .closed = on_closed};

/* ---- waiting */
bool client_stopped(const velero_process *p) { return p->o.cancelled && p->o.cancelled(p->o.ctx) != 0; }

static int patience(const velero_process *p, int64_t until, int64_t now) {
  int64_t ms = p->o.cancelled && !p->o.cancel_fd ? TICK_MS : 60000;
  if (until && (until - now) / 1000000 + 1 < ms) ms = (until - now) / 1000000 + 1;
  return (int)ms;
}

pintle_status client_wait(velero_process *p, int fd, short events, int64_t until, error *e) {
  int64_t now = clock_monotonic();
  if (client_stopped(p)) return error_set(e, PINTLE_CANCELLED, "cancelled");
  if (until && now >= until) return error_set(e, PINTLE_TIMED_OUT, "%s did not answer in time", p->path);
  struct pollfd all[] = {{.fd = fd, .events = events},
                         {.fd = p->err, .events = POLLIN},
                         {.fd = p->out, .events = POLLIN},
                         {.fd = p->reaped ? -1 : p->pidfd, .events = POLLIN},
                         {.fd = p->o.cancel_fd ? p->o.cancel_fd(p->o.ctx) : -1, .events = POLLIN}};
  if (poll(all, 5, patience(p, until, now)) < 0 && errno != EINTR) return error_errno(e, errno, "cannot wait for %s", p->path);
  if (all[3].revents) client_reap(p, 0);
  if (all[1].revents || all[2].revents) client_drain(p);
  return PINTLE_OK;
}

/* ---- a call */
/* One more message of the client's stream, if little waits: our memory does not grow with a slow server. */
static bool feed(call *c, grpc_stream *stream) {
  str m;
  if (c->fed || grpc_stream_waiting(stream) >= GRPC_WINDOW / 4) return false;
  pintle_status st = c->r->next(c->r->ctx, &m);
  if (st == PINTLE_NOT_FOUND) c->fed = true, grpc_stream_end(stream);
  else if (st != PINTLE_OK) error_set(c->e, st, "the stream of %s was ended by its writer", c->r->method), stop(c, stream, st);
  else if (!grpc_stream_send(stream, m)) stop(c, stream, error_nomem(c->e));
  return true;
}

static void lost(velero_process *p, call *c, const error *why) {
  char how[100];
  p->broken = true;
  client_reap(p, clock_monotonic() + CLOCK_SECOND / 2); /* a connection closes a little before its process ends */
  client_drain(p);
  client_how(p, how, sizeof how);
  c->st = PINTLE_FAILED;
  if (why->status == PINTLE_INVALID)
    error_set(c->e, PINTLE_FAILED, "%s breaks the protocol during %s: %s", p->path, c->r->method, why->message);
  else error_set(c->e, PINTLE_FAILED, "%s %s during %s%s%s", p->path, how, c->r->method, p->words[0] ? ": " : "", p->words);
}

static void work(velero_process *p, call *c, grpc_stream *stream) {
  error why;
  error_clear(&why);
  while (!c->closed && !c->stopped) {
    bool more = feed(c, stream);
    pintle_status st = more ? PINTLE_OK : client_wait(p, grpc_conn_fd(p->conn), grpc_conn_wants(p->conn), c->r->deadline, c->e);
    if (st != PINTLE_OK) stop(c, stream, st);
    p->pumping = true;
    pintle_status alive = grpc_conn_pump(p->conn, &why); /* sends a reset, too */
    p->pumping = false;
    if (alive != PINTLE_OK || p->reaped) p->broken = true;
    if (p->broken && !c->closed && !c->stopped) lost(p, c, &why);
    if (p->broken) break;
  }
  if (!c->closed) grpc_stream_set(stream, NULL);
}

pintle_status velero_process_call(velero_process *p, const velero_request *r, buf *response, error *e) {
  call c = {.r = r, .process = p, .response = response, .fed = !r->next, .e = e};
  int64_t left = r->deadline ? r->deadline - clock_monotonic() : 0;
  if (response) buf_clear(response);
  if (p->broken) return error_set(e, PINTLE_FAILED, "%s has ended", p->path);
  if (r->deadline && left <= 0) return error_set(e, PINTLE_TIMED_OUT, "%s was not called: its time was over", p->path);
  grpc_stream *stream = grpc_stream_open(p->conn, r->method, left);
  if (!stream) return error_set(e, PINTLE_FAILED, "%s takes no more calls", p->path), p->broken = true, PINTLE_FAILED;
  grpc_stream_set(stream, &c);
  if (!grpc_stream_send(stream, r->message)) stop(&c, stream, error_nomem(e));
  if (c.fed) grpc_stream_end(stream);
  (void)grpc_conn_flush(p->conn, NULL); /* what fails, fails again */
  work(p, &c, stream);
  client_drain(p); /* what it logged before it answered */
  return c.st;
}
