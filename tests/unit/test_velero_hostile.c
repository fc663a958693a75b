/* test_velero_hostile.c -- peers that do not keep to HTTP/2 or gRPC: each is refused, and the next one served.  SPDX-License-Identifier: Apache-2.0 */
#include "velero.h"
#include <nghttp2/nghttp2.h>

/* ---- frames by hand */
typedef struct peer {
  int fd;
  buf in; /* what the server said */
  bool closed;
} peer;
static void frame(buf *b, uint8_t type, uint8_t flags, uint32_t id, str body) {
  const char head[9] = {(char)(body.len >> 16), (char)(body.len >> 8), (char)body.len,  (char)type, (char)flags,
                        (char)(id >> 24),       (char)(id >> 16),      (char)(id >> 8), (char)id};
  buf_add(b, head, 9);
  buf_adds(b, body);
}
static void length(buf *b, size_t n) { /* HPACK's integer of 7 bits, no Huffman code */
  if (n < 127) return buf_addc(b, (char)n);
  buf_addc(b, 127);
  for (n -= 127; n >= 128; n >>= 7) buf_addc(b, (char)((n & 127) | 128));
  buf_addc(b, (char)n);
}
static void header(buf *b, const char *name, str value) {
  buf_addc(b, 0); /* a literal that is not indexed */
  length(b, strlen(name));
  buf_addz(b, name);
  length(b, value.len);
  buf_adds(b, value);
}
static void request(buf *b, const char *path) {
  header(b, ":method", STR("POST"));
  header(b, ":scheme", STR("http"));
  header(b, ":path", str_of(path));
  header(b, ":authority", STR("localhost"));
  header(b, "content-type", STR("application/grpc"));
  header(b, "te", STR("trailers"));
}
static void preface(buf *b) {
  buf_addz(b, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  frame(b, 4, 0, 0, STR(""));
}
static void headers(buf *b, uint32_t id, const char *path, bool last) {
  buf h = {0};
  request(&h, path);
  frame(b, 1, 4 | (last ? 1 : 0), id, buf_str(&h));
  buf_free(&h);
}

/* Sends all of it, reading meanwhile; then reads until the server closes or says nothing more for a while after the end of stream 1. */
static bool complete(const peer *p, uint32_t id) { /* END_STREAM or RST_STREAM of id, or GOAWAY with an error */
  for (size_t i = 0; i + 9 <= p->in.len;) {
    const unsigned char *f = (const unsigned char *)p->in.data + i;
    size_t n = (size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2];
    if (i + 9 + n > p->in.len) return false;
    uint32_t on = (uint32_t)f[5] << 24 | (uint32_t)f[6] << 16 | (uint32_t)f[7] << 8 | f[8];
    if (on == id && (f[3] == 3 || ((f[3] == 0 || f[3] == 1) && f[4] & 1))) return true;
    if (f[3] == 7) return true;
    i += 9 + n;
  }
  return false;
}
static void talk(peer *p, const served *s, const buf *b, uint32_t until) {
  size_t at = 0;
  *p = (peer){.fd = dial(s)};
  fcntl(p->fd, F_SETFL, O_NONBLOCK);
  while (!p->closed && !complete(p, until)) {
    char part[4096];
    struct pollfd w = {.fd = p->fd, .events = (short)(POLLIN | (at < b->len ? POLLOUT : 0))};
    ck_assert_int_gt(poll(&w, 1, 10000), 0);
    if (w.revents & POLLOUT) {
      ssize_t n = send(p->fd, b->data + at, b->len - at, MSG_NOSIGNAL);
      if (n > 0) at += (size_t)n;
    }
    if (w.revents & (POLLIN | POLLHUP | POLLERR)) {
      ssize_t n = recv(p->fd, part, sizeof part, 0);
      if (n > 0) buf_add(&p->in, part, (size_t)n);
      else if (n == 0 || errno != EAGAIN) p->closed = true;
    }
  }
}
static bool says(const peer *p, const char *text) { return memmem(buf_str(&p->in).ptr, p->in.len, text, strlen(text)) != NULL; }
/* The error code of GOAWAY (7), RST_STREAM (3); -1: there was none. */
static int64_t code_of(const peer *p, unsigned type) {
  for (size_t i = 0; i + 9 <= p->in.len;) {
    const unsigned char *f = (const unsigned char *)p->in.data + i, *at = f + 9 + (type == 7 ? 4 : 0);
    if (f[3] == type) return (int64_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
    i += 9 + ((size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2]);
  }
  return -1;
}
static void done(peer *p) {
  close(p->fd);
  buf_free(&p->in);
}

static served s;
static void setup(void) { serve(&s, NULL); }
static void teardown(void) { /* the server is as it was */
  asked a;
  grpc_conn *c = connect_grpc(&s);
  ask(c, "/test/Echo", STR("alive"), &a);
  ck_assert_str_eq(buf_z(&a.all), "alive");
  buf_free(&a.all);
  grpc_conn_free(c);
  serve_end(&s);
}

/* ---- gRPC's rules: a status, and the connection goes on */
/* grpc-status of the answer; UINT32_MAX: none. */
static uint32_t grpc_status_of(const peer *p) {
  nghttp2_hd_inflater *inflater;
  uint32_t code = UINT32_MAX;
  ck_assert_int_eq(nghttp2_hd_inflate_new(&inflater), 0);
  for (size_t i = 0; i + 9 <= p->in.len;) {
    const unsigned char *f = (const unsigned char *)p->in.data + i;
    size_t n = (size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2];
    const uint8_t *at = f + 9, *end = at + n;
    for (int flags = 0; f[3] == 1 && !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
      nghttp2_nv nv;
      ssize_t used = nghttp2_hd_inflate_hd2(inflater, &nv, &flags, at, (size_t)(end - at), 1);
      ck_assert_int_ge(used, 0);
      at += used;
      if (flags & NGHTTP2_HD_INFLATE_EMIT && nv.namelen == 11 && memcmp(nv.name, "grpc-status", 11) == 0)
        code = (uint32_t)atoi((char *)nv.value);
      if (!(flags & NGHTTP2_HD_INFLATE_EMIT) && at == end) break;
    }
    if (f[3] == 1) nghttp2_hd_inflate_end_headers(inflater);
    i += 9 + n;
  }
  nghttp2_hd_inflate_del(inflater);
  return code;
}

static const struct message_row {
  const char *path;
  str data;
  uint32_t code;
} messages[] = {
    {"/test/Echo", {"\1\0\0\0\1x", 6}, GRPC_UNIMPLEMENTED},              /* compressed */
    {"/test/Echo", {"\0\4\0\0\1x", 6}, GRPC_RESOURCE_EXHAUSTED},         /* announces 64 MiB and a byte */
    {"/test/Echo", {"\0\377\377\377\377x", 6}, GRPC_RESOURCE_EXHAUSTED}, /* 4 GiB */
    {"/test/Echo", {"\0\0\0\0\5xy", 7}, GRPC_INTERNAL},                  /* ends within a message */
    {"/test/Echo", {"\0\0", 2}, GRPC_INTERNAL},                          /* within a prefix */
    {"/test/Echo", {"", 0}, GRPC_UNIMPLEMENTED},                         /* no message */
    {"/test/Echo", {"\0\0\0\0\1x\0\0\0\0\1y", 12}, GRPC_UNIMPLEMENTED},  /* two */
    {"/test/None", {"\0\0\0\0\0", 5}, GRPC_UNIMPLEMENTED},
    {"/generated.ObjectStore/PutObject", {"\0\0\0\0\1x\1\0\0\0\1y", 12}, GRPC_UNIMPLEMENTED},
    {"/grpc.health.v1.Health/Check", {"\0\0\0\0\1\377", 6}, GRPC_INTERNAL}, /* no protobuf */
    {"/plugin.GRPCController/Shutdown", {"", 0}, GRPC_UNIMPLEMENTED},
};
START_TEST(bad_messages) {
  const struct message_row *r = &messages[_i];
  peer p;
  buf b = {0};
  preface(&b);
  headers(&b, 1, r->path, false);
  frame(&b, 0, 1, 1, r->data);
  talk(&p, &s, &b, 1);
  ck_assert_uint_eq(grpc_status_of(&p), r->code);
  done(&p);
  buf_free(&b);
}
END_TEST

START_TEST(large_headers) {
  static char big[17000];
  peer p;
  buf b = {0}, h = {0};
  memset(big, 'x', sizeof big);
  request(&h, "/test/Echo");
  header(&h, "more", (str){big, sizeof big});
  preface(&b);
  frame(&b, 1, 1, 1, (str){h.data, 16000}); /* END_STREAM; goes on */
  frame(&b, 9, 4, 1, (str){h.data + 16000, h.len - 16000});
  talk(&p, &s, &b, 1);
  ck_assert_uint_eq(grpc_status_of(&p), GRPC_RESOURCE_EXHAUSTED);
  done(&p);
  buf_free(&b);
  buf_free(&h);
}
END_TEST

START_TEST(what_is_no_grpc) {
  peer p;
  buf b = {0}, h = {0};
  preface(&b);
  header(&h, ":method", STR("GET"));
  header(&h, ":scheme", STR("http"));
  header(&h, ":path", STR("/"));
  header(&h, ":authority", STR("localhost"));
  frame(&b, 1, 5, 1, buf_str(&h));
  talk(&p, &s, &b, 1);
  ck_assert(says(&p, "This is a gRPC server"));
  ck_assert_uint_eq(grpc_status_of(&p), UINT32_MAX);
  done(&p);
  buf_free(&b);
  buf_free(&h);
}
END_TEST

START_TEST(a_path_without_its_slash) { /* malformed to HTTP/2 too */
  peer p;
  buf b = {0};
  preface(&b);
  headers(&b, 1, "test/Echo", true);
  talk(&p, &s, &b, 1);
  ck_assert_uint_eq(grpc_status_of(&p), GRPC_UNIMPLEMENTED);
  done(&p);
  buf_free(&b);
}
END_TEST

/* ---- HTTP/2's: the connection ends */
enum flood { RESETS, SETTINGS, PINGS, EMPTY_DATA, CONTINUATIONS, SMALL_HEADERS, FLOODS };
static void flood(buf *b, int what) {
  buf h = {0};
  if (what == EMPTY_DATA) headers(b, 1, "/generated.ObjectStore/PutObject", false);
  if (what == CONTINUATIONS) request(&h, "/test/Echo"), frame(b, 1, 0, 1, buf_str(&h));
  if (what == SMALL_HEADERS) { /* one byte each on the wire, a kilobyte each once decoded */
    static char big[1000];
    memset(big, 'x', sizeof big);
    buf_addc(&h, 0x40);
    length(&h, 4);
    buf_addz(&h, "more");
    length(&h, sizeof big);
    buf_add(&h, big, sizeof big);
    for (int i = 0; i < 10000; i++) buf_addc(&h, (char)0xbe);
    frame(b, 1, 5, 1, buf_str(&h));
  }
  for (uint32_t i = 0; i < 20000; i++) {
    if (what == RESETS) headers(b, 2 * i + 1, "/test/Echo", false), frame(b, 3, 0, 2 * i + 1, (str){"\0\0\0\10", 4});
    if (what == SETTINGS) frame(b, 4, 0, 0, STR(""));
    if (what == PINGS) frame(b, 6, 0, 0, STR("12345678"));
    if (what == EMPTY_DATA) frame(b, 0, 0, 1, STR(""));
    if (what == CONTINUATIONS) frame(b, 9, 0, 1, (str){"\0\1a\1b", 5});
  }
  buf_free(&h);
}
START_TEST(floods) {
  peer p;
  buf b = {0};
  preface(&b);
  flood(&b, _i);
  talk(&p, &s, &b, 0); /* until GOAWAY, or the end: what we still send may have torn it away */
  int64_t code = code_of(&p, 7);
  ck_assert_msg(code == 11 || (p.closed && code < 0) || (code > 0 && _i == CONTINUATIONS), "flood %d: %lld", _i, (long long)code);
  done(&p);
  buf_free(&b);
}
END_TEST

#define BYTES(literal) \
  { literal, sizeof(literal) - 1 }
#define HELLO "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
static const str rubbish[] = {BYTES("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                              BYTES("\x16\x03\x01\x02\0\1\0\1\xfc\x03\x03 rubbish of TLS"),
                              BYTES(HELLO "\0\0\1\0\0\0\0\0\0x"),                       /* no settings first */
                              BYTES(HELLO "\0\0\0\4\0\0\0\0\0\0\0\1\0\0\0\0\0\0x"),     /* DATA on stream 0 */
                              BYTES(HELLO "\377\377\377\4\0\0\0\0\0"),                  /* too large a frame */
                              BYTES(HELLO "\0\0\0\4\0\0\0\0\0\0\0\1\1\5\0\0\0\1\377")}; /* no HPACK */
START_TEST(rubbish_is_hung_up_on) {
  peer p;
  buf b = {0};
  buf_adds(&b, rubbish[_i]);
  talk(&p, &s, &b, 0);
  ck_assert(p.closed || code_of(&p, 7) > 0);
  done(&p);
  buf_free(&b);
}
END_TEST

START_TEST(half_a_frame_and_gone) {
  buf b = {0};
  preface(&b);
  headers(&b, 1, "/generated.ObjectStore/PutObject", false);
  frame(&b, 0, 0, 1, (str){"\0\0\0\0\1x\0\0\0\0\5h", 12});
  for (size_t n = 1; n <= b.len; n++) {
    int fd = dial(&s);
    ck_assert_int_eq(send(fd, b.data, n, MSG_NOSIGNAL), (ssize_t)n);
    close(fd);
  }
  buf_free(&b);
}
END_TEST

START_TEST(pings_are_answered) { /* also when nothing else is to be sent, which the last one waits for in vain */
  static const char *const acks[] = {"\x08\6\1....first..1", "\x08\6\1....second.2"};
  buf b = {0};
  preface(&b);
  frame(&b, 6, 0, 0, STR("first..1"));
  frame(&b, 6, 0, 0, STR("second.2"));
  peer p = {.fd = dial(&s)};
  ck_assert_int_eq(send(p.fd, b.data, b.len, MSG_NOSIGNAL), (ssize_t)b.len);
  for (int i = 0; i < 2; i++) {
    char ack[16];
    memcpy(ack, acks[i], 15);
    memset(ack + 3, 0, 4);
    while (!p.in.data || !memmem(p.in.data, p.in.len, ack, 15)) {
      char part[4096];
      struct pollfd w = {.fd = p.fd, .events = POLLIN};
      ck_assert_int_eq(poll(&w, 1, 1000), 1);
      ssize_t n = recv(p.fd, part, sizeof part, 0);
      ck_assert_int_gt(n, 0);
      buf_add(&p.in, part, (size_t)n);
    }
  }
  done(&p);
  buf_free(&b);
}
END_TEST

START_TEST(a_reader_that_does_not_read) { /* its stream stops at the windows; others go on */
  asked slow;
  grpc_conn *c = connect_grpc(&s);
  grpc_stream *many = begin(c, "/test/Many", &slow, 0);
  grpc_stream_send(many, STR("1000000"));
  grpc_stream_end(many);
  ck_assert_int_eq(grpc_conn_flush(c, NULL), PINTLE_OK);
  while (!atomic_load(&calls_open)) usleep(1000);
  for (int i = 0; i < 20; i++) {
    asked a;
    grpc_conn *other = connect_grpc(&s);
    ask(other, "/test/Echo", STR("x"), &a);
    ck_assert_int_eq(a.st, PINTLE_OK);
    buf_free(&a.all);
    grpc_conn_free(other);
  }
  grpc_conn_free(c);
  while (atomic_load(&calls_open)) usleep(1000);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("velero_hostile");
  TCase *tc = tcase_create("all");
  tcase_add_checked_fixture(tc, setup, teardown);
  tcase_add_loop_test(tc, bad_messages, 0, sizeof messages / sizeof *messages);
  tcase_add_loop_test(tc, floods, 0, FLOODS);
  tcase_add_loop_test(tc, rubbish_is_hung_up_on, 0, sizeof rubbish / sizeof *rubbish);
  const TTest *const tests[] = {large_headers,         what_is_no_grpc,    a_path_without_its_slash,
                                half_a_frame_and_gone, pings_are_answered, a_reader_that_does_not_read};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(tc, tests[i]);
  tcase_set_timeout(tc, 15);
  suite_add_tcase(suite, tc);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
