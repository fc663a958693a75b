/* test_worker_single_wire.c -- messages of single calls: back as they were; cut off or scribbled over, refused.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/chain.h"
#include "worker/single_wire.h"
#include <check.h>
#include <stdlib.h>
#undef fail /* check's macro; host->fail is meant */

static arena a;
static unsigned heard;

static void on_log(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  (void)ctx;
  heard++;
  ck_assert_int_ge(level, PINTLE_LOG_TRACE);
  ck_assert_int_le(level, PINTLE_LOG_ERROR);
  ck_assert_uint_le(message.len, 70000);
  for (size_t i = 0; i < n; i++) ck_assert_uint_le(strlen(fields[i].key), 5000);
}
static void on_report(void *ctx, const pintle_progress *p) {
  (void)ctx;
  heard++;
  ck_assert_int_ge(p->n_completed, 0);
}
static const host_services services = {.log = on_log, .report = on_report};

/* ---- one of each */
typedef struct sample {
  const char *name;
  void (*make)(buf *b);
  pintle_status (*take)(wire_reader *r);
  bool open; /* its end is not told: entries, lines */
} sample;

static const char *const properties[] = {"run.kind", "Backup", NULL};
static void make_setup(buf *b) {
  single_setup s = {.kind = CONF_OBJECT_STORE,
                    .fd = 1000,
                    .plugin = "p",
                    .file = "p.so",
                    .action = "a/b",
                    .scratch = "",
                    .config = STR("{\"k\":1}"),
                    .properties = properties};
  single_put_setup(b, &s);
}
static pintle_status take_setup(wire_reader *r) {
  single_setup s;
  pintle_status st = single_get_setup(r, &a, &s);
  if (st == PINTLE_OK) ck_assert_ptr_nonnull(s.properties);
  return st;
}
static void make_args(buf *b) {
  const pintle_kv tags[] = {{"k", "v"}, {"l", ""}};
  const pintle_id id = {"", "v1", "pods", NULL, "p"};
  single_args args = {.number = 7,
                      .function = SINGLE_CREATE_SNAPSHOT,
                      .deadline = 99,
                      .size = PINTLE_NONE,
                      .n = -1,
                      .text = {"vol", "az"},
                      .doc = STR("{}"),
                      .tags = tags,
                      .n_tags = 2,
                      .ids = &id,
                      .n_ids = 1,
                      .properties = properties};
  single_put_args(b, &args);
}
static pintle_status take_args(wire_reader *r) {
  single_args args;
  pintle_status st = single_get_args(r, &a, CONF_VOLUME_SNAPSHOTTER, &args);
  if (st == PINTLE_OK) ck_assert_int_lt(args.function, SINGLE_FUNCTIONS);
  return st;
}
static void make_answer(buf *b) {
  single_answer answer = {
      .number = 7, .status = PINTLE_TRANSIENT, .moved = 12, .n = 3, .has_text = true, .text = STR("t"), .patch = STR("[]"), .has_state = true};
  answer.state = (pintle_progress){.struct_size = sizeof answer.state, .completed = 1, .n_completed = 4, .n_total = 9, .units = "bytes"};
  error_set(&answer.error, PINTLE_TRANSIENT, "later");
  answer.origin = (host_origin){.retry_after = 5, .line = 6, .file = "f.c", .function = "g"};
  single_put_answer(b, &answer);
}
static pintle_status take_answer(wire_reader *r) {
  single_answer answer;
  pintle_status st = single_get_answer(r, &a, &answer);
  if (st == PINTLE_OK) ck_assert_int_ge(answer.status, PINTLE_EXISTS);
  return st;
}
static void make_entry(buf *b) {
  const pintle_entry e = {.struct_size = sizeof e, .size = 5, .modified = 6, .key = "k/l", .etag = "\"x\""};
  single_put_entry(b, &e);
}
static pintle_status take_entry(wire_reader *r) {
  pintle_entry e;
  pintle_status st = single_get_entry(r, &a, &e);
  if (st == PINTLE_OK) ck_assert_ptr_nonnull(e.key);
  return st;
}
static pintle_status take_told(wire_reader *r) {
  host_call *call = NULL;
  ck_assert_int_eq(host_call_new(&services, &call), PINTLE_OK);
  host_call_begin(call, NULL, 0);
  wire_get_u64(r);
  pintle_status st = single_tell(r, &a, host_call_handle(call));
  host_call_end(call, PINTLE_OK, NULL);
  host_call_free(call);
  return st;
}
static void make_log(buf *b) {
  const pintle_kv fields[] = {{"k", "v"}};
  single_put_log(b, 7, PINTLE_LOG_WARN, STR("line"), fields, 1);
}
static void make_report(buf *b) {
  const pintle_progress p = {
      .struct_size = sizeof p, .n_completed = 1, .n_total = 2, .units = "bytes", .description = "d", .error = "", .code = ""};
  single_put_report(b, 7, &p);
}
static void make_count(buf *b) { single_put_count(b, 7, "c", -3); }
static void make_finding(buf *b) { single_put_finding(b, 7, PINTLE_LOG_ERROR, "code", "/p", "text"); }

static const sample samples[] = {{"setup", make_setup, take_setup, false},    {"args", make_args, take_args, false},
                                 {"answer", make_answer, take_answer, false}, {"entry", make_entry, take_entry, true},
                                 {"log", make_log, take_told, true},          {"report", make_report, take_told, true},
                                 {"count", make_count, take_told, true},      {"finding", make_finding, take_told, true}};

static pintle_status take(const sample *s, const char *p, size_t n) {
  char *exact = malloc(n ? n : 1); /* so that a byte too far is seen */
  ck_assert_ptr_nonnull(exact);
  memcpy(exact, p, n);
  wire_reader r = {exact, exact + n, false};
  arena_reset(&a);
  pintle_status st = s->take(&r);
  free(exact);
  return st;
}

START_TEST(cut_off_is_refused) {
  const sample *s = &samples[_i];
  buf b = {0};
  s->make(&b);
  ck_assert_int_eq(take(s, b.data, b.len), PINTLE_OK);
  for (size_t n = 0; n < b.len; n++) ck_assert_msg(take(s, b.data, n) == PINTLE_INVALID, "%s of %zu bytes is taken", s->name, n);
  buf_addc(&b, 'x');
  if (!s->open) ck_assert_int_eq(take(s, b.data, b.len), PINTLE_INVALID);
  buf_free(&b);
}
END_TEST

START_TEST(scribbled_over_harms_none) {
  const sample *s = &samples[_i];
  buf b = {0};
  unsigned seed = 1;
  s->make(&b);
  for (int round = 0; round < 20000; round++) {
    char bytes[1024];
    ck_assert_uint_le(b.len, sizeof bytes);
    memcpy(bytes, b.data, b.len);
    for (int k = 1 + rand_r(&seed) % 3; k; k--) bytes[(size_t)rand_r(&seed) % b.len] = (char)(rand_r(&seed) % 4 ? rand_r(&seed) : -1);
    take(s, bytes, b.len);
  }
  buf_free(&b);
}
END_TEST

START_TEST(values_come_back) {
  buf b = {0};
  single_args args;
  single_answer answer;
  make_args(&b);
  wire_reader r = {b.data, b.data + b.len, false};
  ck_assert_int_eq(single_get_args(&r, &a, CONF_VOLUME_SNAPSHOTTER, &args), PINTLE_OK);
  ck_assert_uint_eq(args.number, 7);
  ck_assert_int_eq(args.function, SINGLE_CREATE_SNAPSHOT);
  ck_assert_int_eq(args.size, PINTLE_NONE);
  ck_assert_str_eq(args.text[0], "vol");
  ck_assert_str_eq(args.text[2], "");
  ck_assert_uint_eq(args.n_tags, 2);
  ck_assert_str_eq(args.tags[0].value, "v");
  ck_assert_str_eq(args.tags[1].key, "l");
  ck_assert_str_eq(args.properties[1], "Backup");
  ck_assert_uint_eq(args.n_ids, 1);
  ck_assert_str_eq(args.ids[0].resource, "pods");
  ck_assert_str_eq(args.ids[0].ns, "");
  r = (wire_reader){b.data, b.data + b.len, false};
  ck_assert_int_eq(single_get_args(&r, &a, CONF_OBJECT_STORE, &args), PINTLE_INVALID); /* a function of another kind */
  buf_clear(&b);
  make_answer(&b);
  r = (wire_reader){b.data, b.data + b.len, false};
  ck_assert_int_eq(single_get_answer(&r, &a, &answer), PINTLE_OK);
  ck_assert_int_eq(answer.status, PINTLE_TRANSIENT);
  ck_assert_int_eq(answer.error.status, PINTLE_TRANSIENT);
  ck_assert_str_eq(answer.error.message, "later");
  ck_assert_str_eq(answer.origin.function, "g");
  ck_assert_uint_eq(answer.moved, 12);
  ck_assert(answer.has_state);
  ck_assert_int_eq(answer.state.n_total, 9);
  ck_assert_str_eq(answer.state.units, "bytes");
  ck_assert_str_eq(answer.state.error, "");
  buf_free(&b);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("worker_single_wire");
  TCase *c = tcase_create("messages");
  int n = sizeof samples / sizeof *samples;
  tcase_add_loop_test(c, cut_off_is_refused, 0, n);
  tcase_add_loop_test(c, scribbled_over_harms_none, 0, n);
  tcase_add_test(c, values_come_back);
  suite_add_tcase(suite, c);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  arena_free(&a);
  return failed != 0;
}
