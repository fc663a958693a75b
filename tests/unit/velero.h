/* velero.h -- a server of core/velero in this process, and a client of one connection.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_VELERO_H
#define TEST_VELERO_H
#include "base/clock.h"
#include "velero_calls.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the server: each call on a thread of its own */
typedef struct served {
  velero_server *server;
  pthread_t thread;
  char line[4096]; /* the handshake line */
  pintle_status end;
} served;

static atomic_int calls_open;
static inline void *call_thread(void *arg) {
  serve_call(arg);
  atomic_fetch_sub(&calls_open, 1);
  return NULL;
}
static inline void serve_later(void *ctx, velero_call *c) {
  pthread_t t;
  (void)ctx;
  atomic_fetch_add(&calls_open, 1);
  ck_assert_int_eq(pthread_create(&t, NULL, call_thread, c), 0);
  pthread_detach(t);
}
static inline void *server_thread(void *arg) {
  served *s = arg;
  s->end = velero_server_run(s->server, NULL);
  return NULL;
}
static inline void serve(served *s, const char *const *environment) {
  int ends[2];
  error e;
  signal(SIGPIPE, SIG_IGN);
  ck_assert_int_eq(pipe(ends), 0);
  const velero_server_options o = {.environment = environment, .handshake = ends[1], .call = serve_later};
  ck_assert_msg(velero_server_new(&o, &s->server, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_int_eq(pthread_create(&s->thread, NULL, server_thread, s), 0);
  size_t n = 0;
  do ck_assert_int_eq(read(ends[0], s->line + n, 1), 1);
  while (s->line[n++] != '\n');
  s->line[n] = 0;
  close(ends[0]);
  close(ends[1]);
}
static inline void serve_end(served *s) {
  velero_server_stop(s->server);
  pthread_join(s->thread, NULL);
  ck_assert_int_eq(s->end, PINTLE_OK);
  while (atomic_load(&calls_open)) usleep(1000); /* calls that were cancelled come to their end */
  velero_server_free(s->server);
}

/* A socket to where the handshake line says. */
static inline int dial(const served *s) {
  const char *at = velero_server_address(s->server);
  int fd;
  if (strncmp(at, "unix|", 5) == 0) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", at + 5);
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  } else {
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(strrchr(at, ':') + 1)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
  }
  return fd;
}

/* ---- a client's call */
typedef struct asked {
  buf all; /* the answer's messages, one behind the other */
  size_t n;
  bool closed, hold; /* hold: takes nothing */
  uint32_t code;
  pintle_status st;
  error e;
} asked;
static inline void asked_message(void *ctx, grpc_stream *s, buf *m) {
  asked *a = grpc_stream_owner(s);
  (void)ctx;
  buf_adds(&a->all, buf_str(m));
  a->n++;
  if (a->hold) { /* it was taken, but is not said to be */
    buf_free(m);
  }
}
static inline void asked_closed(void *ctx, grpc_stream *s) {
  asked *a = grpc_stream_owner(s);
  (void)ctx;
  a->closed = true;
  a->code = grpc_stream_code(s);
  error_clear(&a->e);
  a->st = grpc_stream_error(s, &a->e);
}
static inline grpc_conn *connect_grpc(const served *s) {
  static const grpc_events events = {.message = asked_message, .closed = asked_closed};
  int fd = dial(s);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  grpc_conn *c;
  error e;
  ck_assert_msg(grpc_conn_new(false, (grpc_io){.fd = fd}, &events, NULL, &c, &e) == PINTLE_OK, "%s", e.message);
  return c;
}
static inline pintle_status step(grpc_conn *c) {
  struct pollfd p = {.fd = grpc_conn_fd(c), .events = grpc_conn_wants(c)};
  ck_assert_int_gt(poll(&p, 1, 20000), 0);
  return grpc_conn_pump(c, NULL);
}
static inline grpc_stream *begin(grpc_conn *c, const char *method, asked *a, int64_t timeout) {
  *a = (asked){0};
  grpc_stream *s = grpc_stream_open(c, method, timeout);
  ck_assert_ptr_nonnull(s);
  grpc_stream_set(s, a);
  return s;
}
static inline void finish(grpc_conn *c, asked *a) {
  while (!a->closed && step(c) == PINTLE_OK) {}
}
static inline void ask(grpc_conn *c, const char *method, str message, asked *a) {
  grpc_stream *s = begin(c, method, a, 0);
  ck_assert(grpc_stream_send(s, message));
  grpc_stream_end(s);
  finish(c, a);
  ck_assert(a->closed);
}
#endif
