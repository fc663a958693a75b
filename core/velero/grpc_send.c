/* grpc_send.c -- what goes out: requests, messages, statuses.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/grpc_inside.h"
#include <stdio.h>
#include <stdlib.h>

static nghttp2_nv field(const char *name, str value) {
  return (nghttp2_nv){(uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value.ptr, strlen(name), value.len, NGHTTP2_NV_FLAG_NO_COPY_NAME};
}

/* ---- the queue of a stream */
void grpc_outgoing_free(grpc_stream *s) {
  for (grpc_outgoing *m; (m = s->out);) {
    s->out = m->next;
    buf_free(&m->bytes);
    free(m);
  }
  s->out_last = &s->out;
  s->waiting = 0;
}

static void wake(grpc_stream *s) {
  if (!s->deferred) return;
  s->deferred = false;
  nghttp2_session_resume_data(s->conn->session, s->id);
}

static ssize_t on_read(nghttp2_session *session, int32_t id, uint8_t *to, size_t room, uint32_t *flags, nghttp2_data_source *source,
                       void *ctx) {
  grpc_stream *s = source->ptr;
  size_t n = s->waiting < room ? s->waiting : room;
  (void)to, (void)ctx;
  if (n == 0 && !s->done) return s->deferred = true, NGHTTP2_ERR_DEFERRED;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (n < s->waiting || !s->done) return (ssize_t)n;
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (!s->conn->server || s->plain) return (ssize_t)n;
  nghttp2_nv trailers[] = {field("grpc-status", buf_str(&s->trailer[0])), field("grpc-message", buf_str(&s->trailer[1])),
                           field("grpc-status-details-bin", buf_str(&s->trailer[2]))};
  if (nghttp2_submit_trailer(session, id, trailers, s->trailer[2].len ? 3 : s->trailer[1].len ? 2 : 1) != 0)
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
  return (ssize_t)n;
}

static int on_send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *head, size_t n, nghttp2_data_source *source,
                        void *ctx) {
  grpc_conn *c = ctx;
  grpc_stream *s = source->ptr;
  (void)session, (void)frame;
  if (c->out.len >= GRPC_OUT_MAX) return NGHTTP2_ERR_WOULDBLOCK;
  buf_add(&c->out, head, 9);
  s->waiting -= n;
  c->calm++;
  while (n > 0) {
    grpc_outgoing *m = s->out;
    size_t k = m->bytes.len - m->at < n ? m->bytes.len - m->at : n;
    buf_add(&c->out, m->bytes.data + m->at, k);
    m->at += k, n -= k;
    if (m->at < m->bytes.len) break;
    s->out = m->next;
    if (!s->out) s->out_last = &s->out;
    buf_free(&m->bytes);
    free(m);
  }
  if (s->crowded && s->waiting < GRPC_WINDOW) {
    s->crowded = false;
    if (s->told && c->events.writable) c->events.writable(c->ctx, s);
  }
  return 0;
}

static ssize_t on_send(nghttp2_session *session, const uint8_t *p, size_t n, int flags, void *ctx) {
  grpc_conn *c = ctx;
  (void)session, (void)flags;
  if (c->out.len >= GRPC_OUT_MAX) return NGHTTP2_ERR_WOULDBLOCK;
  buf_add(&c->out, p, n);
  return (ssize_t)n;
}

/* An answer that is complete before the request is: the peer need not send the rest. */
static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *ctx) {
  grpc_conn *c = ctx;
  if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) grpc_conn_calm(c);
  if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR && !c->fault)
    c->fault = nghttp2_http2_strerror(frame->goaway.error_code); /* the library has found it */
  if (!c->server || !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM) || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA))
    return 0;
  grpc_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (s && !s->ended) nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, s->id, NGHTTP2_NO_ERROR);
  return 0;
}

/* A path without its slash is malformed to HTTP/2, and the library resets the stream; gRPC's clients are to read UNIMPLEMENTED. So the answer goes right
 * before the reset: HPACK's literals that are not indexed, which need no state. */
static int before_sent(nghttp2_session *session, const nghttp2_frame *frame, void *ctx) {
  static const char block[] = "\x88\0\x0c"
                              "content-type\x10"
                              "application/grpc\0\x0b"
                              "grpc-status\x02"
                              "12\0\x0c"
                              "grpc-message\x2d"
                              "the method does not begin with its slash, '/'";
  static const size_t n = sizeof block - 1;
  grpc_conn *c = ctx;
  if (!c->server || frame->hd.type != NGHTTP2_RST_STREAM || frame->rst_stream.error_code != NGHTTP2_PROTOCOL_ERROR) return 0;
  const grpc_stream *s = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
  if (!s || s->told || s->started || !s->is_post || !s->is_grpc || !s->method || s->method[0] == '/') return 0;
  const char head[] = {0,
                       0,
                       (char)n,
                       NGHTTP2_HEADERS,
                       NGHTTP2_FLAG_END_STREAM | NGHTTP2_FLAG_END_HEADERS,
                       (char)(s->id >> 24),
                       (char)(s->id >> 16),
                       (char)(s->id >> 8),
                       (char)s->id};
  buf_add(&c->out, head, sizeof head);
  buf_add(&c->out, block, n);
  return 0;
}

void grpc_send_callbacks(nghttp2_session_callbacks *cb) {
  nghttp2_session_callbacks_set_send_callback(cb, on_send);
  nghttp2_session_callbacks_set_send_data_callback(cb, on_send_data);
  nghttp2_session_callbacks_set_before_frame_send_callback(cb, before_sent);
  nghttp2_session_callbacks_set_on_frame_send_callback(cb, on_sent);
}

/* ---- requests and answers */
static nghttp2_data_provider provider(grpc_stream *s) { return (nghttp2_data_provider){.source.ptr = s, .read_callback = on_read}; }

grpc_stream *grpc_stream_open(grpc_conn *c, const char *method, int64_t timeout) {
  char text[24];
  if (c->over || c->server || !nghttp2_session_check_request_allowed(c->session)) return NULL;
  grpc_stream *s = grpc_stream_make(c);
  if (!s) return NULL;
  grpc_timeout_text(timeout, text);
  const nghttp2_nv headers[] = {field(":method", STR("POST")),
                                field(":scheme", c->io.read ? STR("https") : STR("http")),
                                field(":path", str_of(method)),
                                field(":authority", STR("localhost")),
                                field("content-type", STR("application/grpc")),
                                field("te", STR("trailers")),
                                field("grpc-timeout", str_of(text))};
  const nghttp2_data_provider data = provider(s);
  s->method = strdup(method);
  s->id = s->method ? nghttp2_submit_request(c->session, NULL, headers, timeout > 0 ? 7 : 6, &data, s) : -1;
  if (s->id < 0) return grpc_stream_drop(s), NULL;
  s->started = s->told = true;
  return s;
}

static bool start_answer(grpc_stream *s) {
  if (s->started) return true;
  const nghttp2_nv headers[] = {field(":status", STR("200")), field("content-type", STR("application/grpc"))};
  const nghttp2_data_provider data = provider(s);
  return s->started = nghttp2_submit_response(s->conn->session, s->id, headers, 2, &data) == 0;
}

bool grpc_stream_send_buf(grpc_stream *s, buf *message) {
  size_t n = message->len - GRPC_PREFIX;
  grpc_outgoing *m = s->done || message->failed || message->len < GRPC_PREFIX || n > UINT32_MAX ? NULL : calloc(1, sizeof *m);
  if (!m || (s->conn->server && !start_answer(s))) return free(m), buf_free(message), false;
  const unsigned char prefix[GRPC_PREFIX] = {0, (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8),
                                             (unsigned char)n};
  m->bytes = *message;
  *message = (buf){0};
  memcpy(m->bytes.data, prefix, sizeof prefix);
  *s->out_last = m;
  s->out_last = &m->next;
  s->waiting += m->bytes.len;
  if (s->waiting >= GRPC_WINDOW) s->crowded = true;
  wake(s);
  return true;
}

bool grpc_stream_send(grpc_stream *s, str message) {
  buf b = {0};
  buf_reserve(&b, GRPC_PREFIX + message.len);
  buf_add(&b, "\0\0\0\0", GRPC_PREFIX);
  buf_adds(&b, message);
  return grpc_stream_send_buf(s, &b);
}

void grpc_stream_end(grpc_stream *s) {
  s->done = true;
  wake(s);
}

void grpc_stream_answer(grpc_stream *s, const velero_status *status) {
  static const velero_status ok = {0};
  const velero_status *st = status ? status : &ok;
  char text[GRPC_MAX_STATUS_TEXT];
  if (s->done) return;
  grpc_clean(str_of(st->message), text, sizeof text);
  s->done = s->deaf = true;
  buf_printf(&s->trailer[0], "%u", st->code);
  grpc_percent_encode(str_of(text), &s->trailer[1]);
  if (st->code != GRPC_OK) grpc_details_encode(st, &s->trailer[2]);
  if (s->started) return wake(s);
  const nghttp2_nv all[] = {field(":status", STR("200")), field("content-type", STR("application/grpc")),
                            field("grpc-status", buf_str(&s->trailer[0])), field("grpc-message", buf_str(&s->trailer[1])),
                            field("grpc-status-details-bin", buf_str(&s->trailer[2]))};
  s->started = true;
  nghttp2_submit_response(s->conn->session, s->id, all, s->trailer[2].len ? 5 : s->trailer[1].len ? 4 : 3, NULL);
}

void grpc_stream_answer_plain(grpc_stream *s, const char *status, str text) {
  const nghttp2_nv headers[] = {field(":status", str_of(status)), field("content-type", STR("text/plain"))};
  const nghttp2_data_provider data = provider(s);
  grpc_outgoing *m = s->is_head ? NULL : calloc(1, sizeof *m);
  s->started = true;
  if (m) {
    buf_adds(&m->bytes, text);
    s->waiting = m->bytes.len;
    *s->out_last = m;
    s->out_last = &m->next;
  }
  s->done = true;
  nghttp2_submit_response(s->conn->session, s->id, headers, 2, m ? &data : NULL);
}

void grpc_stream_reset(grpc_stream *s, uint32_t code) {
  s->done = s->deaf = true;
  grpc_outgoing_free(s);
  nghttp2_submit_rst_stream(s->conn->session, NGHTTP2_FLAG_NONE, s->id, code);
}

void grpc_stream_refuse(grpc_stream *s, uint32_t code, const char *message) {
  s->deaf = true;
  if (s->conn->server) {
    const velero_status st = {.code = code, .message = message};
    return grpc_stream_answer(s, &st);
  }
  if (!s->refused) {
    s->refused = true;
    s->code = code;
    buf_clear(&s->message);
    buf_addz(&s->message, message);
  }
  grpc_stream_reset(s, NGHTTP2_CANCEL);
}

/* ---- what an owner asks */
void grpc_stream_set(grpc_stream *s, void *owner) { s->owner = owner; }
void *grpc_stream_owner(const grpc_stream *s) { return s->owner; }
grpc_conn *grpc_stream_conn(const grpc_stream *s) { return s->conn; }
const char *grpc_stream_method(const grpc_stream *s) { return s->method ? s->method : ""; }
int64_t grpc_stream_deadline(const grpc_stream *s) { return s->deadline; }
bool grpc_stream_ended(const grpc_stream *s) { return s->ended; }
bool grpc_stream_answered(const grpc_stream *s) { return s->done; }
size_t grpc_stream_waiting(const grpc_stream *s) { return s->waiting; }
