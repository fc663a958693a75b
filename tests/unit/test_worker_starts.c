/* test_worker_starts.c -- workers that load the chain and end, again and again: memory and descriptors of the supervisor stay, no child is left.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Environment: STARTS, how often (300); PLUGIN_DIR, PINTLE_WORKER. */
#include "base/clock.h"
#include "run/run.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
extern char **environ;
static error e;

static unsigned descriptors(void) {
  unsigned n = 0;
  DIR *d = opendir("/proc/self/fd");
  for (const struct dirent *entry; d && (entry = readdir(d));) n++;
  if (d) closedir(d);
  return n;
}

static long resident_kib(void) {
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f || fscanf(f, "%*d %ld", &pages) != 1) pages = 0;
  if (f) fclose(f);
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static unsigned seen;
static void outcome(void *ctx, uint64_t ticket, const worker_outcome *o) {
  (void)ctx, (void)ticket;
  seen += o->chain->what == CHAIN_DONE && o->chain->changed;
}

/* One worker: it loads the chain, sees one item, ends. */
static void start(const worker_pool_options *o) {
  static const char text[] = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\",\"namespace\":\"n\"}}";
  worker_pool *pool = NULL;
  buf counters = {0};
  chain_input in = {.type = kube_types_of(o->types, STR("v1"), STR("ConfigMap"), true), .text = STR(text)};
  in.id = (pintle_id){"", "v1", "configmaps", "n", "c"};
  ck_assert_msg(worker_pool_open(o, &pool, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_int_eq(worker_pool_submit(pool, 1, 0, &in, &e), PINTLE_OK);
  while (worker_pool_pending(pool)) ck_assert_msg(worker_pool_step(pool, 1000000000, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_msg(worker_pool_close(pool, &counters, &e) == PINTLE_OK, "%s", e.message);
  worker_pool_free(pool);
  buf_free(&counters);
}

START_TEST(nothing_is_left_of_workers) {
  char dir[] = "/tmp/pintle-starts-XXXXXX", command[4600];
  const char *const dirs[] = {dir, NULL}, *given = getenv("STARTS");
  unsigned n = given ? (unsigned)strtoul(given, NULL, 10) : 300, warm = n / 4, open = 0;
  long before = 0;
  run_context *c = NULL;
  chain_plan plan = {0};
  ck_assert_ptr_nonnull(mkdtemp(dir));
  snprintf(command, sizeof command, "cp '%s/good.so' '%s/good.so' && chmod 644 '%s/good.so'", getenv("PLUGIN_DIR"), dir, dir);
  ck_assert_int_eq(system(command), 0);
  const run_options ro = {.plugin_dirs = dirs,
                          .worker = getenv("PINTLE_WORKER"),
                          .temp_dir = "/tmp",
                          .environment = (const char *const *)environ,
                          .concurrency = 1};
  ck_assert_msg(run_open(&ro, &c, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_msg(run_plan(c, CONF_BACKUP_ITEM_ACTION, NULL, &plan, &e) == PINTLE_OK, "%s", e.message);
  kube_types *types = NULL;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  const worker_pool_options o = {.worker = ro.worker,
                                 .concurrency = 1,
                                 .plan = &plan,
                                 .types = types,
                                 .run = STR("{\"metadata\":{\"name\":\"b\"}}"),
                                 .mode = "standalone",
                                 .scratch = "/tmp",
                                 .environment = ro.environment,
                                 .outcome = outcome};
  int64_t began = clock_monotonic();
  for (unsigned i = 0; i < n; i++) {
    if (i == warm) open = descriptors(), before = resident_kib();
    start(&o);
  }
  ck_assert_uint_eq(seen, n);
  ck_assert_uint_eq(descriptors(), open);
  ck_assert_msg(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD, "a child is left");
  printf("%u starts of %.2f ms; from start %u on %+ld KiB\n", n, (double)(clock_monotonic() - began) / n / 1e6, warm,
         resident_kib() - before);
  fflush(stdout);
  long most = SANITIZED ? 65536 : 1024; /* ASan's quarantine grows */
  ck_assert_msg(resident_kib() - before < most, "%ld KiB after %u starts, %ld KiB after %u", before, warm, resident_kib(), n);
  chain_plan_free(&plan);
  kube_types_free(types);
  run_close(c);
  snprintf(command, sizeof command, "rm -r '%s'", dir);
  ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void) {
  Suite *s = suite_create("worker/starts");
  TCase *t = tcase_create("starts");
  tcase_set_timeout(t, 0);
  tcase_add_test(t, nothing_is_left_of_workers);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
