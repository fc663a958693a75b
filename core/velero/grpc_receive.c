/* grpc_receive.c -- what comes in: headers, messages, ends.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/grpc_inside.h"
#include <stdlib.h>

enum { FIRST_ROOM = 1 << 20 }; /* a peer that only announces a large message gets no more than that */

/* ---- headers */
static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *ctx) {
  grpc_conn *c = ctx;
  if (!c->server || frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  grpc_stream *s = grpc_stream_make(c);
  if (!s) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  s->id = frame->hd.stream_id;
  nghttp2_session_set_stream_user_data(session, s->id, s);
  return 0;
}

static bool is_grpc_type(str type) {
  static const char name[] = "application/grpc";
  return str_starts(type, name) && (type.len == sizeof name - 1 || strchr("+;", type.ptr[sizeof name - 1]));
}

static int request_header(grpc_stream *s, str name, str value) {
  if (str_is(name, ":path")) {
    free(s->method); /* once only: nghttp2 refuses a second */
    s->method = strndup(value.ptr, value.len);
    if (!s->method) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  } else if (str_is(name, ":method")) {
    s->is_post = str_is(value, "POST");
    s->is_head = str_is(value, "HEAD");
  } else if (str_is(name, "content-type")) {
    s->is_grpc = is_grpc_type(value);
  } else if (str_is(name, "grpc-timeout")) {
    int64_t left;
    s->bad_timeout = grpc_timeout_parse(value, &left) != PINTLE_OK;
    if (!s->bad_timeout && __builtin_add_overflow(clock_monotonic(), left, &s->deadline)) s->deadline = 0;
  }
  return 0;
}

static uint32_t number(str s) {
  uint32_t n = 0;
  for (size_t i = 0; i < s.len; i++) {
    if (i > 5 || s.ptr[i] < '0' || s.ptr[i] > '9') return UINT32_MAX;
    n = n * 10 + (uint32_t)(s.ptr[i] - '0');
  }
  return s.len ? n : UINT32_MAX;
}

static int answer_header(grpc_stream *s, str name, str value) {
  if (str_is(name, ":status")) s->http_status = number(value);
  else if (str_is(name, "content-type")) s->is_grpc = is_grpc_type(value);
  else if (str_is(name, "grpc-status")) {
    s->code = number(value);
    if (s->code > GRPC_UNAUTHENTICATED) s->code = GRPC_UNKNOWN;
    s->has_code = true;
  } else if (str_is(name, "grpc-message")) {
    buf_clear(&s->message);
    grpc_percent_decode(value, &s->message);
  } else if (str_is(name, "grpc-status-details-bin")) {
    buf_clear(&s->details);
    buf_adds(&s->details, value);
  }
  return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_len, const uint8_t *value,
                     size_t value_len, uint8_t flags, void *ctx) {
  grpc_conn *c = ctx;
  grpc_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  (void)flags;
  if (!s) return 0;
  s->header_bytes += name_len + value_len + 32; /* as RFC 9113 counts them */
  if (s->header_bytes > 4 * GRPC_MAX_HEADERS) { /* small on the wire, endless in memory */
    if (!c->fault) nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM);
    c->fault = "the peer sends headers without end";
    return 0;
  }
  if (s->header_bytes > GRPC_MAX_HEADERS) return 0;
  str n = {(const char *)name, name_len}, v = {(const char *)value, value_len};
  return c->server ? request_header(s, n, v) : answer_header(s, n, v);
}

static void request_complete(grpc_stream *s) {
  grpc_conn *c = s->conn;
  if (!s->is_post || !s->is_grpc) s->deaf = s->plain = true; /* answered at its end, as HTTP does */
  else if (s->header_bytes > GRPC_MAX_HEADERS) grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "the headers are larger than 16 KiB");
  else if (s->bad_timeout) grpc_stream_refuse(s, GRPC_INTERNAL, "grpc-timeout is no timeout");
  else if (!s->method || s->method[0] != '/') grpc_stream_refuse(s, GRPC_UNIMPLEMENTED, "the method does not begin with a slash");
  else {
    s->told = true;
    if (c->events.opened) c->events.opened(c->ctx, s);
  }
}

static void answer_complete(grpc_stream *s) {
  if (s->header_bytes > GRPC_MAX_HEADERS)
    grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "the headers of the answer are larger than 16 KiB");
  else if (s->http_status / 100 != 1 && (s->http_status != 200 || !s->is_grpc)) s->deaf = true; /* its text is no message */
}

/* ---- messages */
static void grant(grpc_stream *s) {
  if (s->outstanding > GRPC_AHEAD || s->owed == 0) return;
  nghttp2_session_consume_stream(s->conn->session, s->id, s->owed);
  s->owed = 0;
}

void grpc_stream_taken(grpc_stream *s, size_t bytes) {
  s->outstanding -= bytes < s->outstanding ? bytes : s->outstanding;
  grant(s);
}

static void deliver(grpc_stream *s) {
  grpc_conn *c = s->conn;
  buf whole = s->in;
  size_t size = whole.len;
  s->in = (buf){0};
  s->have = 0;
  c->held -= size;
  s->outstanding += size;
  if (c->events.message) c->events.message(c->ctx, s, &whole);
  if (whole.data) s->outstanding -= size < s->outstanding ? size : s->outstanding;
  buf_free(&whole);
}

static bool announced(grpc_stream *s) {
  const unsigned char *p = s->prefix;
  s->want = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
  if (p[0] != 0) grpc_stream_refuse(s, GRPC_UNIMPLEMENTED, "compressed messages are not taken");
  else if (s->want > GRPC_MAX_MESSAGE) grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "a message is larger than 64 MiB");
  else if (!buf_reserve(&s->in, s->want < FIRST_ROOM ? s->want : FIRST_ROOM))
    grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "out of memory");
  else return true;
  return false;
}

static size_t feed(grpc_stream *s, const char *p, size_t n) {
  if (s->have < GRPC_PREFIX) {
    size_t k = GRPC_PREFIX - s->have < n ? GRPC_PREFIX - s->have : n;
    memcpy(s->prefix + s->have, p, k);
    s->have += k;
    if (s->have == GRPC_PREFIX && announced(s) && s->want == 0) deliver(s);
    return k;
  }
  size_t k = s->want - s->in.len < n ? s->want - s->in.len : n;
  if (s->conn->held + k > GRPC_MAX_HELD) return grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "too many large messages at once"), n;
  buf_add(&s->in, p, k);
  if (s->in.failed) return grpc_stream_refuse(s, GRPC_RESOURCE_EXHAUSTED, "out of memory"), n;
  s->conn->held += k;
  if (s->in.len == s->want) deliver(s);
  return k;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data, size_t n, void *ctx) {
  grpc_conn *c = ctx;
  grpc_stream *s = nghttp2_session_get_stream_user_data(session, id);
  const char *p = (const char *)data;
  (void)flags;
  nghttp2_session_consume_connection(session, n); /* one slow call does not stop the others */
  if (!s) return 0;
  c->calm++;
  s->owed += n;
  while (n > 0 && !s->deaf) {
    size_t k = feed(s, p, n);
    p += k, n -= k;
  }
  grant(s);
  return 0;
}

/* ---- ends */
static void input_ended(grpc_stream *s) {
  grpc_conn *c = s->conn;
  if (s->ended) return;
  s->ended = true;
  if (s->plain && !s->is_post) grpc_stream_answer_plain(s, "405", STR("This is a gRPC server: it takes POST only.\n"));
  else if (s->plain) grpc_stream_answer_plain(s, "415", STR("This is a gRPC server: it takes application/grpc only.\n"));
  else if (!s->deaf && s->have > 0) grpc_stream_refuse(s, GRPC_INTERNAL, "the stream ends within a message");
  else if (s->told && c->events.ended) c->events.ended(c->ctx, s);
}

static bool costs_nothing(const nghttp2_frame *f) {
  switch (f->hd.type) {
  case NGHTTP2_RST_STREAM:
  case NGHTTP2_PRIORITY: return true;
  case NGHTTP2_PING:
  case NGHTTP2_SETTINGS: return !(f->hd.flags & NGHTTP2_FLAG_ACK);
  case NGHTTP2_DATA: return f->hd.length == 0 && !(f->hd.flags & NGHTTP2_FLAG_END_STREAM);
  default: return false;
  }
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx) {
  grpc_conn *c = ctx;
  if (costs_nothing(frame)) grpc_conn_calm(c);
  grpc_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (!s || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) return 0;
  bool last = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
  if (frame->hd.type == NGHTTP2_HEADERS) {
    if (!c->server) s->whole = last && s->has_code, answer_complete(s);
    else if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) request_complete(s);
  }
  if (last) input_ended(s);
  return 0;
}

static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *ctx) {
  grpc_stream *s = nghttp2_session_get_stream_user_data(session, id);
  (void)ctx;
  if (!s) return 0;
  nghttp2_session_set_stream_user_data(session, id, NULL);
  s->http_error = code;
  grpc_stream_drop(s);
  return 0;
}

void grpc_receive_callbacks(nghttp2_session_callbacks *cb) {
  nghttp2_session_callbacks_set_on_begin_headers_callback(cb, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(cb, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(cb, on_data);
  nghttp2_session_callbacks_set_on_frame_recv_callback(cb, on_frame);
  nghttp2_session_callbacks_set_on_stream_close_callback(cb, on_close);
}
