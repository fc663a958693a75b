/* test_engine_blocks.c -- which items go together, in which order; the order of a restore.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/blocks.h"
#include "engine/priority.h"
#include <check.h>
#include <stdlib.h>

static kube_types *types;
static kube_source *source;
static engine_journal *journal;
static engine_relations relations;
static unsigned char *selected;
static char last_line[300];

static void hear(void *ctx, const engine_event *event) {
  (void)ctx;
  if (event->kind == ENGINE_LOG) snprintf(last_line, sizeof last_line, "%.*s", (int)event->message.len, event->message.ptr);
}

static void setup(void) {
  const engine_journal_options o = {.run_field = "backup=velero/b", .no_file = true, .listener = {.event = hear}};
  error e;
  ck_assert_int_eq(kube_types_new(&types), PINTLE_OK);
  const kube_source_options s = {.types = types};
  ck_assert_int_eq(kube_source_new(&s, &source, &e), PINTLE_OK);
  ck_assert_int_eq(engine_journal_open(&o, &journal, &e), PINTLE_OK);
  last_line[0] = 0;
}

static void teardown(void) {
  kube_source_free(source);
  kube_types_free(types);
  engine_journal_free(journal);
  engine_relations_free(&relations);
  free(selected);
  selected = NULL;
}

/* Items by a word each: "p1" is Pod p1, c PersistentVolumeClaim, v PersistentVolume, m ConfigMap, s Secret. */
static void item(const char *name) {
  static const struct {
    char letter;
    const char *resource, *kind;
  } kinds[] = {{'p', "pods", "Pod"},
               {'c', "persistentvolumeclaims", "PersistentVolumeClaim"},
               {'v', "persistentvolumes", "PersistentVolume"},
               {'m', "configmaps", "ConfigMap"},
               {'s', "secrets", "Secret"}};
  char text[300];
  error e;
  size_t k = 0;
  while (kinds[k].letter != name[0]) k++;
  const char *ns = name[0] == 'v' ? "" : "a";
  snprintf(text, sizeof text, "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\"%s}}", kinds[k].kind, name,
           *ns ? ",\"namespace\":\"a\"" : "");
  ck_assert_msg(kube_source_add_archived(source, str_of(kinds[k].resource), STR("v1"), str_of(ns), str_of(name), str_of(text), "here",
                                         &e) == PINTLE_OK,
                "%s", e.message);
}

static void items(const char *words) {
  char text[2000], *save = NULL;
  error e;
  snprintf(text, sizeof text, "%s", words);
  for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) item(w);
  ck_assert_int_eq(kube_source_finish(source, &e), PINTLE_OK);
  selected = malloc(kube_source_count(source) + 1);
  memset(selected, 1, kube_source_count(source) + 1);
}

static uint32_t index_of(const char *name) {
  for (size_t i = 0; i < kube_source_count(source); i++) {
    kube_entry k;
    kube_source_get(source, i, &k);
    if (str_is(k.name, name)) return (uint32_t)i;
  }
  ck_abort_msg("%s", name);
  return 0;
}

/* "p1 c1 c2": p1 names c1 and c2. */
static void relate(const char *words) {
  char text[300], *save = NULL;
  uint32_t v[20];
  size_t n = 0;
  error e;
  snprintf(text, sizeof text, "%s", words);
  for (char *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save)) v[n++] = index_of(w);
  ck_assert_int_eq(engine_relations_add(&relations, kube_source_count(source), v[0], v + 1, n - 1, &e), PINTLE_OK);
}

/* "p1 [c1 c2] m1": blocks in brackets; "" when all is in source order. */
static void expect(const char *backup, const char *wanted) {
  engine_ordered ordered;
  engine_blocks b;
  CLEANUP(buf_free) buf got = {0};
  item_doc *d = NULL;
  error e;
  uint32_t last = 0, highest = 0;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_int_eq(item_parse(d, str_of(backup), 0, NULL, &e), PINTLE_OK);
  ck_assert_int_eq(engine_ordered_read(d, source, types, selected, journal, &ordered, &e), PINTLE_OK);
  ck_assert_int_eq(engine_blocks_make(source, selected, &relations, &ordered, journal, &b, &e), PINTLE_OK);
  for (size_t i = 0; i < b.n; i++) {
    kube_entry k;
    uint32_t number = b.number[b.order[i]];
    kube_source_get(source, b.order[i], &k);
    if (last && number != last) buf_addc(&got, ']');
    if (got.len) buf_addc(&got, ' ');
    if (number && number != last) {
      buf_addc(&got, '[');
      ck_assert_uint_eq(number, ++highest); /* in the order of dispatch */
    }
    last = number;
    buf_adds(&got, k.name);
  }
  if (last) buf_addc(&got, ']');
  ck_assert_str_eq(buf_z(&got), wanted);
  engine_blocks_free(&b);
  free(ordered.v);
  item_free(d);
}

START_TEST(none) {
  items("m1 p1 c1");
  expect("{}", "");
}
END_TEST

/* The claim is read before its Pod, and still goes with it; the block stands where the claim does. */
START_TEST(pods_first) {
  items("m0 c1 m1 v1 p1 m2");
  relate("p1 c1");
  relate("c1 v1");
  expect("{}", "m0 [p1 c1 v1] m1 m2");
}
END_TEST

START_TEST(depth_first) {
  items("m1 m2 m3 m4 m5 m6");
  relate("m1 m3 m5");
  relate("m3 m4");
  relate("m4 m2");
  expect("{}", "[m1 m3 m4 m2 m5] m6");
}
END_TEST

/* What is in a block already stays there; an item whose relations are all taken is for itself. */
START_TEST(first_comes_first) {
  items("p1 p2 c1 c2 p3");
  relate("p1 c1");
  relate("p2 c1 c2");
  relate("p3 c1");
  expect("{}", "[p1 c1] [p2 c2] p3");
}
END_TEST

START_TEST(cycles) {
  items("m1 m2 m3 m4");
  relate("m1 m3");
  relate("m3 m1 m3 m4");
  relate("m4 m3 m1");
  expect("{}", "[m1 m3 m4] m2");
}
END_TEST

/* Two stretches of one item add up; what is not selected stays away. */
START_TEST(stretches) {
  items("m1 m2 m3 m4");
  relate("m1 m3");
  relate("m1 m4");
  selected[index_of("m2")] = 0;
  expect("{}", "[m1 m3 m4]");
}
END_TEST

START_TEST(ordered) {
  items("m1 m2 p1 p2 p3 c2 s1");
  relate("p2 c2");
  expect("{\"spec\":{\"orderedResources\":{\"configmaps\":\"a/m2\",\"pods\":\"a/p3, a/p2\"}}}", "[p3 p2 c2] m2 m1 p1 s1");
  ck_assert_uint_eq(engine_warnings(journal), 0);
  expect("{\"spec\":{\"orderedResources\":{\"po\":\"a/p9,p1,b/p1\",\"nothings\":\"x\",\"pv\":\"a/v1\"}}}", "m1 m2 p1 [p2 c2] p3 s1");
  ck_assert_uint_eq(engine_warnings(journal), 5);
  /* p2 is in the block of its claim already */
  expect("{\"spec\":{\"orderedResources\":{\"pods\":\"a/p2\",\"pvc\":\"a/c2\"}}}", "[p2 c2] m1 m2 p1 p3 s1");
}
END_TEST

/* A chain of 25,000: no recursion, three blocks, one warning. */
START_TEST(split) {
  enum { N = 25000 };
  char name[20];
  error e;
  engine_blocks b;
  const engine_ordered none = {0};
  for (int i = 0; i < N; i++) snprintf(name, sizeof name, "m%d", i), item(name);
  items("s1");
  for (uint32_t i = 0; i + 1 < N; i++) {
    uint32_t next = i + 1;
    ck_assert_int_eq(engine_relations_add(&relations, N + 1, i, &next, 1, &e), PINTLE_OK);
  }
  ck_assert_int_eq(engine_blocks_make(source, selected, &relations, &none, journal, &b, &e), PINTLE_OK);
  ck_assert_uint_eq(b.n, N + 1);
  for (uint32_t i = 0; i < N; i++) {
    ck_assert_uint_eq(b.order[i], i);
    ck_assert_uint_eq(b.number[i], i / 10000 + 1);
  }
  ck_assert_uint_eq(b.number[N], 0);
  ck_assert_str_eq(last_line, "25000 items belong together; they are backed up in blocks of 10000");
  ck_assert_uint_eq(engine_warnings(journal), 1);
  engine_blocks_free(&b);
}
END_TEST

/* Velero pkg/types/priority_test.go: high and low replaced one by one. */
static void priorities(const char *text, const char *wanted) {
  engine_priorities p;
  arena a = {0};
  error e;
  CLEANUP(buf_free) buf got = {0};
  if (engine_priorities_parse(str_of(text), &a, &p, &e) != PINTLE_OK) buf_addz(&got, e.message);
  else {
    if (p.high == engine_high_priorities) buf_addz(&got, "default ");
    else
      for (size_t i = 0; p.high[i]; i++) buf_printf(&got, "%s ", p.high[i]);
    buf_addz(&got, "| ");
    if (p.low == engine_low_priorities) buf_addz(&got, "default");
    else
      for (size_t i = 0; p.low[i]; i++) buf_printf(&got, "%s%s", i ? " " : "", p.low[i]);
  }
  ck_assert_msg(strcmp(buf_z(&got), wanted) == 0, "%s: %s", text, buf_z(&got));
  arena_free(&a);
}
START_TEST(priority_syntax) {
  priorities("", "default | default");
  priorities("-", "default | default");
  priorities("a", "a | default");
  priorities("a,b", "a b | default");
  priorities("a,b,-", "a b | default");
  priorities("-,y,z", "default | y z");
  priorities("a,-,z", "a | z");
  priorities("a,b,-,y,z", "a b | y z");
  priorities("-,-", "multiple priority separator \"-\" found");
  priorities("a,-,b,-", "multiple priority separator \"-\" found");
}
END_TEST

int main(void) {
  Suite *s = suite_create("engine_blocks");
  TCase *t = tcase_create("blocks");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, none);
  tcase_add_test(t, pods_first);
  tcase_add_test(t, depth_first);
  tcase_add_test(t, first_comes_first);
  tcase_add_test(t, cycles);
  tcase_add_test(t, stretches);
  tcase_add_test(t, ordered);
  tcase_add_test(t, split);
  tcase_add_test(t, priority_syntax);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
