/* server.c -- the I/O thread: accepts, waits, pumps.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "velero/server_inside.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static const int64_t alone_limit = 60 * CLOCK_SECOND, accept_pause = CLOCK_SECOND / 10;
enum { LOOK_MS = 5000 }; /* how often a server without a client looks for its parent */

static void note(velero_server *s, int32_t level, const char *what, const char *why) {
  char text[1400];
  snprintf(text, sizeof text, "%s: %s", what, why);
  if (s->o.log) s->o.log(s->o.ctx, level, str_of(text));
}

/* ---- life */
pintle_status velero_server_new(const velero_server_options *o, velero_server **out, error *e) {
  velero_server *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->o = *o;
  s->listener = -1;
  s->parent = getppid();
  s->ready_last = &s->ready;
  pthread_mutex_init(&s->lock, NULL);
  const char *client = server_variable(s, "PLUGIN_CLIENT_CERT");
  pintle_status st = PINTLE_OK;
  s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (s->wake < 0) st = error_errno(e, errno, "cannot start the server");
  if (st == PINTLE_OK && client) st = velero_tls_new(client, &s->tls, &s->certificate, e);
  if (st == PINTLE_OK) st = server_listen(s, e);
  if (st == PINTLE_OK) *out = s;
  else velero_server_free(s);
  return st;
}

void velero_server_free(velero_server *s) {
  if (!s) return;
  server_unlisten(s);
  close_p(&s->wake);
  velero_tls_free(s->tls);
  buf_free(&s->certificate);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

const char *velero_server_address(const velero_server *s) { return s->address; }

static void wake(const velero_server *s) {
  const uint64_t one = 1;
  if (write(s->wake, &one, sizeof one) < 0) return; /* a full counter wakes as well */
}

void velero_server_stop(velero_server *s) {
  int kept = errno;
  atomic_store(&s->stop, true);
  wake(s);
  errno = kept;
}

static pintle_status say_hello(velero_server *s, error *e) {
  buf line = {0};
  buf_printf(&line, "1|2|%s|grpc|%s%s\n", s->address, buf_z(&s->certificate), server_variable(s, "PLUGIN_MULTIPLEX_GRPC") ? "|false" : "");
  pintle_status st = line.failed ? error_nomem(e) : file_write(s->o.handshake, line.data, line.len, "standard output", e);
  buf_free(&line);
  return st;
}

/* ---- connections */
static void conn_end(velero_server *s, size_t i, const error *why) {
  if (why->status == PINTLE_INVALID) note(s, PINTLE_LOG_WARN, "a client's connection was closed", why->message);
  grpc_conn_free(s->conns[i].grpc);
  s->conns[i] = s->conns[--s->n_conns];
  if (s->n_conns == 0) s->alone_since = clock_monotonic();
}

static void accept_one(velero_server *s) {
  error e;
  error_clear(&e);
  int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) s->deaf_until = clock_monotonic() + accept_pause;
    return;
  }
  grpc_io io = {.fd = fd};
  file_roomy(fd);
  if (s->tls && velero_tls_accept(s->tls, fd, &io, &e) != PINTLE_OK) {
    note(s, PINTLE_LOG_WARN, "a client could not connect", e.message);
    close(fd);
  } else if (grpc_conn_new(true, io, &server_events, s, &s->conns[s->n_conns].grpc, &e) == PINTLE_OK) s->n_conns++;
  else note(s, PINTLE_LOG_WARN, "a client could not connect", e.message);
}

void server_flush(velero_server *s, grpc_conn *c) {
  if (grpc_conn_flush(c, NULL) != PINTLE_OK) return wake(s); /* the I/O thread frees it */
  for (size_t i = 0; i < s->n_conns; i++)
    if (s->conns[i].grpc == c && s->conns[i].polled && (grpc_conn_wants(c) & ~s->conns[i].polled)) wake(s);
}

/* ---- waiting. The lock is let go here only. */
/* In milliseconds, never too early; limit: -1, or not longer than that. */
static int until(int64_t then, int64_t now, int limit) {
  int64_t ms = then <= now ? 0 : (then - now) / 1000000 + 1;
  return limit >= 0 && limit < ms ? limit : ms < LOOK_MS ? (int)ms : LOOK_MS;
}

static int wait(velero_server *s, struct pollfd *p) {
  int64_t now = clock_monotonic();
  bool room = s->n_conns < SERVER_CONNECTIONS && now >= s->deaf_until;
  int limit = s->n_conns == 0 ? LOOK_MS : -1;
  int64_t due = server_overdue(s, now);
  if (now < s->deaf_until) limit = until(s->deaf_until, now, limit);
  if (due) limit = until(due, now, limit);
  p[0] = (struct pollfd){.fd = s->wake, .events = POLLIN};
  p[1] = (struct pollfd){.fd = room ? s->listener : -1, .events = POLLIN};
  for (size_t i = 0; i < s->n_conns; i++) {
    s->conns[i].polled = grpc_conn_wants(s->conns[i].grpc);
    p[i + 2] = (struct pollfd){.fd = grpc_conn_fd(s->conns[i].grpc), .events = s->conns[i].polled};
  }
  pthread_mutex_unlock(&s->lock);
  int n = poll(p, 2 + s->n_conns, limit), why = errno;
  pthread_mutex_lock(&s->lock);
  for (size_t i = 0; i < s->n_conns; i++) s->conns[i].polled = 0;
  errno = why;
  return n;
}

static void serve(velero_server *s, const struct pollfd *p) {
  uint64_t count;
  bool woken = p[0].revents && read(s->wake, &count, sizeof count) > 0;
  for (size_t i = s->n_conns; i-- > 0;) { /* backwards: the last takes the place of one that ends */
    error e;
    error_clear(&e);
    if ((p[i + 2].revents || woken) && grpc_conn_pump(s->conns[i].grpc, &e) != PINTLE_OK) conn_end(s, i, &e);
  }
  if (p[1].revents) accept_one(s);
}

static bool abandoned(const velero_server *s) {
  return s->n_conns == 0 && clock_monotonic() - s->alone_since > alone_limit && getppid() != s->parent;
}

pintle_status velero_server_run(velero_server *s, error *e) {
  struct pollfd p[SERVER_CONNECTIONS + 2];
  pintle_status st = say_hello(s, e);
  pthread_mutex_lock(&s->lock);
  s->alone_since = clock_monotonic();
  while (st == PINTLE_OK && !atomic_load(&s->stop) && !abandoned(s)) {
    int n = wait(s, p);
    if (n > 0) serve(s, p), server_hand_over(s);
    else if (n < 0 && errno != EINTR) st = error_errno(e, errno, "cannot wait for calls");
  }
  for (; s->n_conns > 0; s->n_conns--) {
    grpc_conn *c = s->conns[s->n_conns - 1].grpc;
    grpc_conn_goodbye(c);
    (void)grpc_conn_flush(c, NULL);
    grpc_conn_free(c);
  }
  pthread_mutex_unlock(&s->lock);
  return st;
}
