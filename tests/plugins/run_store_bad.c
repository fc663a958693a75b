/* run_store_bad.c -- an ObjectStore with one fault, chosen by the option fault.  SPDX-License-Identifier: Apache-2.0 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pintle/ext/items.h>
#include <pintle/plugin.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int is(pintle_call *call, const char *fault) { return strcmp(pintle_str_or(call->host->config(call), "/fault", ""), fault) == 0; }

static void nap(long ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&t, NULL);
}

static pintle_status full_error(pintle_call *call) {
  pintle_error e = {.struct_size = sizeof e,
                    .status = PINTLE_TRANSIENT,
                    .line = 4711,
                    .retry_after = 3000000000ll,
                    .message = "the bucket is being moved",
                    .hint = "wait",
                    .code = "SlowDown",
                    .at = "/a~1b/0",
                    .file = "store.c",
                    .function = "move"};
  return call->host->fail(call, &e);
}

/* Takes n bytes, in pieces of at most `piece`. */
static int64_t take(const pintle_reader *body, int64_t n, size_t piece) {
  static char to[1 << 20];
  int64_t got = 0, k = 1;
  while (got < n && (k = body->read(body, to, (size_t)(n - got) < piece ? (size_t)(n - got) : piece)) > 0) got += k;
  return k < 0 ? k : got;
}

static pintle_status put_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_reader *body) {
  (void)self, (void)bucket, (void)key;
  if (is(call, "half")) return take(body, 3, 3) == 3 ? PINTLE_OK : PINTLE_FAILED;
  if (is(call, "none")) return PINTLE_OK;
  if (is(call, "error")) return full_error(call);
  if (is(call, "late-error")) return take(body, 3000000, 70000) < 0 ? PINTLE_FAILED : full_error(call);
  if (is(call, "silent-error")) return PINTLE_DENIED;
  if (is(call, "no-status")) return -77;
  if (is(call, "bytewise")) return take(body, INT64_MAX, 1) >= 0 ? PINTLE_OK : PINTLE_FAILED;
  if (is(call, "reads-on")) { /* the end stays the end */
    int64_t n = take(body, INT64_MAX, 1 << 20);
    for (int i = 0; i < 3 && n >= 0; i++) n = take(body, 1, 1);
    return n == 0 ? PINTLE_OK : (pintle_status)n;
  }
  if (is(call, "swallows")) { /* the reader's error */
    take(body, INT64_MAX, 1 << 20);
    return PINTLE_OK;
  }
  if (is(call, "crash-put")) {
    take(body, 100000, 1000);
    raise(SIGSEGV);
  }
  if (is(call, "idle")) { /* polite: it asks */
    while (!call->host->cancelled(call)) nap(5);
    return pintle_fail(call, call->host->cancelled(call) == 1 ? PINTLE_CANCELLED : PINTLE_TIMED_OUT, "told to stop");
  }
  if (is(call, "waits")) { /* for the descriptor */
    pintle_status st = call->host->pause(call, 3600ll * 1000000000);
    return pintle_fail(call, st, "woken");
  }
  if (is(call, "cleans-up")) { /* goes on reading after it was told */
    while (!call->host->cancelled(call)) nap(5);
    nap(300);
    return take(body, INT64_MAX, 1 << 20) >= 0 ? pintle_fail(call, PINTLE_CANCELLED, "cleaned up") : PINTLE_FAILED;
  }
  if (is(call, "stubborn"))
    for (;;) call->host->cancelled(call), nap(5);
  if (is(call, "deaf"))
    for (;;) nap(1000);
  if (is(call, "slow")) { /* but alive */
    for (int i = 0; i < 40; i++) {
      if (call->host->cancelled(call)) return pintle_fail(call, PINTLE_TIMED_OUT, "told to stop");
      nap(25);
      if (take(body, 1, 1) < 0) return PINTLE_FAILED;
    }
    return take(body, INT64_MAX, 1 << 20) >= 0 ? PINTLE_OK : PINTLE_FAILED;
  }
  if (is(call, "reports")) {
    for (int i = 0; i < 40; i++) {
      pintle_progress p = {.struct_size = sizeof p, .n_completed = i, .n_total = 40, .units = "parts"};
      if (call->host->cancelled(call)) return pintle_fail(call, PINTLE_TIMED_OUT, "told to stop");
      nap(25);
      call->host->report(call, &p);
    }
    return take(body, INT64_MAX, 1 << 20) >= 0 ? PINTLE_OK : PINTLE_FAILED;
  }
  if (is(call, "closes")) {
    for (int fd = 3; fd < 1024; fd++) close(fd);
    nap(60000);
  }
  if (is(call, "scribbles")) { /* into what is not its own */
    static char rubbish[5000];
    memset(rubbish, 0x5a, sizeof rubbish);
    for (int fd = 3; fd < 64; fd++) {
      int type;
      socklen_t n = sizeof type;
      if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &n) == 0 && write(fd, rubbish, sizeof rubbish) > 0) break;
    }
    nap(60000);
  }
  return take(body, INT64_MAX, 1 << 20) >= 0 ? PINTLE_OK : PINTLE_FAILED;
}

/* Changes its process; the second time: is it as it was? */
static pintle_status untidy(pintle_call *call) {
  static int calls;
  sigset_t all;
  char cwd[4096];
  mode_t mask = umask(0777);
  sigfillset(&all);
  if (calls++ == 0) {
    fesetround(FE_UPWARD);
    setlocale(LC_ALL, "C.UTF-8");
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &all, NULL);
    return chdir("/") == 0 ? PINTLE_OK : PINTLE_FAILED;
  }
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, NULL, &blocked);
  bool well = fegetround() == FE_TONEAREST && strcmp(setlocale(LC_ALL, NULL), "C") == 0 && signal(SIGPIPE, SIG_IGN) == SIG_IGN &&
              !sigismember(&blocked, SIGTERM) && mask != 0777 && getcwd(cwd, sizeof cwd) && strcmp(cwd, "/") != 0;
  return well ? PINTLE_OK : pintle_fail(call, PINTLE_FAILED, "the process is not as it was");
}

static void *volatile lost[16];
static pintle_status lose(void) { /* 100 MiB */
  static int n;
  void *p = lost[n & 15] = malloc(100 << 20);
  n++;
  return p ? memset(p, 1, 100 << 20), PINTLE_OK : PINTLE_NOMEM;
}

static pintle_status object_exists(void *self, pintle_call *call, const char *bucket, const char *key, int32_t *exists) {
  (void)self, (void)bucket, (void)key;
  if (is(call, "crash-always")) abort();
  if (is(call, "prints")) {
    printf("to standard output\n");
    fflush(stdout);
    fprintf(stderr, "to standard error\r\nand no end");
  }
  *exists = 17;
  if (is(call, "untidy")) return untidy(call);
  if (is(call, "leaks")) return lose();
  if (is(call, "looks")) return call->host->extension(call->host, PINTLE_EXT_ITEMS) ? PINTLE_FAILED : PINTLE_OK;
  return PINTLE_OK;
}

static pintle_status get_object(void *self, pintle_call *call, const char *bucket, const char *key, const pintle_writer *to) {
  static char data[100000];
  int64_t n = 0;
  (void)self, (void)bucket, (void)key;
  memset(data, 'x', sizeof data);
  if (is(call, "endless"))
    while ((n = to->write(to, data, sizeof data)) > 0) continue;
  if (is(call, "ignores")) /* what write says */
    for (int i = 0; i < 100; i++) to->write(to, data, sizeof data);
  if (is(call, "too-much")) { /* more than is wanted */
    for (int i = 0; i < 10 && n >= 0; i++) n = to->write(to, data, 10);
    return n < 0 ? (pintle_status)n : PINTLE_OK;
  }
  if (is(call, "bytewise"))
    for (int i = 0; i < 300000 && n >= 0; i++) n = to->write(to, data, 1);
  if (is(call, "crash-get")) {
    to->write(to, data, sizeof data);
    raise(SIGBUS);
  }
  if (is(call, "late-error")) {
    for (int i = 0; i < 30 && n >= 0; i++) n = to->write(to, data, sizeof data);
    return full_error(call);
  }
  return n < 0 ? pintle_fail(call, (pintle_status)n, "stopped writing") : PINTLE_OK;
}

static pintle_status range(void *self, pintle_call *call, const char *bucket, const char *key, int64_t offset, const pintle_writer *to) {
  (void)offset;
  return get_object(self, call, bucket, key, to);
}

static pintle_status list_objects(void *self, pintle_call *call, const char *bucket, const char *prefix, pintle_result *keys) {
  char key[64];
  (void)self, (void)bucket, (void)prefix;
  for (long i = 0; is(call, "endless") || i < 100000; i++) {
    snprintf(key, sizeof key, "key-%08ld", i);
    pintle_entry e = {.struct_size = sizeof e, .key = key, .size = i, .etag = "tag"};
    if (is(call, "exit-list") && i == 1000) exit(3);
    if (is(call, "bad-entry") && i == 1000) e.key = "";
    pintle_status st = keys->api->entry(keys, &e);
    if (st != PINTLE_OK) return st;
  }
  return PINTLE_OK;
}

static pintle_status list_prefixes(void *self, pintle_call *call, const char *bucket, const char *prefix, const char *delimiter,
                                   pintle_result *out) {
  (void)delimiter;
  return list_objects(self, call, bucket, prefix, out);
}

static void *abort_soon(void *ctx) {
  (void)ctx;
  nap(100);
  abort();
}

static void *sleep_on(void *ctx) {
  nap(3600000);
  return ctx;
}

static void *log_much(void *ctx) {
  pintle_call *call = ctx;
  for (int i = 0; i < 500; i++) call->host->log_line(call, PINTLE_LOG_DEBUG, "from another thread", PINTLE_Z, NULL, 0);
  return NULL;
}

static pintle_status delete_object(void *self, pintle_call *call, const char *bucket, const char *key) {
  pthread_t t;
  (void)self, (void)bucket, (void)key;
  if (is(call, "left-thread")) pthread_create(&t, NULL, sleep_on, NULL);
  if (is(call, "dies-later")) pthread_create(&t, NULL, abort_soon, NULL);
  if (is(call, "threads") && pthread_create(&t, NULL, log_much, call) == 0) {
    for (int i = 0; i < 500; i++) pintle_log(call, PINTLE_LOG_INFO, "line %d", i);
    pthread_join(t, NULL);
  }
  return PINTLE_OK;
}

static pintle_status signed_url(void *self, pintle_call *call, const char *bucket, const char *key, int64_t ttl, pintle_result *url) {
  (void)self, (void)bucket, (void)key, (void)ttl, (void)url;
  return pintle_fail(call, PINTLE_UNSUPPORTED, "no URLs here");
}

static pintle_status create(void *module, pintle_call *call, void **self) {
  (void)module, (void)self;
  if (is(call, "bad-config")) return pintle_fail_at(call, PINTLE_INVALID, "/fault", "not such a fault");
  if (is(call, "crash-create")) abort();
  if (is(call, "slow-create"))
    for (;;) nap(1000);
  return PINTLE_OK;
}

static pintle_status finish(void *self, pintle_call *call) {
  (void)self;
  if (is(call, "bad-finish")) return pintle_fail(call, PINTLE_FAILED, "could not flush");
  return PINTLE_OK;
}

static const pintle_option fault = {
    .struct_size = sizeof fault, .type = PINTLE_OPT_STRING, .name = "fault", .fallback = "", .help = "Which fault"};
static const pintle_option *const options[] = {&fault, NULL};
static const pintle_action action = {.struct_size = sizeof action,
                                     .name = "tests.pintle.io/bad-store",
                                     .summary = "A fixture: a store with a fault",
                                     .options = options,
                                     .create = create,
                                     .finish = finish};
static const pintle_object_store table = {.struct_size = sizeof table,
                                          .action = &action,
                                          .put_object = put_object,
                                          .object_exists = object_exists,
                                          .get_object = get_object,
                                          .list_common_prefixes = list_prefixes,
                                          .list_objects = list_objects,
                                          .delete_object = delete_object,
                                          .create_signed_url = signed_url,
                                          .get_object_range = range};
static const pintle_object_store *const stores[] = {&table, NULL};
const pintle_plugin PINTLE_ENTRY = {PINTLE_PLUGIN_HEAD, .name = "run_store_bad", .version = "1.0", .object_stores = stores};
