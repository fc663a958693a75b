/* fuzz_h2.c -- bytes of a peer, against a server and against a client of core/velero.  SPDX-License-Identifier: Apache-2.0
 * The first byte: bit 0, this side is the client; bit 1, the peer's preface and settings come before the rest. */
#include "velero/grpc.h"
#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct peer {
  str bytes;
  size_t streams, messages;
} peer;

static ssize_t give(void *ctx, void *to, size_t n) {
  peer *p = ctx;
  size_t k = p->bytes.len < n ? p->bytes.len : n;
  if (k) memcpy(to, p->bytes.ptr, k);
  p->bytes.ptr += k, p->bytes.len -= k;
  return (ssize_t)k; /* 0: it hangs up */
}
static ssize_t take(void *ctx, const void *p, size_t n) {
  (void)ctx, (void)p;
  return (ssize_t)n;
}

static void on_opened(void *ctx, grpc_stream *s) {
  peer *p = ctx;
  p->streams++;
  grpc_stream_set(s, p);
  if (grpc_stream_method(s)[0] != '/') abort();
}
static void on_message(void *ctx, grpc_stream *s, buf *m) {
  if (grpc_stream_owner(s) != ctx || m->len > GRPC_MAX_MESSAGE) abort();
  if (++((peer *)ctx)->messages % 2) grpc_stream_send(s, buf_str(m));
}
static void on_ended(void *ctx, grpc_stream *s) {
  static const velero_status st = {.code = GRPC_UNKNOWN, .message = "no\n", .file = "f.c", .function = "f", .line = 1};
  if (grpc_stream_owner(s) != ctx) abort();
  grpc_stream_answer(s, ((peer *)ctx)->messages % 3 ? NULL : &st);
}
static void on_closed(void *ctx, grpc_stream *s) {
  peer *p = ctx;
  error e;
  if (grpc_stream_owner(s) != ctx || p->streams-- == 0) abort();
  if (grpc_stream_error(s, &e) != PINTLE_OK && !e.message[0]) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char hello[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
  bool client = size > 0 && data[0] & 1, polite = size > 0 && data[0] & 2;
  buf in = {0};
  if (size == 0) return 0;
  if (polite && !client) buf_add(&in, hello, sizeof hello);
  if (polite && client) buf_add(&in, hello + 24, sizeof hello - 24);
  buf_add(&in, data + 1, size - 1);
  peer p = {.bytes = buf_str(&in)};
  const grpc_events server = {on_opened, on_message, on_ended, NULL, on_closed}, caller = {.message = on_message, .closed = on_closed};
  grpc_conn *c;
  if (grpc_conn_new(!client, (grpc_io){-1, &p, give, take, NULL, NULL}, client ? &caller : &server, &p, &c, NULL) != PINTLE_OK) abort();
  for (int i = 0; client && i < 3; i++) {
    grpc_stream *s = grpc_stream_open(c, "/test/Echo", 0);
    if (!s) abort();
    p.streams++;
    grpc_stream_set(s, &p);
    grpc_stream_send(s, STR("hello"));
    if (i) grpc_stream_end(s);
  }
  while (grpc_conn_pump(c, NULL) == PINTLE_OK) {}
  grpc_conn_free(c);
  if (p.streams != 0) abort(); /* each that was told of was told to be over */
  buf_free(&in);
  return 0;
}
