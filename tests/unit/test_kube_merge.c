/* test_kube_merge.c -- strategic merge patches: item, patch, exact item; and what is said when there is none.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/merge.h"
#include <check.h>
#include <stdlib.h>

static item_doc *document(const char *json) {
  item_doc *d;
  error e;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, str_of(json), 0, NULL, &e) == PINTLE_OK, "%s: %s", e.message, json);
  return d;
}

static pintle_status apply(item_doc *d, const char *patch, error *e) {
  return item_strategic(d, str_of(patch), kube_merge_strategy, kube_merge_of(item_str(d, "/apiVersion", ""), item_str(d, "/kind", "")), e);
}

/* spec of a Pod, patch of it, what it becomes; NULL or "!words of the error". The record, applied to the item as it was, must give the same. */
static void pod(const char *spec, const char *patch, const char *wanted) {
  buf item = {0}, p = {0}, out = {0}, record = {0}, again = {0};
  error e = {0};
  buf_printf(&item, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":%s}", spec);
  buf_printf(&p, "{\"spec\":%s}", patch);
  item_doc *d = document(item.data), *copy = document(item.data);
  item_begin(d);
  pintle_status st = apply(d, p.data, &e);
  ck_assert_int_eq(item_commit(d, &record), PINTLE_OK);
  item_print(d, item_at(d, "/spec"), 0, &out);
  if (wanted[0] == '!') {
    ck_assert_int_eq(st, PINTLE_INVALID);
    ck_assert_msg(strstr(e.message, wanted + 1) != NULL, "%s: %s", patch, e.message);
    ck_assert_str_eq(out.data, spec);
    ck_assert_str_eq(record.data, "[]");
  } else {
    ck_assert_msg(st == PINTLE_OK, "%s: %s", patch, e.message);
    ck_assert_str_eq(out.data, wanted);
    ck_assert_int_eq(item_doc_api.patch(item_handle(copy), record.data, record.len), PINTLE_OK);
    item_print(copy, item_at(copy, "/spec"), 0, &again);
    ck_assert_str_eq(again.data, wanted);
  }
  item_free(d);
  item_free(copy);
  buf *const all[] = {&item, &p, &out, &record, &again};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) buf_free(all[i]);
}

static const char *const rows[][3] = {
    {"{\"a\":1,\"b\":{\"c\":2}}", "{\"a\":3,\"b\":{\"d\":4},\"e\":null}", "{\"a\":3,\"b\":{\"c\":2,\"d\":4}}"},
    {"{\"a\":1,\"b\":2}", "{\"a\":null,\"n\":{\"x\":null,\"y\":1}}", "{\"b\":2,\"n\":{\"y\":1}}"},
    /* by key; the others keep their places */
    {"{\"containers\":[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"image\":\"1\"}]}",
     "{\"containers\":[{\"name\":\"b\",\"image\":\"2\"}]}",
     "{\"containers\":[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"image\":\"2\"}]}"},
    {"{\"containers\":[{\"name\":\"a\"}]}", "{\"containers\":[{\"name\":\"b\"}]}", "{\"containers\":[{\"name\":\"b\"},{\"name\":\"a\"}]}"},
    {"{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}", "{\"containers\":[{\"name\":\"b\",\"$patch\":\"delete\"}]}",
     "{\"containers\":[{\"name\":\"a\"},{\"name\":\"c\"}]}"},
    {"{\"containers\":[{\"name\":\"a\"}]}", "{\"containers\":[{\"$patch\":\"replace\"},{\"name\":\"z\"}]}",
     "{\"containers\":[{\"name\":\"z\"}]}"},
    /* the key of ports is a number */
    {"{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80},{\"containerPort\":81}]}]}",
     "{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":81,\"name\":\"x\"}]}]}",
     "{\"containers\":[{\"name\":\"a\",\"ports\":[{\"containerPort\":80},{\"containerPort\":81,\"name\":\"x\"}]}]}"},
    /* a list without a key is replaced */
    {"{\"tolerations\":[{\"key\":\"a\"}]}", "{\"tolerations\":[{\"key\":\"b\"}]}", "{\"tolerations\":[{\"key\":\"b\"}]}"},
    {"{\"containers\":[{\"name\":\"a\",\"args\":[\"x\",\"y\"]}]}", "{\"containers\":[{\"name\":\"a\",\"args\":[\"z\"]}]}",
     "{\"containers\":[{\"name\":\"a\",\"args\":[\"z\"]}]}"},
    {"{\"containers\":[{\"name\":\"c\"},{\"name\":\"b\"},{\"name\":\"a\"}]}",
     "{\"$setElementOrder/containers\":[{\"name\":\"a\"},{\"name\":\"c\"}],\"containers\":[{\"name\":\"a\",\"image\":\"1\"}]}",
     "{\"containers\":[{\"name\":\"b\"},{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"c\"}]}"},
    {"{\"volumes\":[{\"name\":\"v\",\"emptyDir\":{}}]}",
     "{\"volumes\":[{\"$retainKeys\":[\"name\",\"secret\"],\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}]}",
     "{\"volumes\":[{\"name\":\"v\",\"secret\":{\"secretName\":\"s\"}}]}"},
    {"{\"securityContext\":{\"runAsUser\":1,\"fsGroup\":2}}", "{\"securityContext\":{\"$patch\":\"replace\",\"runAsUser\":3}}",
     "{\"securityContext\":{\"runAsUser\":3}}"},
    {"{\"securityContext\":{\"runAsUser\":1}}", "{\"securityContext\":{\"$patch\":\"delete\"}}", "{\"securityContext\":{}}"},
    /* a directive for what is not there leaves nothing */
    {"{}", "{\"securityContext\":{\"$patch\":\"replace\",\"runAsUser\":3},\"volumes\":[{\"name\":\"a\",\"$patch\":\"delete\"}]}",
     "{\"volumes\":[]}"},
    /* in what is new, or replaced whole, only the directive goes */
    {"{\"containers\":[]}",
     "{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"b\",\"$patch\":\"delete\"}]}],\"tolerations\":[{\"$patch\":\"delete\"}]}",
     "{\"containers\":[{\"name\":\"a\",\"env\":[{\"name\":\"b\"}]}],\"tolerations\":[]}"},
    {"{\"containers\":[]}", "{\"$setElementOrder/containers\":[]}", "!of an empty list"},
    /* where the merge has worked: the new one stands in the place of the deleted one */
    {"{\"containers\":[{\"name\":\"d\"},{\"name\":\"b\"}]}",
     "{\"$setElementOrder/containers\":[{\"name\":\"a\"}],\"containers\":[{\"name\":\"a\"},{\"name\":\"b\",\"$patch\":\"delete\"}]}",
     "{\"containers\":[{\"name\":\"d\"},{\"name\":\"a\"}]}"},
    /* digits are kept */
    {"{\"n\":9007199254740993,\"m\":1.0}", "{\"m\":1e400}", "{\"n\":9007199254740993,\"m\":1e400}"},
    {"{\"containers\":[{\"name\":\"a\"}]}", "{\"containers\":[{\"image\":\"x\"}]}", "!lacks its merge key, \"name\""},
    {"{\"containers\":[{\"name\":\"a\"}]}", "{\"containers\":[\"x\"]}", "!of one type"},
    {"{\"containers\":[{\"image\":\"a\"}]}", "{\"containers\":[{\"name\":\"a\"}]}", "!lacks its merge key, \"name\""},
    {"{\"a\":{}}", "{\"a\":{\"$patch\":\"merge\"}}", "!not \"merge\""},
    {"{\"a\":{}}", "{\"a\":{\"$retainKeys\":[\"x\"],\"y\":1}}", "!$retainKeys lacks \"y\""},
    {"{\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}",
     "{\"$setElementOrder/containers\":[{\"name\":\"b\"},{\"name\":\"a\"}],\"containers\":[{\"name\":\"a\"},{\"name\":\"b\"}]}",
     "!not that of its $setElementOrder"},
    {"{}", "{\"$setElementOrder\":[]}", "!is no directive"},
};
START_TEST(pods) { pod(rows[_i][0], rows[_i][1], rows[_i][2]); }
END_TEST

static void whole(const char *item, const char *patch, const char *wanted) {
  item_doc *d = document(item);
  buf out = {0};
  error e = {0};
  ck_assert_msg(apply(d, patch, &e) == PINTLE_OK, "%s", e.message);
  item_print(d, NULL, 0, &out);
  ck_assert_str_eq(out.data, wanted);
  buf_free(&out);
  item_free(d);
}

START_TEST(sets) {
  /* finalizers are a set; in every kind */
  whole("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"finalizers\":[\"a\",\"b\",\"c\"]}}",
        "{\"metadata\":{\"finalizers\":[\"c\",\"d\"],\"$deleteFromPrimitiveList/finalizers\":[\"b\"]}}",
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"finalizers\":[\"a\",\"c\",\"d\"]}}");
  /* only the touched of two members of one key goes */
  whole("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"x\":1,\"x\":2,\"y\":1,\"y\":2}", "{\"x\":3}",
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"x\":3,\"y\":1,\"y\":2}");
  /* replaced whole, though it is an object */
  whole("{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}}}}",
        "{\"spec\":{\"selector\":{\"matchLabels\":{\"c\":\"d\"}}}}",
        "{\"apiVersion\":\"policy/v1\",\"kind\":\"PodDisruptionBudget\",\"spec\":{\"selector\":{\"matchLabels\":{\"c\":\"d\"}}}}");
}
END_TEST

START_TEST(kinds) {
  ck_assert_ptr_nonnull(kube_merge_of(STR("v1"), STR("Pod")));
  ck_assert_ptr_nonnull(kube_merge_of(STR("networking.k8s.io/v1"), STR("Ingress")));
  ck_assert_ptr_null(kube_merge_of(STR("v2"), STR("Pod")));
  ck_assert_ptr_null(kube_merge_of(STR("example.com/v1"), STR("Deployment")));
  ck_assert_ptr_null(kube_merge_of(STR(""), STR("")));
  const void *d = kube_merge_of(STR("apps/v1"), STR("Deployment"));
  item_strategy s = kube_merge_strategy(kube_merge_strategy(kube_merge_strategy(d, STR("spec")).type, STR("template")).type, STR("spec"));
  ck_assert_str_eq(kube_merge_strategy(s.type, STR("containers")).merge_key, "name");
  ck_assert_ptr_null(kube_merge_strategy(s.type, STR("nothing")).type);
}
END_TEST

START_TEST(too_long) {
  buf item = {0};
  error e = {0};
  buf_addz(&item, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"finalizers\":[\"a\"");
  for (int i = 0; i < 10000; i++) buf_addz(&item, ",\"b\"");
  buf_addz(&item, "]}}");
  item_doc *d = document(item.data);
  ck_assert_int_eq(apply(d, "{\"metadata\":{\"finalizers\":[\"c\"]}}", &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "a list of over 10000 elements cannot be merged");
  ck_assert_int_eq(apply(d, "{\"metadata\":{\"a\":1,\"a\":2}}", &e), PINTLE_INVALID);
  item_set_readonly(d, true);
  ck_assert_int_eq(apply(d, "{}", &e), PINTLE_DENIED);
  item_free(d);
  buf_free(&item);
}
END_TEST

int main(void) {
  Suite *s = suite_create("kube_merge");
  TCase *t = tcase_create("merge");
  tcase_add_loop_test(t, pods, 0, sizeof rows / sizeof *rows);
  tcase_add_test(t, sets);
  tcase_add_test(t, kinds);
  tcase_add_test(t, too_long);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
