/* test_worker_wire.c -- frames and messages between supervisor and worker.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/ask.h"
#include "worker/message.h"
#include <check.h>
#include <stdlib.h>

START_TEST(frames_come_out_as_they_went_in) {
  buf out = {0}, joined = {0};
  uint64_t sent = 0, got = 0;
  size_t used = 0;
  enum wire_type type;
  str body;
  wire_frame(&out, WIRE_ITEMS, STR("abc"), &sent);
  wire_frame(&out, WIRE_FINISH, STR(""), &sent);
  ck_assert_int_eq(wire_next(buf_str(&out), &used, &got, &joined, &type, &body), PINTLE_OK);
  ck_assert_int_eq(type, WIRE_ITEMS);
  ck_assert(str_is(body, "abc"));
  ck_assert_int_eq(wire_next(buf_str(&out), &used, &got, &joined, &type, &body), PINTLE_OK);
  ck_assert_int_eq(type, WIRE_FINISH);
  ck_assert_uint_eq(body.len, 0);
  ck_assert_int_eq(wire_next(buf_str(&out), &used, &got, &joined, &type, &body), PINTLE_NOT_FOUND);
  ck_assert_uint_eq(used, out.len);
  buf_free(&out);
}
END_TEST

START_TEST(a_long_body_goes_in_several_frames) {
  size_t n = (size_t)WIRE_MAX_FRAME + 5;
  char *big = malloc(n);
  buf out = {0}, joined = {0};
  uint64_t sent = 0, got = 0;
  size_t used = 0;
  enum wire_type type;
  str body;
  ck_assert_ptr_nonnull(big);
  for (size_t i = 0; i < n; i++) big[i] = (char)i;
  wire_frame(&out, WIRE_OUTCOME, (str){big, n}, &sent);
  ck_assert_uint_eq(sent, 2);
  ck_assert_uint_eq(out.len, n + 2 * sizeof(wire_header));
  for (size_t have = 0; have < out.len; have += 1 << 20) /* as it arrives */
    ck_assert_int_eq(wire_next((str){out.data, have}, &used, &got, &joined, &type, &body), PINTLE_NOT_FOUND);
  ck_assert_int_eq(wire_next(buf_str(&out), &used, &got, &joined, &type, &body), PINTLE_OK);
  ck_assert_uint_eq(body.len, n);
  ck_assert_int_eq(memcmp(body.ptr, big, n), 0);
  free(big);
  buf_free(&out);
  buf_free(&joined);
}
END_TEST

START_TEST(what_is_no_frame_is_refused) {
  const wire_header bad[] = {{.length = WIRE_MAX_FRAME + 1, .type = WIRE_ITEMS}, {.type = 0}, {.type = WIRE_TYPES}, {.type = WIRE_ITEMS, .flags = 2},
                             {.type = WIRE_ITEMS, .sequence = 1}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    buf joined = {0};
    uint64_t sequence = 0;
    size_t used = 0;
    enum wire_type type;
    str body;
    ck_assert_int_eq(wire_next((str){(const char *)&bad[i], sizeof bad[i]}, &used, &sequence, &joined, &type, &body), PINTLE_INVALID);
  }
}
END_TEST

START_TEST(a_reader_never_leaves_its_body) {
  arena a = {0};
  buf b = {0};
  wire_u32(&b, 100); /* a string of 100 bytes, of which there are none */
  wire_reader r = {b.data, b.data + b.len, false};
  ck_assert_str_eq(wire_get_z(&r, &a), "");
  ck_assert(r.overrun);
  ck_assert_uint_eq(wire_get_u64(&r), 0);
  buf_clear(&b);
  wire_str(&b, (str){"a\0b", 3});
  r = (wire_reader){b.data, b.data + b.len, false};
  wire_get_z(&r, &a);
  ck_assert_msg(r.overrun, "a NUL inside a name");
  buf_free(&b);
  arena_free(&a);
}
END_TEST

static chain_outcome sample(kube_types *types) {
  static const chain_related related = {{"", "v1", "secrets", "ns", "s"}, PINTLE_MUST_INCLUDE, 1};
  static const chain_operation operation = {1, "op-1", &related, 1};
  chain_outcome o = {.what = CHAIN_YIELD, .next = 2, .changed = true, .text = STR("{\"a\":1}"), .ns = STR("ns"), .name = STR("n"), .entry = 1, .warnings = 3,
                     .errors = 4, .findings = 5, .calls = 6, .related = &related, .n_related = 1, .operation = "op-1", .op_entry = 1, .wait = 7,
                     .post = &related, .n_post = 1, .record = STR("[1]"), .original_labels = STR("{}"), .operations = &operation, .n_operations = 1};
  o.type = kube_types_of(types, STR("apps/v1"), STR("Deployment"), true);
  return o;
}

START_TEST(an_outcome_comes_out_as_it_went_in) {
  kube_types *types = NULL;
  arena a = {0};
  buf b = {0};
  uint64_t ticket = 0;
  chain_outcome got;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  chain_outcome want = sample(types);
  message_put_outcome(&b, 42, &want);
  wire_reader r = {b.data, b.data + b.len, false};
  ck_assert_int_eq(message_get_outcome(&r, &a, types, 2, &ticket, &got), PINTLE_OK);
  ck_assert_ptr_eq(r.at, r.end);
  ck_assert_uint_eq(ticket, 42);
  ck_assert_int_eq(got.what, CHAIN_YIELD);
  ck_assert_uint_eq(got.next, 2);
  ck_assert(got.changed && str_is(got.text, "{\"a\":1}") && str_is(got.ns, "ns") && str_is(got.name, "n") && str_is(got.record, "[1]"));
  ck_assert_ptr_eq(got.type, want.type);
  ck_assert_uint_eq(got.warnings + 10 * got.errors + 100 * got.findings + 1000 * got.calls, 3 + 40 + 500 + 6000);
  ck_assert_uint_eq(got.n_related, 1);
  ck_assert_str_eq(got.related[0].id.resource, "secrets");
  ck_assert_uint_eq(got.related[0].flags, PINTLE_MUST_INCLUDE);
  ck_assert_uint_eq(got.n_operations, 1);
  ck_assert_str_eq(got.operation, "op-1");
  ck_assert_str_eq(got.operations[0].post[0].id.name, "s");
  ck_assert_int_eq(got.wait, 7);
  ck_assert(str_is(got.original_labels, "{}"));
  buf_free(&b);
  arena_free(&a);
  kube_types_free(types);
}
END_TEST

/* A plugin may scribble over the worker's memory: whatever comes, the supervisor reads it or refuses it. */
START_TEST(a_damaged_outcome_is_harmless) {
  kube_types *types = NULL;
  arena a = {0};
  buf b = {0};
  uint64_t ticket;
  chain_outcome got;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  chain_outcome want = sample(types);
  message_put_outcome(&b, 42, &want);
  for (size_t cut = 0; cut < b.len; cut++) {
    char *part = malloc(cut + 1); /* of its own, so that ASan sees a step too far */
    memcpy(part, b.data, cut);
    wire_reader r = {part, part + cut, false};
    ck_assert_int_eq(message_get_outcome(&r, &a, types, 2, &ticket, &got), PINTLE_INVALID);
    free(part);
  }
  for (size_t at = 0; at < b.len; at++)
    for (int bit = 0; bit < 8; bit++) {
      b.data[at] = (char)(b.data[at] ^ 1 << bit);
      wire_reader r = {b.data, b.data + b.len, false};
      if (message_get_outcome(&r, &a, types, 2, &ticket, &got) == PINTLE_OK) {
        ck_assert(got.what >= CHAIN_DONE && got.what <= CHAIN_FAIL_RUN);
        ck_assert_uint_le(got.next, 2);
      }
      b.data[at] = (char)(b.data[at] ^ 1 << bit);
      arena_reset(&a);
    }
  wire_reader r = {b.data, b.data + b.len, false};
  ck_assert_msg(message_get_outcome(&r, &a, types, 1, &ticket, &got) == PINTLE_INVALID, "an entry that the plan does not have");
  buf_free(&b);
  arena_free(&a);
  kube_types_free(types);
}
END_TEST

/* ---- questions */
static pintle_status read_question(const char *bytes, size_t n, ask_question *q) {
  arena a = {0};
  char *part = malloc(n + 1);
  memcpy(part, bytes, n);
  wire_reader r = {part, part + n, false};
  pintle_status st = ask_get(&r, &a, q);
  if (st == PINTLE_OK) {
    ck_assert_ptr_nonnull(q->id.name);
    ck_assert_ptr_nonnull(q->kind);
    ck_assert_uint_le(strlen(q->key), ASK_KEY);
    ck_assert_uint_le(q->value.len, ASK_VALUE);
    ck_assert_uint_le(q->scope, 1);
  }
  arena_free(&a);
  free(part);
  return st;
}

static const ask_question questions[] = {{.what = ASK_GET, .id = {"apps", "v1", "deployments", "shop", "web"}},
                                         {.what = ASK_LIST, .id = {"", "", "pods", "", ""}, .from = 7},
                                         {.what = ASK_KIND, .api_version = "apps/v1", .kind = "Deployment"},
                                         {.what = ASK_WRITE},
                                         {.what = ASK_STATE_GET, .scope = 1, .key = "k"},
                                         {.what = ASK_STATE_PUT, .scope = 0, .key = "k", .value = {"v\0w", 3}},
                                         {.what = ASK_STATE_ADD, .scope = 1, .key = "k", .value = {"", 0}}};

START_TEST(a_damaged_question_is_harmless) {
  ask_question got;
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    buf b = {0};
    ask_put(&b, &questions[i]);
    ck_assert_int_eq(read_question(b.data, b.len, &got), PINTLE_OK);
    ck_assert_uint_eq(got.what, questions[i].what);
    ck_assert_uint_eq(got.from, questions[i].from);
    for (size_t cut = 0; cut < b.len; cut++) ck_assert_int_eq(read_question(b.data, cut, &got), PINTLE_INVALID);
    for (size_t bit = 0; bit < b.len * 8; bit++) {
      b.data[bit / 8] = (char)(b.data[bit / 8] ^ 1 << bit % 8);
      read_question(b.data, b.len, &got);
      b.data[bit / 8] = (char)(b.data[bit / 8] ^ 1 << bit % 8);
    }
    buf_addc(&b, 0);
    ck_assert_msg(read_question(b.data, b.len, &got) == PINTLE_INVALID, "something behind the question");
    buf_free(&b);
  }
}
END_TEST

START_TEST(questions_have_limits) {
  static char long_key[ASK_KEY + 2], large[ASK_VALUE + 1];
  memset(long_key, 'k', sizeof long_key - 1);
  const ask_question bad[] = {{.what = 0},
                              {.what = ASK_WHATS},
                              {.what = ASK_STATE_GET, .key = ""},
                              {.what = ASK_STATE_GET, .key = long_key},
                              {.what = ASK_STATE_GET, .scope = 2, .key = "k"},
                              {.what = ASK_STATE_PUT, .key = "k", .value = {large, sizeof large}}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ask_question got;
    buf b = {0};
    ask_put(&b, &bad[i]);
    ck_assert_int_eq(read_question(b.data, b.len, &got), PINTLE_INVALID);
    buf_free(&b);
  }
}
END_TEST

/* As fields.ParseSelector: what the terms are, what matches, what is refused. */
START_TEST(field_selectors_are_those_of_kubernetes) {
  static const struct {
    const char *selector;
    int matches; /* -1: INVALID */
  } rows[] = {{"", 1},
              {"metadata.name=web", 1},
              {"metadata.name==web,metadata.namespace=shop", 1},
              {"metadata.name!=web", 0},
              {"metadata.namespace=", 0},
              {",,spec.nodeName=n1,", 1},
              {"spec.nodeName!=n1", 0},
              {"spec.absent=", 1},
              {"spec.absent!=x", 1},
              {"spec.replicas=3", 1},
              {"spec.paused=true", 1},
              {"spec.text=a\\,b\\=c\\\\d", 1},
              {"spec=", 1},
              {"metadata.name", -1},
              {"=web", -1},
              {".a=b", -1},
              {"a..b=c", -1},
              {"a.=c", -1},
              {"spec.text=a\\x", -1},
              {"spec.text=a\\", -1},
              {"spec.text=a=b", -1},
              {"spec/nodeName=a", -1}};
  static const char text[] = "{\"spec\":{\"nodeName\":\"n1\",\"replicas\":3,\"paused\":true,\"text\":\"a,b=c\\\\d\"}}";
  item_doc *d = NULL;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, STR(text), 0, NULL, NULL), PINTLE_OK);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    ask_fields f = {0};
    error e;
    pintle_status st = ask_fields_parse(rows[i].selector, &f, &e);
    ck_assert_msg(st == (rows[i].matches < 0 ? PINTLE_INVALID : PINTLE_OK), "%s", rows[i].selector);
    if (st == PINTLE_OK) ck_assert_msg(ask_fields_match(&f, d, STR("shop"), STR("web")) == (rows[i].matches == 1), "%s", rows[i].selector);
    ask_fields_free(&f);
  }
  ask_fields none = {0};
  ck_assert_int_eq(ask_fields_parse(NULL, &none, NULL), PINTLE_OK);
  ck_assert_uint_eq(none.n, 0);
  item_free(d);
}
END_TEST

int main(void) {
  Suite *s = suite_create("worker/wire");
  TCase *t = tcase_create("wire");
  tcase_add_test(t, frames_come_out_as_they_went_in);
  tcase_add_test(t, a_long_body_goes_in_several_frames);
  tcase_add_test(t, what_is_no_frame_is_refused);
  tcase_add_test(t, a_reader_never_leaves_its_body);
  tcase_add_test(t, an_outcome_comes_out_as_it_went_in);
  tcase_add_test(t, a_damaged_outcome_is_harmless);
  tcase_add_test(t, a_damaged_question_is_harmless);
  tcase_add_test(t, questions_have_limits);
  tcase_add_test(t, field_selectors_are_those_of_kubernetes);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
