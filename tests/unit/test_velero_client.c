/* test_velero_client.c -- a Go plugin as a child: its start, calls, logs, deaths.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "velero/client.h"
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static error e;
static buf told;
static int cancel_fd = -1;
static bool is_cancelled;

static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx;
  buf_printf(&told, "%d ", level);
  buf_adds(&told, message);
  for (size_t i = 0; i < n; i++) buf_printf(&told, " %s=%s", fields[i].key, fields[i].value);
  buf_addc(&told, '\n');
}
static int on_cancelled(void *ctx) {
  (void)ctx;
  return is_cancelled;
}
static int on_cancel_fd(void *ctx) {
  (void)ctx;
  return cancel_fd;
}

static char directory[64];
static const char *environment[3];
static pintle_status start(const char *mode, int64_t limit, velero_process **p) {
  const char *args[] = {mode, NULL};
  int fd = open(getenv("TOOL_VELERO"), O_RDONLY | O_CLOEXEC);
  ck_assert_int_ge(fd, 0);
  buf_clear(&told);
  error_clear(&e);
  const velero_process_options o = {.fd = fd,
                                    .path = "/plugins/tool",
                                    .args = mode ? args : NULL,
                                    .environment = environment,
                                    .start_timeout = limit,
                                    .log = on_log,
                                    .cancelled = on_cancelled,
                                    .cancel_fd = on_cancel_fd};
  pintle_status st = velero_process_start(&o, p, &e);
  close(fd);
  return st;
}
static size_t entries(const char *path) {
  size_t n = 0;
  DIR *d = opendir(path);
  while (readdir(d)) n++;
  closedir(d);
  return n - 2;
}
static void setup(void) {
  static char variable[80];
  snprintf(directory, sizeof directory, "/tmp/test-velero-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(directory));
  snprintf(variable, sizeof variable, "TMPDIR=%s", directory);
  environment[0] = variable;
  environment[1] = "PLUGIN_CLIENT_CERT=none of the plugin's business";
  signal(SIGPIPE, SIG_IGN);
}
static void teardown(void) { ck_assert_msg(rmdir(directory) == 0, "something was left in %s", directory); }

static pintle_status ask(velero_process *p, const char *method, const char *message, int64_t limit, buf *answer) {
  const velero_request r = {.method = method, .message = str_of(message), .deadline = limit ? clock_monotonic() + limit : 0};
  return velero_process_call(p, &r, answer, &e);
}

START_TEST(it_is_started_called_and_stopped) {
  velero_process *p;
  buf answer = {0};
  ck_assert_msg(start(NULL, 0, &p) == PINTLE_OK, "%s", e.message);
  ck_assert_uint_eq(entries(directory), 0); /* its socket has no name any more */
  ck_assert_int_eq(ask(p, "/test/Echo", "hello", CLOCK_SECOND, &answer), PINTLE_OK);
  ck_assert_str_eq(buf_z(&answer), "hello");
  ck_assert_int_eq(ask(p, "/test/Fail", "x", 0, &answer), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "50% of \xc3\xa4ll fail");
  ck_assert_str_eq(e.place, "plugin.c:42:execute");
  ck_assert_int_eq(ask(p, "/test/None", "x", 0, &answer), PINTLE_UNSUPPORTED);
  ck_assert_int_eq(ask(p, "/test/Echo", "", 0, &answer), PINTLE_OK);
  ck_assert_uint_eq(answer.len, 0);
  buf_free(&answer);
  pid_t pid = velero_process_pid(p);
  ck_assert_int_eq(getpgid(pid), getpgid(0));
  velero_process_stop(p);
  ck_assert_int_eq(kill(pid, 0), -1);
}
END_TEST

static int left;
static char block[16384];
static pintle_status next(void *ctx, str *m) {
  (void)ctx;
  *m = (str){block, sizeof block};
  return left-- > 0 ? PINTLE_OK : PINTLE_NOT_FOUND;
}
static size_t got;
static pintle_status each(void *ctx, str m) {
  (void)ctx;
  got += m.len;
  return got > (size_t)64 << 20 ? PINTLE_DENIED : PINTLE_OK;
}
START_TEST(it_streams) {
  velero_process *p;
  buf answer = {0};
  ck_assert_int_eq(start(NULL, 0, &p), PINTLE_OK);
  left = 2000;
  const velero_request put = {.method = "/generated.ObjectStore/PutObject", .message = STR("x"), .next = next};
  ck_assert_msg(velero_process_call(p, &put, &answer, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_str_eq(buf_z(&answer), "32768001");
  const velero_request many = {.method = "/test/Many", .message = STR("2000"), .each = each};
  ck_assert_msg(velero_process_call(p, &many, NULL, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_uint_eq(got, 32768000);
  const velero_request endless = {.method = "/test/Many", .message = STR("99999999"), .each = each};
  ck_assert_int_eq(velero_process_call(p, &endless, NULL, &e), PINTLE_DENIED);
  ck_assert_int_eq(ask(p, "/test/Echo", "there", CLOCK_SECOND * 5, &answer), PINTLE_OK);
  buf_free(&answer);
  velero_process_stop(p);
}
END_TEST

START_TEST(limits_and_cancelling) {
  velero_process *p;
  buf answer = {0};
  ck_assert_int_eq(start(NULL, 0, &p), PINTLE_OK);
  ck_assert_int_eq(ask(p, "/test/Hang", "x", CLOCK_SECOND / 20, &answer), PINTLE_TIMED_OUT);
  cancel_fd = eventfd(1, EFD_CLOEXEC);
  is_cancelled = true;
  ck_assert_int_eq(ask(p, "/test/Hang", "x", 0, &answer), PINTLE_CANCELLED);
  is_cancelled = false;
  close_p(&cancel_fd);
  ck_assert_int_eq(ask(p, "/test/Echo", "x", CLOCK_SECOND * 5, &answer), PINTLE_OK);
  buf_free(&answer);
  velero_process_stop(p);
}
END_TEST

START_TEST(its_lines_are_read) {
  velero_process *p;
  buf answer = {0};
  const velero_request rows[] = {
      {.method = "/test/Log",
       .message = STR("{\"@level\":\"warn\",\"@message\":\"hi\",\"@module\":\"m\",\"@timestamp\":\"2026\",\"n\":1.50,\"a\":[1]}")},
      {.method = "/test/Log", .message = STR("[ERROR] bad")},
      {.method = "/test/Log", .message = STR("{\"other\":1}")},
      {.method = "/test/Log", .message = STR("plain")}};
  ck_assert_int_eq(start(NULL, 0, &p), PINTLE_OK);
  for (size_t i = 0; i < 4; i++) {
    (void)velero_process_call(p, &rows[i], &answer, &e); /* told before the call returns */
    static const char *const expected[] = {"3 hi module=m n=1.50 a=[1]\n", "4 [ERROR] bad\n", "1 {\"other\":1}\n", "1 plain\n"};
    ck_assert_str_eq(buf_z(&told), expected[i]);
    buf_clear(&told);
  }
  buf_free(&answer);
  velero_process_stop(p);
}
END_TEST

START_TEST(it_dies) {
  velero_process *p;
  buf answer = {0};
  ck_assert_int_eq(start(NULL, 0, &p), PINTLE_OK);
  ck_assert_int_eq(ask(p, "/test/Die", "index out of range", 0, &answer), PINTLE_FAILED);
  ck_assert_str_eq(e.message, "/plugins/tool ended with exit status 2 during /test/Die: panic: index out of range");
  ck_assert(!velero_process_alive(p));
  ck_assert_int_eq(ask(p, "/test/Echo", "x", 0, &answer), PINTLE_FAILED);
  velero_process_stop(p);
}
END_TEST

static const struct row {
  const char *mode;
  pintle_status st;
  const char *says;
} rows[] = {
    {"garbage", PINTLE_INVALID, "/plugins/tool is no plugin of Velero: its first line is no handshake of go-plugin: Usage: tool [-v]"},
    {"exit", PINTLE_INVALID, "/plugins/tool is no plugin of Velero: it ended with exit status 3 before go-plugin's handshake"},
    {"panic", PINTLE_INVALID,
     "/plugins/tool is no plugin of Velero: it ended with exit status 2 before go-plugin's handshake: panic: no configuration"},
    {"silent", PINTLE_TIMED_OUT, "/plugins/tool did not say go-plugin's handshake in time"},
    {"endless", PINTLE_INVALID, "/plugins/tool is no plugin of Velero: its first line is longer than a handshake of go-plugin"},
    {"netrpc", PINTLE_UNSUPPORTED, "/plugins/tool speaks net/rpc, not gRPC"},
    {"version", PINTLE_UNSUPPORTED, "/plugins/tool speaks version 1 of Velero's protocol, not 2"},
    {"nowhere", PINTLE_INVALID, "cannot connect to /plugins/tool at /nonexistent/x: No such file or directory"},
    {"rude-close", PINTLE_INVALID, NULL},
    {"rude-mute", PINTLE_TIMED_OUT, NULL},
    {"rude-half", PINTLE_INVALID, NULL},
    {"rude-endless", PINTLE_INVALID, NULL},
};
START_TEST(what_is_no_plugin) {
  velero_process *p = NULL;
  const struct row *r = &rows[_i];
  pintle_status st = start(r->mode, CLOCK_SECOND / 2, &p);
  ck_assert_msg(st == r->st, "%s: %d %s", r->mode, st, e.message);
  ck_assert_int_eq(e.status, st);
  ck_assert_ptr_null(p);
  if (r->says) ck_assert_str_eq(e.message, r->says);
  else ck_assert_msg(strncmp(e.message, "/plugins/tool does not answer as a plugin of Velero does: ", 57) == 0, "%s", e.message);
}
END_TEST

START_TEST(what_cannot_be_executed) {
  velero_process *p = NULL;
  int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  const velero_process_options o = {.fd = fd, .path = "passwd", .environment = environment};
  ck_assert_int_eq(velero_process_start(&o, &p, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "cannot execute passwd: Permission denied");
  close(fd);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("velero_client");
  TCase *tc = tcase_create("all");
  const TTest *const tests[] = {it_is_started_called_and_stopped, it_streams, limits_and_cancelling, its_lines_are_read, it_dies,
                                what_cannot_be_executed};
  tcase_add_checked_fixture(tc, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) tcase_add_test(tc, tests[i]);
  tcase_add_loop_test(tc, what_is_no_plugin, 0, sizeof rows / sizeof *rows);
  tcase_set_timeout(tc, 15);
  suite_add_tcase(suite, tc);
  SRunner *r = srunner_create(suite);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
