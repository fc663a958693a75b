/* test_worker_single.c -- an ObjectStore and a VolumeSnapshotter in a worker do what they do here.  SPDX-License-Identifier: Apache-2.0 */
#include "single.h"
#include <dirent.h>
#include <ftw.h>
#include <sys/stat.h>

enum { MIB = 1 << 20 };
static char root[64];
static worker_single *single;
static const pintle_object_store *ops;

static void open_store(const char *more) {
  char config[200];
  snprintf(root, sizeof root, "/tmp/pintle-single-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(root));
  snprintf(config, sizeof config, "{\"root\":\"%s\"%s}", root, more);
  worker_single_options o = options_of("run_store", config);
  single = opened(&o);
  ops = worker_single_store(single);
  ck_assert_ptr_nonnull(ops);
  ck_assert_ptr_null(worker_single_snapshotter(single));
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *where) {
  (void)s, (void)type, (void)where;
  return remove(path);
}

static void close_store(void) {
  ck_assert_int_eq(worker_single_close(single, &e), PINTLE_OK);
  nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static pintle_status put(const char *key, source *s) { return ended(ops->put_object(single, begun(), "b", key, &s->reader)); }
static pintle_status get(const char *key, sink *s) { return ended(ops->get_object(single, begun(), "b", key, &s->writer)); }

static long kib_of(int pid, const char *what) {
  char path[64], line[256];
  long kib = -1;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, what, strlen(what)) == 0) kib = strtol(line + strlen(what) + 1, NULL, 10);
  if (f) fclose(f);
  return kib;
}

START_TEST(objects_come_back_as_they_were) {
  static const int64_t sizes[] = {0, 1, 1000, 32768, 262144, MIB, MIB + 1, 5 * MIB + 12345};
  reset();
  open_store("");
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    sink *to = sink_of(PINTLE_NONE);
    ck_assert_int_eq(put("backups/b1/x", source_of(sizes[i])), PINTLE_OK);
    ck_assert_int_eq(get("backups/b1/x", to), PINTLE_OK);
    ck_assert_int_eq(to->at, sizes[i]);
    ck_assert(to->right);
  }
  close_store();
  ck_assert(said("2 a store in /tmp/pintle-single-")); /* create's line */
  ck_assert(said("2 the store is finished"));
}
END_TEST

START_TEST(a_large_object_does_not_stay_in_memory) {
  unsigned char sent[32], got[32], piece[4096];
  sha256_ctx sha;
  reset();
  open_store("");
  ck_assert_int_eq(put("warm", source_of(4 * MIB)), PINTLE_OK);
  ck_assert_int_eq(get("warm", sink_of(PINTLE_NONE)), PINTLE_OK);
  long mine = kib_of(getpid(), "VmRSS:"), its = kib_of(worker_single_pid(single), "VmRSS:");
  ck_assert_int_eq(put("large", source_of(64 * MIB)), PINTLE_OK);
  sink *to = sink_of(PINTLE_NONE);
  ck_assert_int_eq(get("large", to), PINTLE_OK);
  ck_assert_int_lt(kib_of(getpid(), "VmHWM:") - mine, 6 << 10);
  ck_assert_int_lt(kib_of(worker_single_pid(single), "VmHWM:") - its, 6 << 10);
  sha256_init(&sha);
  source *again = source_of(64 * MIB);
  for (int64_t n; (n = read_source(&again->reader, piece, sizeof piece)) > 0;) sha256_update(&sha, piece, (size_t)n);
  sha256_final(&sha, sent);
  sha256_final(&to->sha, got);
  ck_assert_int_eq(to->at, 64 * MIB);
  ck_assert_mem_eq(sent, got, 32);
  close_store();
}
END_TEST

START_TEST(short_reads_and_writes_are_normal) {
  reset();
  open_store("");
  source *from = source_of(100000);
  from->piece = 1;
  ck_assert_int_eq(put("x", from), PINTLE_OK);
  sink *to = sink_of(PINTLE_NONE);
  to->piece = 1;
  ck_assert_int_eq(get("x", to), PINTLE_OK);
  ck_assert_int_eq(to->at, 100000);
  ck_assert(to->right);
  from = source_of(3 * MIB);
  from->reader.size = PINTLE_NONE; /* nobody knows before */
  from->piece = 70001;
  ck_assert_int_eq(put("y", from), PINTLE_OK);
  to = sink_of(PINTLE_NONE);
  to->piece = 99999;
  ck_assert_int_eq(get("y", to), PINTLE_OK);
  ck_assert_int_eq(to->at, 3 * MIB);
  ck_assert(to->right);
  close_store();
}
END_TEST

START_TEST(our_reader_and_writer_may_fail) {
  reset();
  open_store("");
  source *from = source_of(8 * MIB);
  from->fail_at = 3 * MIB, from->how = PINTLE_DENIED;
  ck_assert_int_eq(put("x", from), PINTLE_DENIED); /* the plugin hands read()'s status on */
  int32_t exists = 7;
  ck_assert_int_eq(ended(ops->object_exists(single, begun(), "b", "x", &exists)), PINTLE_OK);
  ck_assert_int_eq(exists, 0); /* nothing half */
  ck_assert_int_eq(put("x", source_of(8 * MIB)), PINTLE_OK);
  sink *to = sink_of(PINTLE_NONE);
  to->refuse_at = 2 * MIB, to->how = PINTLE_CONFLICT;
  ck_assert_int_eq(get("x", to), PINTLE_CONFLICT);
  ck_assert_int_lt(to->at, 3 * MIB);
  to = sink_of(PINTLE_NONE);
  ck_assert_int_eq(get("x", to), PINTLE_OK); /* what was late for the last call harms none */
  ck_assert_int_eq(to->at, 8 * MIB);
  ck_assert(to->right);
  close_store();
}
END_TEST

START_TEST(the_other_functions) {
  int32_t exists = 0;
  reset();
  open_store("");
  ck_assert_int_eq(put("p/a/1", source_of(10)), PINTLE_OK);
  ck_assert_int_eq(put("p/a/2", source_of(20)), PINTLE_OK);
  ck_assert_int_eq(put("p/c/3", source_of(30)), PINTLE_OK);
  ck_assert_int_eq(ended(ops->object_exists(single, begun(), "b", "p/a/2", &exists)), PINTLE_OK);
  ck_assert_int_eq(exists, 1);
  ck_assert_int_eq(ended(ops->list_objects(single, begun(), "b", "p/", results(HOST_RESULT_ENTRY))), PINTLE_OK);
  ck_assert_uint_eq(n_entries, 3);
  ck_assert_ptr_nonnull(strstr(entries.data, "p/a/2 20\n"));
  ck_assert_ptr_nonnull(strstr(entries.data, "p/c/3 30\n"));
  ck_assert_int_eq(ended(ops->list_common_prefixes(single, begun(), "b", "p/", "/", results(HOST_RESULT_ENTRY))), PINTLE_OK);
  ck_assert_uint_eq(n_entries, 2);
  ck_assert_ptr_nonnull(strstr(entries.data, "p/a/ -1\n"));
  ck_assert_int_eq(ended(ops->stat_object(single, begun(), "b", "p/c/3", results(HOST_RESULT_ENTRY))), PINTLE_OK);
  ck_assert_str_eq(entries.data, "p/c/3 30\n");
  ck_assert_int_eq(ended(ops->stat_object(single, begun(), "b", "p/c/4", results(HOST_RESULT_ENTRY))), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "stat: No such file or directory"); /* the plugin's own words */
  ck_assert_int_eq(ended(ops->create_signed_url(single, begun(), "b", "k", 60 * CLOCK_SECOND, results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_ptr_nonnull(strstr(result.text.ptr, "/b/k?ttl=60"));
  sink *to = sink_of(5);
  source *from = source_of(4);
  ck_assert_int_eq(ended(ops->get_object_range(single, begun(), "b", "p/c/3", 0, &to->writer)), PINTLE_OK);
  ck_assert_int_eq(to->at, 5);
  ck_assert(to->right);
  to = sink_of(PINTLE_NONE);
  ck_assert_int_eq(ended(ops->get_object_range(single, begun(), "b", "p/c/3", 30, &to->writer)), PINTLE_OK);
  ck_assert_int_eq(to->at, 0);
  ck_assert_int_eq(ended(ops->put_object_if_absent(single, begun(), "b", "p/c/3", &from->reader)), PINTLE_EXISTS);
  ck_assert_int_eq(ended(ops->put_object_if_absent(single, begun(), "b", "p/c/4", &source_of(4)->reader)), PINTLE_OK);
  ck_assert_int_eq(get("none", sink_of(PINTLE_NONE)), PINTLE_NOT_FOUND);
  ck_assert_int_eq(ended(ops->delete_object(single, begun(), "b", "p/c/4")), PINTLE_OK);
  ck_assert_int_eq(ended(ops->delete_object(single, begun(), "b", "p/c/4")), PINTLE_OK);
  close_store();
}
END_TEST

START_TEST(the_host_is_the_callers) {
  static const char *const known[] = {"run.kind", "Backup", "run.name", "b1", NULL};
  int32_t exists = 0;
  reset();
  open_store(",\"tell\":\"properties\"");
  properties = known;
  ck_assert_int_eq(ended(ops->object_exists(single, begun(), "b", "x", &exists)), PINTLE_OK);
  ck_assert(said("1 property run.kind=Backup\n"));
  ck_assert(said("1 property run.name=b1\n"));
  ck_assert(said("1 property host.mode=(unknown)\n"));
  ck_assert(said("1 property run.dir=(unknown)\n"));
  ck_assert(said("count asked 2\n"));
  ck_assert(said("finding 2 told /a as asked\n"));
  close_store();
}
END_TEST

START_TEST(a_snapshotter) {
  static const char pv[] = "{\"metadata\":{\"name\":\"pv-1\"},\"spec\":{\"csi\":{\"volumeHandle\":\"vol-1\"},\"n\":1.50}}";
  const pintle_kv tags[] = {{"velero.io/backup", "b1"}, {"k", "v"}};
  int64_t iops = PINTLE_NONE;
  item_doc *d = NULL;
  buf text = {0};
  reset();
  worker_single_options o = options_of("run_snapshotter", "{}");
  o.timeout = CLOCK_SECOND;
  single = opened(&o);
  const pintle_volume_snapshotter *v = worker_single_snapshotter(single);
  ck_assert_ptr_nonnull(v);
  ck_assert_ptr_null(worker_single_store(single));
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, STR(pv), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(ended(v->get_volume_id(single, begun(), item_handle(d), results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_str_eq(result.text.ptr, "vol-1");
  ck_assert_int_eq(ended(v->set_volume_id(single, begun(), item_handle(d), "refused")), PINTLE_CONFLICT);
  ck_assert_str_eq(e.message, "it is attached");
  ck_assert_str_eq(e.place, "/spec/csi");
  ck_assert_int_eq(ended(v->set_volume_id(single, begun(), item_handle(d), "vol-2")), PINTLE_OK);
  ck_assert_int_eq(item_print(d, NULL, 0, &text), PINTLE_OK);
  ck_assert_str_eq(text.data, "{\"metadata\":{\"name\":\"renamed\"},\"spec\":{\"csi\":{\"volumeHandle\":\"vol-2\"},\"n\":1.50}}");
  ck_assert_int_eq(item_parse(d, STR("{}"), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(ended(v->get_volume_id(single, begun(), item_handle(d), results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_ptr_null(result.text.ptr); /* not mine */
  ck_assert_int_eq(ended(v->get_volume_info(single, begun(), "fast", "az", &iops, results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_int_eq(iops, 3000);
  ck_assert_str_eq(result.text.ptr, "gp3");
  ck_assert_int_eq(ended(v->get_volume_info(single, begun(), "slow", "", &iops, results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_int_eq(iops, PINTLE_NONE);
  ck_assert_int_eq(ended(v->get_volume_info(single, begun(), "gone", "", &iops, results(HOST_RESULT_TEXT))), PINTLE_NOT_FOUND);
  ck_assert_int_eq(ended(v->create_snapshot(single, begun(), "vol-1", "az", tags, 2, results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_str_eq(result.text.ptr, "snap-vol-1-az-velero.io/backup=b1-k=v");
  ck_assert_int_eq(ended(v->create_volume_from_snapshot(single, begun(), "s", "gp3", "az", 100, results(HOST_RESULT_TEXT))), PINTLE_OK);
  ck_assert_str_eq(result.text.ptr, "vol-s-gp3-az-100");
  ck_assert_int_eq(ended(v->delete_snapshot(single, begun(), "held")), PINTLE_DENIED);
  ck_assert_int_eq(ended(v->delete_snapshot(single, begun(), "s")), PINTLE_OK);
  int64_t before = clock_monotonic(); /* a deadline of its own, that the plugin sees and obeys */
  ck_assert_int_eq(ended(v->create_snapshot(single, begun(), "slow", "az", NULL, 0, results(HOST_RESULT_TEXT))), PINTLE_TIMED_OUT);
  ck_assert_str_eq(e.message, "still not done");
  ck_assert_int_lt(clock_monotonic() - before, 3 * CLOCK_SECOND);
  ck_assert_int_eq(worker_single_close(single, &e), PINTLE_OK);
  item_free(d);
  buf_free(&text);
}
END_TEST

START_TEST(kinds_that_are_not_called_singly_are_refused) {
  reset();
  worker_single_options o = options_of("run_noop", "{}");
  host_action action = *o.action;
  action.kind = CONF_DELETE_ITEM_ACTION;
  o.action = &action;
  ck_assert_int_eq(worker_single_open(&o, &single, &e), PINTLE_UNSUPPORTED);
  ck_assert_str_eq(e.message, "action tests.pintle.io/noop: a DeleteItemAction is not called singly");
  o = options_of("run_snapshotter", "{}");
  o.worker = "/nonexistent/pintle-worker";
  ck_assert_int_eq(worker_single_open(&o, &single, &e), PINTLE_NOT_FOUND);
  ck_assert_str_eq(e.message, "cannot execute /nonexistent/pintle-worker");
}
END_TEST

int main(void) {
  Suite *suite = suite_create("worker_single");
  TCase *c = tcase_create("calls");
  tcase_set_timeout(c, 60);
  tcase_add_test(c, objects_come_back_as_they_were);
  tcase_add_test(c, a_large_object_does_not_stay_in_memory);
  tcase_add_test(c, short_reads_and_writes_are_normal);
  tcase_add_test(c, our_reader_and_writer_may_fail);
  tcase_add_test(c, the_other_functions);
  tcase_add_test(c, the_host_is_the_callers);
  tcase_add_test(c, a_snapshotter);
  tcase_add_test(c, kinds_that_are_not_called_singly_are_refused);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  free_all();
  return failed != 0;
}
