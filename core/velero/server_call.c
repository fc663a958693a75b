/* server_call.c -- a call between the I/O thread and the thread that works on it.  SPDX-License-Identifier: Apache-2.0 */
#include "velero/server_inside.h"
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void lock(velero_server *s) { pthread_mutex_lock(&s->lock); }
static void unlock(velero_server *s) { pthread_mutex_unlock(&s->lock); }

/* Its deadline is not waited for any more. */
static void untime(velero_call *c) {
  velero_call **at = &c->server->timed;
  if (!c->deadline) return;
  while (*at && *at != c) at = &(*at)->next_timed;
  if (*at) *at = c->next_timed;
}

static void messages_free(server_message *m) {
  for (server_message *next; m; m = next) {
    next = m->next;
    buf_free(&m->bytes);
    free(m);
  }
}

static void call_free(velero_call *c) {
  messages_free(c->in);
  messages_free(c->mine);
  buf_free(&c->first);
  buf_free(&c->current);
  close_p(&c->cancel_fd);
  pthread_cond_destroy(&c->moved);
  free(c->method);
  free(c);
}

static void cancel(velero_call *c) {
  const uint64_t one = 1;
  c->cancelled = true;
  if (c->cancel_fd >= 0 && write(c->cancel_fd, &one, sizeof one) < 0) return; /* a full counter is readable too */
  pthread_cond_broadcast(&c->moved);
}

static void expire(velero_server *s, velero_call *c) {
  static const velero_status late = {.code = GRPC_DEADLINE_EXCEEDED, .message = "the call's deadline has passed"};
  grpc_conn *conn = grpc_stream_conn(c->stream);
  untime(c);
  cancel(c);
  grpc_stream_answer(c->stream, &late);
  server_flush(s, conn); /* may close it, and others */
}

int64_t server_overdue(velero_server *s, int64_t now) {
  velero_call *first;
  do {
    first = s->timed;
    for (velero_call *c = first; c; c = c->next_timed)
      if (c->deadline < first->deadline) first = c;
    if (!first) return 0;
    if (now < first->deadline) return first->deadline;
    expire(s, first);
  } while (true);
}

/* ---- events, on whichever thread pumps; the lock is held */
static void on_opened(void *ctx, grpc_stream *stream) {
  static const velero_status nomem = {.code = GRPC_RESOURCE_EXHAUSTED, .message = "out of memory"};
  if (server_own_is(grpc_stream_method(stream))) return;
  velero_call *c = calloc(1, sizeof *c);
  if (c && !(c->method = strdup(grpc_stream_method(stream)))) free(c), c = NULL;
  if (!c) return grpc_stream_answer(stream, &nomem);
  c->server = ctx;
  c->stream = stream;
  c->deadline = grpc_stream_deadline(stream);
  c->streams = strcmp(c->method, "/generated.ObjectStore/PutObject") == 0;
  c->in_last = &c->in;
  c->cancel_fd = -1;
  pthread_cond_init(&c->moved, NULL);
  if (c->deadline) c->next_timed = c->server->timed, c->server->timed = c;
  grpc_stream_set(stream, c);
}

static void make_ready(velero_server *s, velero_call *c) {
  c->handed = true;
  *s->ready_last = c;
  s->ready_last = &c->next;
}

static void wake_heard(velero_server *s) {
  for (velero_call *c; (c = s->heard);) {
    s->heard = c->next_heard;
    c->is_heard = false;
    pthread_cond_signal(&c->moved);
  }
}

void server_hand_over(velero_server *s) {
  wake_heard(s);
  for (velero_call *c; (c = s->ready);) {
    s->ready = c->next;
    if (!s->ready) s->ready_last = &s->ready;
    unlock(s);
    s->o.call(s->o.ctx, c);
    lock(s);
  }
}

static void queue(velero_call *c, buf *message) {
  server_message *m = calloc(1, sizeof *m);
  if (!m) return grpc_stream_reset(c->stream, 8);
  m->bytes = *message;
  *message = (buf){0};
  *c->in_last = m;
  c->in_last = &m->next;
}

/* Its thread may wait for what came; one that was not handed over has none. */
static void hear(velero_server *s, velero_call *c) {
  if (!c->handed || c->is_heard) return;
  c->is_heard = true;
  c->next_heard = s->heard;
  s->heard = c;
}

static void on_message(void *ctx, grpc_stream *stream, buf *message) {
  static const velero_status many = {.code = GRPC_UNIMPLEMENTED, .message = "the call takes one request"};
  velero_call *c = grpc_stream_owner(stream);
  if (!c) return server_own_is(grpc_stream_method(stream)) ? server_own_message(ctx, stream, buf_str(message)) : (void)0;
  if (!c->has_first) {
    size_t size = message->len;
    c->first = *message;
    *message = (buf){0};
    c->has_first = true;
    grpc_stream_taken(stream, size);
    if (c->streams) make_ready(ctx, c);
  } else if (c->streams) queue(c, message), hear(ctx, c);
  else grpc_stream_answer(stream, &many);
}

static void on_ended(void *ctx, grpc_stream *stream) {
  static const velero_status none = {.code = GRPC_UNIMPLEMENTED, .message = "the call needs a request"};
  velero_call *c = grpc_stream_owner(stream);
  if (!c) return server_own_is(grpc_stream_method(stream)) ? server_own_ended(stream) : (void)0;
  c->ended = true;
  hear(ctx, c);
  if (!c->has_first) grpc_stream_answer(stream, &none);
  else if (!c->handed && !grpc_stream_answered(stream)) make_ready(ctx, c);
}

static void on_writable(void *ctx, grpc_stream *stream) {
  velero_call *c = grpc_stream_owner(stream);
  (void)ctx;
  if (c) pthread_cond_broadcast(&c->moved);
}

static void on_closed(void *ctx, grpc_stream *stream) {
  velero_call *c = grpc_stream_owner(stream);
  (void)ctx;
  if (!c) return;
  c->stream = NULL;
  untime(c);
  if (c->handed) cancel(c);
  else call_free(c);
}

const grpc_events server_events = {on_opened, on_message, on_ended, on_writable, on_closed};

/* ---- the other thread */
const char *velero_call_method(const velero_call *c) { return c->method; }
str velero_call_first(const velero_call *c) { return buf_str(&c->first); }
int64_t velero_call_deadline(const velero_call *c) { return c->deadline; }

/* All that came, at once; what was taken before is used up now, and the peer may send as much again. */
static pintle_status fetch(velero_call *c) {
  velero_server *s = c->server;
  pintle_status st = PINTLE_OK;
  lock(s);
  if (c->used && c->stream) {
    grpc_stream_taken(c->stream, c->used);
    server_flush(s, grpc_stream_conn(c->stream));
  }
  c->used = 0;
  while (!c->cancelled && !c->in && !c->ended) pthread_cond_wait(&c->moved, &s->lock);
  if (c->cancelled) st = PINTLE_CANCELLED;
  else if (!c->in) st = PINTLE_NOT_FOUND;
  else c->mine = c->in, c->in = NULL, c->in_last = &c->in;
  unlock(s);
  return st;
}

pintle_status velero_call_receive(velero_call *c, str *message) {
  pintle_status st = c->mine ? PINTLE_OK : fetch(c);
  if (st != PINTLE_OK) return st;
  server_message *m = c->mine;
  c->mine = m->next;
  buf_free(&c->current);
  c->current = m->bytes;
  free(m);
  *message = buf_str(&c->current);
  c->used += message->len;
  return PINTLE_OK;
}

bool velero_call_has_more(const velero_call *c) { return c->mine != NULL; }

pintle_status velero_call_send_buf(velero_call *c, buf *message) {
  velero_server *s = c->server;
  pintle_status st = message->failed ? PINTLE_NOMEM : PINTLE_OK;
  lock(s);
  while (!c->cancelled && grpc_stream_waiting(c->stream) >= GRPC_WINDOW) pthread_cond_wait(&c->moved, &s->lock);
  if (c->cancelled) st = PINTLE_CANCELLED;
  else if (grpc_stream_answered(c->stream)) st = PINTLE_CANCELLED; /* refused: the peer broke the rules */
  else if (st == PINTLE_OK && !grpc_stream_send_buf(c->stream, message)) st = PINTLE_NOMEM;
  if (st == PINTLE_OK) server_flush(s, grpc_stream_conn(c->stream));
  unlock(s);
  if (st != PINTLE_OK) buf_free(message);
  return st;
}

pintle_status velero_call_send(velero_call *c, str message) {
  buf b = {0};
  buf_reserve(&b, GRPC_PREFIX + message.len);
  buf_add(&b, "\0\0\0\0", GRPC_PREFIX);
  buf_adds(&b, message);
  return velero_call_send_buf(c, &b);
}

bool velero_call_cancelled(velero_call *c) {
  lock(c->server);
  bool is = c->cancelled;
  unlock(c->server);
  return is;
}

int velero_call_cancel_fd(velero_call *c) {
  lock(c->server);
  if (c->cancel_fd < 0) c->cancel_fd = eventfd(c->cancelled ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
  int fd = c->cancel_fd;
  unlock(c->server);
  return fd;
}

static void end(velero_call *c, const velero_status *status) {
  velero_server *s = c->server;
  untime(c);
  if (c->stream) {
    grpc_conn *conn = grpc_stream_conn(c->stream);
    grpc_stream_set(c->stream, NULL);
    grpc_stream_answer(c->stream, status);
    server_flush(s, conn);
  }
  unlock(s);
  call_free(c);
}

void velero_call_end(velero_call *c, const velero_status *status) {
  lock(c->server);
  end(c, status);
}

void velero_call_answer(velero_call *c, buf *message) {
  static const velero_status no_memory = {.code = GRPC_RESOURCE_EXHAUSTED, .message = "out of memory"};
  lock(c->server);
  bool open = !c->cancelled && c->stream && !grpc_stream_answered(c->stream);
  bool sent = !open || (!message->failed && grpc_stream_send_buf(c->stream, message));
  buf_free(message);
  end(c, sent ? NULL : &no_memory);
}
