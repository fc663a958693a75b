/* test_engine_filter.c -- which types and namespaces a Backup or Restore takes.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/filter.h"
#include <check.h>

static kube_types *types;

typedef struct row {
  const char *spec;
  const char *type; /* resource.group */
  const char *ns;
  bool taken;
} row;

static engine_filter *filter_of(const char *kind, const char *spec, error *e) {
  item_doc *d = NULL;
  buf text = {0};
  engine_filter *f = NULL;
  buf_printf(&text, "{\"kind\":\"%s\",\"spec\":%s}", kind, spec);
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, buf_str(&text), 0, NULL, e) == PINTLE_OK, "%s: %s", spec, e->message);
  if (strcmp(kind, "Backup") == 0) engine_filter_backup(d, types, &f, e);
  else engine_filter_restore(d, types, &f, e);
  item_free(d);
  buf_free(&text);
  return f;
}

static void check_rows(const char *kind, const row *rows, size_t n) {
  for (size_t i = 0; i < n; i++) {
    error e = {0};
    buf why = {0};
    engine_filter *f = filter_of(kind, rows[i].spec, &e);
    const kube_type *t = kube_types_named(types, str_of(rows[i].type));
    ck_assert_msg(f && t, "%s %s: %s", rows[i].spec, rows[i].type, e.message);
    bool taken = engine_filter_takes(f, t, str_of(rows[i].ns), &why);
    ck_assert_msg(taken == rows[i].taken, "%s %s %s: %s", rows[i].spec, rows[i].type, rows[i].ns, buf_z(&why));
    ck_assert_msg(taken || why.len, "%s %s: no reason", rows[i].spec, rows[i].type);
    engine_filter_free(f);
    buf_free(&why);
  }
}

/* velero-contract section 3.2, row "New" */
START_TEST(new_generation) {
  static const row rows[] = {
      {"{}", "pods", "a", true},
      {"{}", "clusterroles", "", true}, /* a backup without filters takes cluster-scoped types too */
      {"{\"includedNamespaces\":[\"a\"]}", "pods", "a", true},
      {"{\"includedNamespaces\":[\"a\"]}", "pods", "b", false},
      {"{\"includedNamespaces\":[\"a\"]}", "clusterroles", "", false},
      {"{\"includedNamespaces\":[\"a\"]}", "namespaces", "", true},
      {"{\"includedNamespaces\":[\"team-*\"]}", "pods", "team-1", true},
      {"{\"includedNamespaces\":[\"team-[ab]\"]}", "pods", "team-c", false},
      {"{\"excludedNamespaces\":[\"a\"]}", "pods", "a", false},
      {"{\"excludedNamespaces\":[\"a\"]}", "clusterroles", "", false},
      {"{\"includedNamespaceScopedResources\":[\"po\",\"deploy\"]}", "pods", "a", true},
      {"{\"includedNamespaceScopedResources\":[\"po\",\"deploy\"]}", "deployments.apps", "a", true},
      {"{\"includedNamespaceScopedResources\":[\"po\",\"deploy\"]}", "secrets", "a", false},
      {"{\"includedNamespaceScopedResources\":[\"po\"]}", "clusterroles", "", false},
      {"{\"excludedNamespaceScopedResources\":[\"*\"]}", "pods", "a", false},
      {"{\"includedClusterScopedResources\":[\"clusterroles\"]}", "clusterroles", "", true},
      {"{\"includedClusterScopedResources\":[\"clusterroles\"]}", "persistentvolumes", "", false},
      {"{\"includedClusterScopedResources\":[\"*\"],\"includedNamespaces\":[\"a\"]}", "persistentvolumes", "", true},
      {"{\"excludedClusterScopedResources\":[\"persistentvolumes\"]}", "persistentvolumes", "", false},
      {"{\"excludedClusterScopedResources\":[\"persistentvolumes\"]}", "clusterroles", "", false}, /* then only what is named */
      {"{\"excludedClusterScopedResources\":[\"persistentvolumes\"]}", "namespaces", "", true},
      {"{\"includedNamespaceScopedResources\":[\"clusterroles\"]}", "pods", "a", true}, /* of the other scope: says nothing */
      {"{\"excludedNamespaceScopedResources\":[\"ingresses.networking.k8s.io\"]}", "ingresses.networking.k8s.io", "a", false},
  };
  check_rows("Backup", rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(old_generation) {
  static const row rows[] = {
      {"{\"includedResources\":[\"pods\"]}", "pods", "a", true},
      {"{\"includedResources\":[\"pods\"]}", "secrets", "a", false},
      {"{\"excludedResources\":[\"secrets\"]}", "secrets", "a", false},
      {"{\"includeClusterResources\":false}", "clusterroles", "", false},
      {"{\"includeClusterResources\":true,\"includedNamespaces\":[\"a\"]}", "clusterroles", "", true},
      {"{\"includedResources\":[\"*\"]}", "clusterroles", "", true},
      {"{\"includedResources\":[\"*\"],\"includedNamespaces\":[\"a\"]}", "clusterroles", "", false},
  };
  check_rows("Backup", rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(restore_rules) {
  static const row rows[] = {
      {"{}", "pods", "a", true},
      {"{}", "nodes", "", false}, /* never restored */
      {"{}", "events", "a", false},
      {"{}", "clusterroles", "", true},
      {"{\"includedNamespaces\":[\"a\"]}", "clusterroles", "", false},
      {"{\"includedNamespaces\":[\"a\"],\"includeClusterResources\":true}", "clusterroles", "", true},
      {"{\"includeClusterResources\":false}", "persistentvolumes", "", false},
      {"{\"excludedResources\":[\"secrets\"]}", "secrets", "a", false},
  };
  check_rows("Restore", rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(contradictions) {
  static const struct { const char *kind, *spec, *message, *place; } rows[] = {
      {"Backup", "{\"includedResources\":[\"pods\"],\"includedClusterScopedResources\":[\"nodes\"]}",
       "spec.includedClusterScopedResources cannot be used together with includedResources, excludedResources or includeClusterResources",
       "/spec/includedClusterScopedResources"},
      {"Backup", "{\"excludedNamespaces\":[\"*\"]}", "spec.excludedNamespaces: may not hold \"*\": nothing would be left", "/spec/excludedNamespaces"},
      {"Backup", "{\"labelSelector\":{\"matchLabels\":{\"a\":\"b\"}},\"orLabelSelectors\":[{\"matchLabels\":{\"a\":\"c\"}}]}",
       "spec.labelSelector and spec.orLabelSelectors cannot be used together", "/spec/orLabelSelectors"},
      {"Restore", "{\"includedResources\":[\"pods\",\"nodes\"]}", "nodes cannot be restored", "/spec/includedResources/1"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    error e = {0};
    ck_assert_ptr_null(filter_of(rows[i].kind, rows[i].spec, &e));
    ck_assert_int_eq(e.status, PINTLE_INVALID);
    ck_assert_str_eq(e.message, rows[i].message);
    ck_assert_str_eq(e.place, rows[i].place);
  }
}
END_TEST

START_TEST(labels_and_more_namespaces) {
  error e = {0};
  const kube_label web = {STR("tier"), STR("web")}, db = {STR("tier"), STR("db")};
  engine_filter *f = filter_of("Backup", "{\"orLabelSelectors\":[{\"matchLabels\":{\"tier\":\"web\"}},{\"matchExpressions\":[{\"key\":\"x\",\"operator\":\"Exists\"}]}]}", &e);
  ck_assert_msg(f != NULL, "%s", e.message);
  ck_assert(engine_filter_has_labels(f));
  ck_assert(engine_filter_labels(f, (kube_labels){&web, 1}));
  ck_assert(!engine_filter_labels(f, (kube_labels){&db, 1}));
  ck_assert(engine_filter_namespace(f, STR("kube-system")));
  ck_assert_int_eq(engine_filter_exclude_namespace(f, STR("kube-system"), &e), PINTLE_OK);
  ck_assert(!engine_filter_namespace(f, STR("kube-system")));
  engine_filter_free(f);
}
END_TEST

int main(void) {
  if (kube_types_new(&types) != PINTLE_OK) return 2;
  Suite *s = suite_create("engine/filter");
  TCase *t = tcase_create("filter");
  tcase_add_test(t, new_generation);
  tcase_add_test(t, old_generation);
  tcase_add_test(t, restore_rules);
  tcase_add_test(t, contradictions);
  tcase_add_test(t, labels_and_more_namespaces);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  kube_types_free(types);
  return failed != 0;
}
