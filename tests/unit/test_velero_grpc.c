/* test_velero_grpc.c -- gRPC both ways over one connection; texts and statuses.  SPDX-License-Identifier: Apache-2.0 */
#include "shared.pb-c.h"
#include "velero.h"
#include "velero/clean.h"

/* ---- texts */
START_TEST(percent_encoding) {
  buf b = {0}, back = {0};
  grpc_percent_encode(STR("50% of \xc3\xa4ll\n~"), &b);
  ck_assert_str_eq(buf_z(&b), "50%25 of %C3%A4ll%0A~");
  grpc_percent_decode(buf_str(&b), &back);
  ck_assert_str_eq(buf_z(&back), "50% of \xc3\xa4ll\n~");
  buf_clear(&back);
  grpc_percent_decode(STR("%zz%4%41%"), &back);
  ck_assert_str_eq(buf_z(&back), "%zz%4A%");
  buf_free(&b);
  buf_free(&back);
}
END_TEST

START_TEST(clean_text) {
  char to[10];
  ck_assert_str_eq(grpc_clean(STR("a\xff\xc3\xa4"), to, sizeof to), "a\xef\xbf\xbd\xc3\xa4");
  ck_assert_str_eq(grpc_clean(STR("12345678\xc3\xa4"), to, sizeof to), "12345678"); /* no half a character */
}
END_TEST

START_TEST(clean_messages) {
  arena memory = {0};
  char *units[] = {"plain", "x\xff", NULL};
  Generated__StackFrame frame = GENERATED__STACK_FRAME__INIT, *frames[] = {&frame};
  Generated__Stack stack = GENERATED__STACK__INIT;
  Generated__ResourceSelector selector = GENERATED__RESOURCE_SELECTOR__INIT;
  frame.file = (char[]){"\xc3"}, frame.function = (char[]){"\xc3\xa4"};
  stack.frames = frames, stack.n_frames = 1;
  ck_assert(velero_clean(&stack.base, &memory));
  ck_assert_str_eq(frame.file, "\xef\xbf\xbd");
  ck_assert_str_eq(frame.function, "\xc3\xa4");
  selector.includedresources = units, selector.n_includedresources = 2;
  selector.selector = (char[]){"\xed\xa0\x80"}; /* half of a pair */
  ck_assert(velero_clean(&selector.base, &memory));
  ck_assert_str_eq(selector.includedresources[0], "plain");
  ck_assert_str_eq(selector.includedresources[1], "x\xef\xbf\xbd");
  ck_assert_str_eq(units[1], "x\xff"); /* the owner's list */
  ck_assert_str_eq(selector.selector, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  arena_free(&memory);
}
END_TEST

START_TEST(timeouts) {
  int64_t n;
  char text[24];
  ck_assert_int_eq(grpc_timeout_parse(STR("100m"), &n), PINTLE_OK);
  ck_assert_int_eq(n, 100000000);
  ck_assert_int_eq(grpc_timeout_parse(STR("99999999H"), &n), PINTLE_OK);
  ck_assert_int_eq(n, INT64_MAX);
  const char *bad[] = {"", "1", "m", "1x", "-1S", "123456789S", "1.5S"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg(grpc_timeout_parse(str_of(bad[i]), &n) == PINTLE_INVALID, "%s", bad[i]);
  grpc_timeout_text(100000000, text); /* rounded up where a finer unit has no room */
  ck_assert_str_eq(text, "100000u");
  grpc_timeout_text(60 * CLOCK_SECOND + 1, text);
  ck_assert_str_eq(text, "60000001u");
  grpc_timeout_text(INT64_MAX, text);
  ck_assert_int_eq(grpc_timeout_parse(str_of(text), &n), PINTLE_OK);
}
END_TEST

START_TEST(stack_details) {
  const velero_status st = {.code = 2, .message = "it \xff broke", .file = "a.c", .function = "f", .line = 7};
  buf b = {0};
  char place[100];
  grpc_details_encode(&st, &b);
  ck_assert_ptr_null(strchr(buf_z(&b), '='));
  grpc_details_place(buf_str(&b), place, sizeof place);
  ck_assert_str_eq(place, "a.c:7:f");
  const char *bad[] = {"", "!!!!", "AAAA", "CAISA"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    grpc_details_place(str_of(bad[i]), place, sizeof place);
    ck_assert_str_eq(place, "");
  }
  buf_free(&b);
}
END_TEST

/* ---- calls */
START_TEST(unary_calls) {
  served s;
  asked a, b;
  serve(&s, NULL);
  ck_assert_msg(strncmp(s.line, "1|2|unix|/", 10) == 0 && strstr(s.line, "|grpc|\n"), "%s", s.line);
  grpc_conn *c = connect_grpc(&s);
  ask(c, "/test/Echo", STR("hello"), &a);
  ck_assert_int_eq(a.st, PINTLE_OK);
  ck_assert_uint_eq(a.n, 1);
  ck_assert_str_eq(buf_z(&a.all), "hello");
  buf_free(&a.all);
  ask(c, "/test/Echo", STR(""), &a);
  ck_assert_uint_eq(a.n, 1);
  ck_assert_uint_eq(a.all.len, 0);
  buf_free(&a.all);
  ask(c, "/test/Fail", STR("x"), &a);
  ck_assert_uint_eq(a.code, GRPC_UNKNOWN);
  ck_assert_int_eq(a.st, PINTLE_FAILED);
  ck_assert_str_eq(a.e.message, "50% of \xc3\xa4ll fail"); /* an error is one line */
  ck_assert_str_eq(a.e.place, "plugin.c:42:execute");
  ask(c, "/test/Nothing", STR("x"), &a);
  ck_assert_int_eq(a.st, PINTLE_UNSUPPORTED);
  ask(c, "test/Echo", STR("x"), &a);
  ck_assert_int_eq(a.st, PINTLE_UNSUPPORTED);
  ck_assert_str_eq(a.e.message, "the method does not begin with its slash, '/'");
  grpc_stream *one = begin(c, "/test/Echo", &a, 0), *two = begin(c, "/test/Echo", &b, 0); /* at the same time */
  grpc_stream_send(one, STR("1"));
  grpc_stream_send(two, STR("2"));
  grpc_stream_end(two);
  finish(c, &b);
  ck_assert_str_eq(buf_z(&b.all), "2");
  grpc_stream_end(one);
  finish(c, &a);
  ck_assert_str_eq(buf_z(&a.all), "1");
  buf_free(&a.all);
  buf_free(&b.all);
  grpc_conn_free(c);
  serve_end(&s);
}
END_TEST

START_TEST(large_messages) {
  served s;
  asked a;
  size_t n = GRPC_MAX_MESSAGE + 1;
  char *big = calloc(1, n);
  serve(&s, NULL);
  grpc_conn *c = connect_grpc(&s);
  ck_assert_ptr_nonnull(big);
  for (size_t i = 0; i < n; i += 4096) big[i] = (char)(i >> 12);
  ask(c, "/test/Echo", (str){big, GRPC_MAX_MESSAGE}, &a);
  ck_assert_int_eq(a.st, PINTLE_OK);
  ck_assert_uint_eq(a.all.len, GRPC_MAX_MESSAGE);
  ck_assert_int_eq(memcmp(a.all.data, big, GRPC_MAX_MESSAGE), 0);
  buf_free(&a.all);
  ask(c, "/test/Echo", (str){big, n}, &a);
  ck_assert_uint_eq(a.code, GRPC_RESOURCE_EXHAUSTED);
  ask(c, "/test/Echo", STR("still here"), &a);
  ck_assert_str_eq(buf_z(&a.all), "still here");
  buf_free(&a.all);
  free(big);
  grpc_conn_free(c);
  serve_end(&s);
}
END_TEST

START_TEST(streams) {
  served s;
  asked a;
  static char block[16384];
  serve(&s, NULL);
  grpc_conn *c = connect_grpc(&s);
  grpc_stream *put = begin(c, "/generated.ObjectStore/PutObject", &a, 0);
  for (int i = 0; i < 1000; i++) {
    ck_assert(grpc_stream_send(put, (str){block, sizeof block}));
    while (grpc_stream_waiting(put) > GRPC_WINDOW) ck_assert_int_eq(step(c), PINTLE_OK);
  }
  grpc_stream_end(put);
  finish(c, &a);
  ck_assert_str_eq(buf_z(&a.all), "16384000");
  buf_free(&a.all);
  ask(c, "/test/Many", STR("1000"), &a);
  ck_assert_uint_eq(a.n, 1000);
  ck_assert_uint_eq(a.all.len, 16384000);
  ck_assert_int_eq(a.st, PINTLE_OK);
  buf_free(&a.all);
  grpc_conn_free(c);
  serve_end(&s);
}
END_TEST

START_TEST(cancelling) {
  served s;
  asked a;
  serve(&s, NULL);
  grpc_conn *c = connect_grpc(&s);
  grpc_stream *hang = begin(c, "/test/Hang", &a, 0);
  grpc_stream_send(hang, STR("x"));
  grpc_stream_end(hang);
  ck_assert_int_eq(grpc_conn_flush(c, NULL), PINTLE_OK);
  while (!atomic_load(&calls_open)) usleep(1000);
  grpc_stream_reset(hang, 8);
  finish(c, &a);
  ck_assert_uint_eq(a.code, GRPC_CANCELLED);
  while (atomic_load(&calls_open)) usleep(1000);
  hang = begin(c, "/test/Hang", &a, 0); /* and by the end of the connection */
  grpc_stream_send(hang, STR("x"));
  grpc_stream_end(hang);
  ck_assert_int_eq(grpc_conn_flush(c, NULL), PINTLE_OK);
  while (!atomic_load(&calls_open)) usleep(1000);
  grpc_conn_free(c);
  ck_assert(a.closed);
  while (atomic_load(&calls_open)) usleep(1000);
  serve_end(&s);
}
END_TEST

START_TEST(a_deadline_is_watched) { /* the client sends no reset, and asks for other things meanwhile */
  served s;
  asked a, b, never;
  serve(&s, NULL);
  grpc_conn *c = connect_grpc(&s);
  int64_t begun = clock_monotonic();
  grpc_stream *half = begin(c, "/generated.ObjectStore/PutObject", &b, CLOCK_SECOND / 2); /* its request is never whole */
  grpc_stream_send(half, STR("x"));
  grpc_stream *hang = begin(c, "/test/Hang", &a, CLOCK_SECOND / 4);
  grpc_stream_send(hang, STR("x"));
  grpc_stream_end(hang);
  (void)begin(c, "/test/Hang", &never, CLOCK_SECOND / 2); /* nothing at all */
  finish(c, &a);
  ck_assert_uint_eq(a.code, GRPC_DEADLINE_EXCEEDED);
  ck_assert_int_eq(a.st, PINTLE_TIMED_OUT);
  ck_assert_int_ge(clock_monotonic() - begun, CLOCK_SECOND / 4);
  while (atomic_load(&calls_open)) usleep(1000); /* those that had begun are told */
  ck_assert_int_ge(clock_monotonic() - begun, CLOCK_SECOND / 2);
  ask(c, "/test/Echo", STR("x"), &a);
  ck_assert_str_eq(buf_z(&a.all), "x");
  buf_free(&a.all);
  grpc_conn_free(c);
  serve_end(&s);
}
END_TEST

START_TEST(own_services) {
  served s;
  asked a, b;
  serve(&s, NULL);
  grpc_conn *c = connect_grpc(&s);
  ask(c, "/grpc.health.v1.Health/Check", STR("\x0a\x06plugin"), &a);
  ck_assert_int_eq(a.st, PINTLE_OK);
  ck_assert_int_eq(memcmp(a.all.data, "\x08\x01", 3), 0);
  buf_free(&a.all);
  ask(c, "/grpc.health.v1.Health/Check", STR("\x0a\x05other"), &a);
  ck_assert_int_eq(a.st, PINTLE_NOT_FOUND);
  ask(c, "/grpc.health.v1.Health/Check", STR("\x0a\x60pl"), &a);
  ck_assert_uint_eq(a.code, GRPC_INTERNAL);
  grpc_stream *broker = begin(c, "/plugin.GRPCBroker/StartStream", &a, 0), *stdio = begin(c, "/plugin.GRPCStdio/StreamStdio", &b, 0);
  grpc_stream_send(stdio, STR(""));
  grpc_stream_end(stdio);
  (void)broker;
  asked end;
  ask(c, "/plugin.GRPCController/Shutdown", STR(""), &end);
  ck_assert_int_eq(end.st, PINTLE_OK);
  ck_assert(!a.closed && !b.closed);
  pthread_join(s.thread, NULL);
  ck_assert_int_eq(s.end, PINTLE_OK);
  char path[200];
  snprintf(path, sizeof path, "%s", velero_server_address(s.server) + 5);
  ck_assert_int_eq(access(path, F_OK), 0);
  velero_server_free(s.server);
  ck_assert_int_ne(access(path, F_OK), 0);
  grpc_conn_free(c);
}
END_TEST

START_TEST(where_it_listens) {
  served s;
  asked a;
  const char *const nowhere[] = {"PLUGIN_UNIX_SOCKET_DIR=/nonexistent", "PLUGIN_MIN_PORT=10000", "PLUGIN_MAX_PORT=25000",
                                 "PLUGIN_MULTIPLEX_GRPC=true", NULL};
  serve(&s, nowhere);
  ck_assert_msg(strncmp(s.line, "1|2|tcp|127.0.0.1:1", 19) == 0 && strstr(s.line, "|grpc||false\n"), "%s", s.line);
  grpc_conn *c = connect_grpc(&s);
  ask(c, "/test/Echo", STR("tcp"), &a);
  ck_assert_str_eq(buf_z(&a.all), "tcp");
  buf_free(&a.all);
  grpc_conn_free(c);
  serve_end(&s);
  char dir[] = "/tmp/test-velero-XXXXXX", variable[100];
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(variable, sizeof variable, "PLUGIN_UNIX_SOCKET_DIR=%s", dir);
  const char *const there[] = {variable, NULL};
  serve(&s, there);
  ck_assert_ptr_nonnull(strstr(s.line, dir));
  serve_end(&s);
  ck_assert_int_eq(rmdir(dir), 0);
  const char *const cookie[] = {"VELERO_PLUGIN=hello", NULL}, *const other[] = {"VELERO_PLUGIN=hell", NULL};
  ck_assert(velero_server_wanted(cookie) && !velero_server_wanted(other) && !velero_server_wanted(NULL));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("velero_grpc");
  TCase *tc = tcase_create("all");
  const TTest *const tests[] = {percent_encoding, clean_text, clean_messages, timeouts,     stack_details,    unary_calls,
                                large_messages,   streams,    cancelling,     own_services, where_it_listens, a_deadline_is_watched};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(tc, tests[i]);
  tcase_set_timeout(tc, 15);
  suite_add_tcase(suite, tc);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
