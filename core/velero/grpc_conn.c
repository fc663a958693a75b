/* grpc_conn.c -- a connection: its life, its bytes, its patience.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/grpc_inside.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  CONNECTION_WINDOW = 16 << 20,
  CALM_MAX = 500,
  CALM_PER_SECOND = 100 /* stricter than the library's own limit of resets, which says INTERNAL_ERROR */
};

/* ---- life */
static int make_session(grpc_conn *c) {
  nghttp2_session_callbacks *cb = NULL;
  nghttp2_option *option = NULL;
  int bad = nghttp2_session_callbacks_new(&cb);
  if (!bad) bad = nghttp2_option_new(&option);
  if (!bad) {
    grpc_receive_callbacks(cb);
    grpc_send_callbacks(cb);
    nghttp2_option_set_no_auto_window_update(option, 1);
    bad = c->server ? nghttp2_session_server_new2(&c->session, cb, c, option) : nghttp2_session_client_new2(&c->session, cb, c, option);
  }
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(cb);
  return bad;
}

static int greet(const grpc_conn *c) {
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, GRPC_WINDOW},
                                             {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, GRPC_MAX_HEADERS},
                                             {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, c->server ? GRPC_MAX_STREAMS : 0},
                                             {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
  int bad = nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings, c->server ? 3 : 4);
  return bad ? bad : nghttp2_session_set_local_window_size(c->session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW);
}

static void close_io(grpc_io *io) {
  if (io->close) io->close(io->ctx);
  close_p(&io->fd);
}

pintle_status grpc_conn_new(bool server, grpc_io io, const grpc_events *events, void *ctx, grpc_conn **out, error *e) {
  grpc_conn *c = calloc(1, sizeof *c);
  if (!c) return close_io(&io), error_nomem(e);
  c->server = server;
  c->io = io;
  c->events = *events;
  c->ctx = ctx;
  c->calm = CALM_MAX;
  c->calm_at = clock_monotonic();
  if (make_session(c) != 0 || greet(c) != 0) return grpc_conn_free(c), error_nomem(e);
  *out = c;
  return PINTLE_OK;
}

void grpc_conn_free(grpc_conn *c) {
  if (!c) return;
  c->over = true;
  while (c->streams) grpc_stream_drop(c->streams);
  nghttp2_session_del(c->session);
  close_io(&c->io);
  buf_free(&c->out);
  free(c);
}

grpc_stream *grpc_stream_make(grpc_conn *c) {
  grpc_stream *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->conn = c;
  s->out_last = &s->out;
  s->next = c->streams;
  s->link = &c->streams;
  if (s->next) s->next->link = &s->next;
  c->streams = s;
  c->n_streams++;
  return s;
}

void grpc_stream_drop(grpc_stream *s) {
  grpc_conn *c = s->conn;
  if (s->told && c->events.closed) c->events.closed(c->ctx, s);
  *s->link = s->next;
  if (s->next) s->next->link = s->link;
  c->n_streams--;
  c->held -= s->in.len;
  grpc_outgoing_free(s);
  buf *bufs[] = {&s->in, &s->trailer[0], &s->trailer[1], &s->trailer[2], &s->message, &s->details};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  free(s->method);
  free(s);
}

/* ---- patience. Frames that cost their sender nothing and us something may come in bursts, not without end; traffic (grpc_send.c, grpc_receive.c)
 * gives some back, since Go measures its windows with a ping a round trip while data flow. */
bool grpc_conn_calm(grpc_conn *c) {
  int64_t now = clock_monotonic();
  c->calm += (double)(now - c->calm_at) * CALM_PER_SECOND / (double)CLOCK_SECOND;
  c->calm_at = now;
  if (c->calm > CALM_MAX) c->calm = CALM_MAX;
  if (c->calm >= 1) return c->calm--, true;
  if (!c->fault) {
    c->fault = "the peer floods the connection with resets, pings, settings or empty frames";
    nghttp2_session_terminate_session(c->session, NGHTTP2_ENHANCE_YOUR_CALM);
  }
  return false;
}

/* ---- bytes */
static ssize_t io_read(grpc_conn *c) {
  ssize_t n;
  do n = c->io.read ? c->io.read(c->io.ctx, c->in, sizeof c->in) : recv(c->io.fd, c->in, sizeof c->in, 0);
  while (n < 0 && errno == EINTR);
  return n;
}

static ssize_t io_write(const grpc_conn *c, const char *p, size_t size) {
  ssize_t n;
  do n = c->io.write ? c->io.write(c->io.ctx, p, size) : send(c->io.fd, p, size, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}

static bool nothing_now(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

static pintle_status over(grpc_conn *c, pintle_status st, error *e, const char *why) {
  c->over = true;
  return error_set(e, st, "%s", c->fault ? c->fault : why);
}

pintle_status grpc_conn_flush(grpc_conn *c, error *e) {
  if (c->over) return error_set(e, PINTLE_FAILED, "the connection is over");
  for (;;) {
    int bad = nghttp2_session_send(c->session);
    if (bad) return over(c, bad == NGHTTP2_ERR_NOMEM ? PINTLE_NOMEM : PINTLE_FAILED, e, nghttp2_strerror(bad));
    if (c->out.failed) return over(c, PINTLE_NOMEM, e, "out of memory");
    if (c->out_at == c->out.len) return PINTLE_OK;
    ssize_t n = io_write(c, c->out.data + c->out_at, c->out.len - c->out_at);
    if (n < 0) return nothing_now() ? PINTLE_OK : over(c, PINTLE_FAILED, e, strerror(errno));
    c->out_at += (size_t)n;
    if (c->out_at == c->out.len) buf_clear(&c->out), c->out_at = 0;
  }
}

/* NOT_FOUND: nothing more for now. */
static pintle_status take_in(grpc_conn *c, error *e) {
  for (size_t total = 0; total < GRPC_READ_MAX;) {
    ssize_t n = io_read(c);
    if (n < 0) return nothing_now() ? PINTLE_OK : over(c, PINTLE_FAILED, e, strerror(errno));
    if (n == 0) return over(c, PINTLE_FAILED, e, "the peer closed the connection");
    total += (size_t)n;
    ssize_t bad = nghttp2_session_mem_recv(c->session, (const uint8_t *)c->in, (size_t)n);
    if (bad == NGHTTP2_ERR_NOMEM) return over(c, PINTLE_NOMEM, e, "out of memory");
    if (bad == NGHTTP2_ERR_FLOODED) nghttp2_session_terminate_session(c->session, NGHTTP2_ENHANCE_YOUR_CALM);
    if (bad < 0 && !c->fault) c->fault = nghttp2_strerror((int)bad);
    if (c->fault) {
      (void)grpc_conn_flush(c, NULL); /* GOAWAY, if it goes */
      return over(c, PINTLE_INVALID, e, "");
    }
    if (!c->io.read && (size_t)n < sizeof c->in) break; /* that was all */
  }
  return PINTLE_OK;
}

pintle_status grpc_conn_pump(grpc_conn *c, error *e) {
  if (c->over) return error_set(e, PINTLE_FAILED, "the connection is over");
  pintle_status st = take_in(c, e);
  if (st == PINTLE_OK) st = grpc_conn_flush(c, e);
  if (st != PINTLE_OK) return st;
  bool idle = c->out_at == c->out.len && !nghttp2_session_want_read(c->session) && !nghttp2_session_want_write(c->session);
  return idle ? over(c, c->fault ? PINTLE_INVALID : PINTLE_FAILED, e, "the connection was ended") : PINTLE_OK;
}

int grpc_conn_fd(const grpc_conn *c) { return c->io.fd; }
size_t grpc_conn_streams(const grpc_conn *c) { return c->n_streams; }

short grpc_conn_wants(const grpc_conn *c) {
  bool out = c->out_at < c->out.len || nghttp2_session_want_write(c->session);
  if (c->io.needs_input && c->io.needs_input(c->io.ctx)) out = false;
  return (short)(POLLIN | (out ? POLLOUT : 0));
}

void grpc_conn_goodbye(grpc_conn *c) {
  int32_t last = nghttp2_session_get_last_proc_stream_id(c->session);
  nghttp2_submit_goaway(c->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0);
}
