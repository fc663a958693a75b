/* test_kube_skim.c -- identity and labels without a tree.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/skim.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static arena a;
static kube_skim k;
static error e;

static void teardown(void) { arena_free(&a); }

/* The text stands at the very end of an allocation, so that a sanitizer sees every byte read too many. */
static pintle_status skim_n(const char *text, size_t n) {
  char *copy = malloc(n + 1);
  ck_assert_ptr_nonnull(copy);
  memcpy(copy + 1, text, n);
  error_clear(&e);
  pintle_status st = kube_skim_item((str){copy + 1, n}, &a, &k, &e);
  free(copy);
  return st;
}
static pintle_status skim(const char *text) { return skim_n(text, strlen(text)); }

START_TEST(a_pod) {
  ck_assert_int_eq(
      skim("{ \"metadata\" : {\"managedFields\":[{\"fieldsV1\":{\"f:metadata\":{\"f:name\":{},\"name\":\"wrong\"}}}],"
           "\"labels\":{\"app\":\"we\\u0062\",\"velero.io/exclude-from-backup\":\"true\"},\"uid\":\"u-1\",\"name\":\"n\",\n"
           "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"namespace\":\"ns\"},\"spec\":{\"a\":\"}]\\\"{[\\\\\",\"kind\":\"X\"},"
           "\"kind\":\"Pod\",\"apiVersion\":\"v1\"}\n"),
      PINTLE_OK);
  ck_assert_str_eq(k.api_version.ptr, "v1");
  ck_assert_str_eq(k.kind.ptr, "Pod");
  ck_assert_str_eq(k.ns.ptr, "ns");
  ck_assert_str_eq(k.name.ptr, "n");
  ck_assert_str_eq(k.uid.ptr, "u-1");
  ck_assert_uint_eq(k.labels.n, 2);
  ck_assert_str_eq(kube_labels_get(k.labels, STR("app"))->ptr, "web");
  ck_assert(k.deleting && k.excluded);
}
END_TEST

START_TEST(what_is_absent_or_odd) {
  ck_assert_int_eq(
      skim("{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\",\"namespace\":null,\"deletionTimestamp\":null,\"uid\":7,"
           "\"labels\":null}}"),
      PINTLE_OK);
  ck_assert(!k.deleting && !k.excluded && k.ns.len == 0 && k.uid.len == 0 && k.labels.n == 0);
  ck_assert_ptr_nonnull(k.ns.ptr);
  /* labels that are no strings are left out; the last of a repeated key counts */
  ck_assert_int_eq(
      skim("{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"n\",\"namespace\":\"\",\"labels\":{\"x\":\"1\"},\"labels\":"
           "{\"a\":1,\"b\":{\"c\":\"d\"},\"e\":\"f\",\"e\":\"g\",\"velero.io/exclude-from-backup\":true}}}"),
      PINTLE_OK);
  ck_assert_uint_eq(k.labels.n, 1);
  ck_assert_str_eq(k.labels.v[0].key.ptr, "e");
  ck_assert_str_eq(k.labels.v[0].value.ptr, "g");
  ck_assert(!k.excluded);
}
END_TEST

START_TEST(escaped_keys_are_the_same_keys) {
  ck_assert_int_eq(
      skim("{\"\\u0061piVersion\":\"v1\",\"k\\u0069nd\":\"Pod\",\"\\u006deta\\u0064ata\":{\"n\\u0061me\":\"a\\ud83d\\ude00\\ud800b\"}}"),
      PINTLE_OK);
  ck_assert_str_eq(k.name.ptr, "a\xf0\x9f\x98\x80\xef\xbf\xbd"
                               "b");
  ck_assert_int_eq(skim("{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":{\"name\":\"a\",\"n\\u0061me\":\"b\"}}"), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "metadata.name is repeated");
}
END_TEST

#define HEAD "{\"apiVersion\":\"v1\",\"kind\":\"K\",\"metadata\":"

START_TEST(refused) {
  static const char *const bad[][3] = {
      {"", "this is no JSON object", "line 1, column 1"},
      {" []", "this is no JSON object", "line 1, column 2"},
      {"\xef\xbb\xbf{}", "this is no JSON object", "line 1, column 1"},
      {"{}", "apiVersion is missing", "line 1, column 1"},
      {"\n{\"apiVersion\":\"v1\"}", "kind is missing", "line 2, column 1"},
      {"{\"apiVersion\":\"\",\n \"kind\":\"K\"}", "apiVersion is empty", "line 1, column 15"},
      {"{\"apiVersion\":\"v1\",\n\"kind\":7}", "kind is no string", "line 2, column 8"},
      {"{\"apiVersion\":\"v1\",\"kind\":\"K\"}", "metadata.name is missing", "line 1, column 1"},
      {HEAD "{}}", "metadata.name is missing", "line 1, column 42"},
      {HEAD "null}", "metadata.name is missing", "line 1, column 42"},
      {HEAD "{\"name\":\"\"}}", "metadata.name is empty", "line 1, column 50"},
      {HEAD "{\"name\":[\"n\"]}}", "metadata.name is no string", "line 1, column 50"},
      {HEAD "{\"name\":\"a\",\"name\":\"a\"}}", "metadata.name is repeated", "line 1, column 54"},
      {HEAD "{\"name\":\"a\",\"namespace\":\"b\",\"namespace\":null}}", "metadata.namespace is repeated", "line 1, column 70"},
      {HEAD "{\"name\":\"a\"},\"metadata\":{}}", "metadata is repeated", "line 1, column 55"},
      {HEAD "{\"name\":\"a\"},\"kind\":\"K\"}", "kind is repeated", "line 1, column 55"},
      {HEAD "{\"name\":\"a/b\"}}", "metadata.name holds '/' or U+0000", "line 1, column 50"},
      {HEAD "{\"name\":\"a\\u0000\"}}", "metadata.name holds '/' or U+0000", "line 1, column 50"},
      {HEAD "{\"name\":\"a\",\"namespace\":\"..\"}}", "metadata.namespace is \".\" or \"..\"", "line 1, column 66"},
      {HEAD "{\"name\":\"a\x01\"}}", "control character in a string (it must be escaped)", "line 1, column 50"},
      {HEAD "{\"name\":\"a\xff\"}}", "invalid UTF-8 in a string", "line 1, column 50"},
      {HEAD "{\"name\":\"a\\x\"}}", "invalid escape in a string", "line 1, column 50"},
      {HEAD "{\"name\":\"a\"}", "',' or '}' is missing", "line 1, column 54"},
      {HEAD "{\"name\":\"a\"},}", "a key is missing", "line 1, column 55"},
      {HEAD "{\"name\":\"a\"},\"x\":}", "a value is missing", "line 1, column 59"},
      {HEAD "{\"name\":\"a\"},\"x\" 1}", "':' is missing", "line 1, column 59"},
      {HEAD "{\"name\":\"a\"},\"x\":[[}", "the text ends inside a value", "line 1, column 59"},
      {HEAD "{\"name\":\"a\"}} {}", "something follows the object", "line 1, column 56"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    ck_assert_msg(skim(bad[i][0]) == PINTLE_INVALID, "%s", bad[i][0]);
    ck_assert_str_eq(e.message, bad[i][1]);
    ck_assert_str_eq(e.place, bad[i][2]);
  }
  char text[1200];
  snprintf(text, sizeof text, HEAD "{\"name\":\"%01024d\"}}", 0);
  ck_assert_int_eq(skim(text), PINTLE_OK);
  snprintf(text, sizeof text, HEAD "{\"name\":\"%01025d\"}}", 0);
  ck_assert_int_eq(skim(text), PINTLE_INVALID);
  snprintf(text, sizeof text, HEAD "{\"name\":\"a\",\"namespace\":\"%0254d\"}}", 0);
  ck_assert_int_eq(skim(text), PINTLE_INVALID);
  ck_assert_int_eq(kube_skim_item(STR("{"), &a, &k, NULL), PINTLE_INVALID);
}
END_TEST

/* Strings, backslashes and brackets at every place of the scanner's blocks, and the text cut at every byte. */
START_TEST(every_offset) {
  buf b = {0};
  for (unsigned pad = 0; pad < 140; pad++) {
    buf_clear(&b);
    buf_printf(&b, "{\"spec\":{\"%0*d\":\"\\\\\\\"}{][\\\\\",\"x\":[{},[\"]\"]]},%s", (int)pad + 1, 0, &HEAD[1]);
    buf_printf(&b, "{\"annotations\":{\"a\":\"%0*d\\\\\\\\\\\"}\"},\"name\":\"n%u\"}}", (int)pad + 1, 0, pad);
    ck_assert_msg(skim_n(b.data, b.len) == PINTLE_OK, "%s: %s", b.data, e.message);
    ck_assert_int_eq(atoi(k.name.ptr + 1), (int)pad);
  }
  for (size_t n = 0; n < b.len; n++) ck_assert_int_eq(skim_n(b.data, n), PINTLE_INVALID);
  buf_free(&b);
}
END_TEST

START_TEST(many_labels) {
  buf b = {0};
  buf_addz(&b, HEAD "{\"name\":\"n\",\"labels\":{");
  for (int i = 0; i < 500; i++) buf_printf(&b, "%s\"k%d\":\"%d\"", i ? "," : "", i % 400, i);
  buf_addz(&b, "}}}");
  ck_assert_int_eq(skim_n(b.data, b.len), PINTLE_OK);
  ck_assert_uint_eq(k.labels.n, 400);
  ck_assert_str_eq(kube_labels_get(k.labels, STR("k3"))->ptr, "403");
  ck_assert_str_eq(kube_labels_get(k.labels, STR("k399"))->ptr, "399");
  buf_free(&b);
}
END_TEST

/* Whether something comes along with a Pod or a claim, and whether its volumes may be copied; a key may be written with escapes. */
START_TEST(what_comes_along) {
  static const struct {
    const char *kind, *spec;
    bool alone, copies;
  } cases[] = {
      {"Pod", "{\"volumes\":[{\"name\":\"persistentVolumeClaim\",\"emptyDir\":{}}],\"f:priorityClassName\":{}}", false, false},
      {"Pod", "{\"volumes\":[{\"emptyDir\":{}}],\"f:persistentVolumeClaim\":{},\"f:priorityClassName\":{},\"command\":[\"a\\nb\\\\u\"]}",
       true, false},
      {"Pod", "{\"volumes\":[{\"persistentVolumeClaim\":{\"claimName\":\"c\"}}]}", false, false},
      {"Pod", "{\"volumes\":[{\"persistentVolumeClai\\u006d\":{\"claimName\":\"c\"}}]}", false, true},
      {"Pod", "{\"priorityClassName\":\"p\"}", false, false},
      {"Pod", "{\"volumeName\":\"v\",\"backup.velero.io/backup-volumes\":\"v\"}", true, true},
      {"Pod", "{\"backup.velero.io\\/backup-volumes\":\"v\"}", false, true},
      {"PersistentVolumeClaim", "{\"f:volumeName\":{},\"persistentVolumeClaim\":1,\"backup.velero.io/backup-volumes\":\"v\"}", true, false},
      {"PersistentVolumeClaim", "{\"volumeName\":\"v\"}", false, false},
      {"PersistentVolumeClaim", "{\"volum\\u0065Name\":\"v\"}", false, false},
      {"ServiceAccount", "{}", false, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[512];
    snprintf(text, sizeof text, "{\"apiVersion\":\"v1\",\"kind\":\"%s\",\"metadata\":{\"name\":\"n\"},\"spec\":%s}", cases[i].kind,
             cases[i].spec);
    ck_assert_int_eq(skim(text), PINTLE_OK);
    ck_assert_msg(k.alone == cases[i].alone && k.copies == cases[i].copies, "%s: alone %d, copies %d", text, k.alone, k.copies);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("kube_skim");
  TCase *c = tcase_create("skim");
  tcase_add_checked_fixture(c, NULL, teardown);
  tcase_add_test(c, a_pod);
  tcase_add_test(c, what_is_absent_or_odd);
  tcase_add_test(c, escaped_keys_are_the_same_keys);
  tcase_add_test(c, refused);
  tcase_add_test(c, every_offset);
  tcase_add_test(c, many_labels);
  tcase_add_test(c, what_comes_along);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
