/* test_kube_types.c -- kinds, resources, CRDs, guesses, version order, globs.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/types.h"
#include <check.h>
#include <stdlib.h>

static kube_types *t;
static item_doc *doc;

static void setup(void) {
  ck_assert_int_eq(kube_types_new(&t), PINTLE_OK);
  ck_assert_int_eq(item_new(&doc), PINTLE_OK);
}
static void teardown(void) {
  kube_types_free(t);
  item_free(doc);
}

static void add_crd(const char *json) {
  error e;
  ck_assert_int_eq(item_parse(doc, str_of(json), 0, NULL, &e), PINTLE_OK);
  ck_assert_msg(kube_types_add_crd(t, doc, &e) == PINTLE_OK, "%s %s", e.place, e.message);
}

static const kube_type *of(const char *api_version, const char *kind) { return kube_types_of(t, str_of(api_version), str_of(kind), true); }
static const kube_type *named(const char *name) { return kube_types_named(t, str_of(name)); }
static const char *gr(const kube_type *k) {
  static char text[400];
  buf b = {0};
  if (!k) return "NULL";
  kube_type_gr(k, &b);
  buf_addc(&b, ' ');
  kube_type_api_version(k, &b);
  snprintf(text, sizeof text, "%s", buf_z(&b));
  buf_free(&b);
  return text;
}

/* Sorted, no type twice, exactly one preferred version for each resource, minors within the table. */
START_TEST(table_is_sound) {
  ck_assert_uint_gt(kube_built_in_count, 150);
  for (size_t i = 0; i < kube_built_in_count; i++) {
    const kube_type *a = &kube_built_in[i];
    int preferred = 0;
    ck_assert_int_ge(a->since, 15);
    ck_assert(a->until == 255 || (a->until >= a->since && a->until < 36));
    for (size_t j = 0; j < kube_built_in_count; j++) {
      const kube_type *b = &kube_built_in[j];
      if (strcmp(a->group, b->group) == 0 && strcmp(a->resource, b->resource) == 0) preferred += b->preferred;
    }
    ck_assert_msg(preferred == 1, "%s.%s: %d preferred", a->resource, a->group, preferred);
    if (i == 0) continue;
    const kube_type *p = a - 1;
    int c = strcmp(p->group, a->group);
    if (c == 0) c = strcmp(p->kind, a->kind);
    if (c == 0) c = strcmp(p->version, a->version);
    ck_assert_msg(c < 0, "%s %s %s", a->group, a->kind, a->version);
  }
}
END_TEST

/* What Kubernetes' release notes say. */
START_TEST(table_knows_history) {
  static const struct {
    const char *v, *kind, *resource;
    int namespaced, preferred, since, until;
  } want[] = {{"v1", "Pod", "pods", 1, 1, 15, 255},
              {"v1", "Endpoints", "endpoints", 1, 1, 15, 255},
              {"v1", "PersistentVolume", "persistentvolumes", 0, 1, 15, 255},
              {"extensions/v1beta1", "Deployment", "deployments", 1, 1, 15, 15},
              {"apps/v1beta2", "DaemonSet", "daemonsets", 1, 0, 15, 15},
              {"extensions/v1beta1", "Ingress", "ingresses", 1, 1, 15, 21},
              {"networking.k8s.io/v1", "Ingress", "ingresses", 1, 1, 19, 255},
              {"batch/v2alpha1", "CronJob", "cronjobs", 1, 0, 15, 20},
              {"batch/v1beta1", "CronJob", "cronjobs", 1, 0, 15, 24},
              {"batch/v1", "CronJob", "cronjobs", 1, 1, 21, 255},
              {"policy/v1beta1", "PodSecurityPolicy", "podsecuritypolicies", 0, 1, 15, 24},
              {"autoscaling/v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", 1, 0, 15, 255},
              {"autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", 1, 1, 23, 255},
              {"autoscaling/v2beta2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", 1, 0, 15, 25},
              {"storage.k8s.io/v1", "CSIStorageCapacity", "csistoragecapacities", 1, 1, 24, 255},
              {"resource.k8s.io/v1", "DeviceClass", "deviceclasses", 0, 1, 34, 255},
              {"apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "customresourcedefinitions", 0, 0, 15, 21},
              {"authorization.k8s.io/v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", 1, 1, 15, 255}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    const kube_type *k = of(want[i].v, want[i].kind);
    ck_assert_msg(k && k->origin == KUBE_BUILT_IN, "%s %s", want[i].v, want[i].kind);
    ck_assert_str_eq(k->resource, want[i].resource);
    ck_assert_int_eq(k->namespaced, want[i].namespaced);
    ck_assert_int_eq(k->preferred, want[i].preferred);
    ck_assert_int_eq(k->since, want[i].since);
    ck_assert_int_eq(k->until, want[i].until);
  }
}
END_TEST

START_TEST(ids_are_dense) {
  size_t n = kube_types_count(t);
  ck_assert_uint_eq(n, kube_built_in_count);
  ck_assert_uint_eq(of("example.com/v1", "Widget")->id, n);
  ck_assert_uint_eq(kube_types_count(t), n + 1);
  for (size_t i = 0; i <= n; i++) ck_assert_uint_eq(kube_types_get(t, i)->id, i);
  ck_assert_ptr_null(kube_types_get(t, n + 1));
}
END_TEST

START_TEST(names_that_users_write) {
  static const char *const want[][2] = {{"pods", "pods v1"},
                                        {"po", "pods v1"},
                                        {"Pod", "pods v1"},
                                        {"PODS", "pods v1"},
                                        {"deploy", "deployments.apps apps/v1"},
                                        {"deployments", "deployments.apps apps/v1"},
                                        {"deployment.apps", "deployments.apps apps/v1"},
                                        {"deployments.extensions", "deployments.extensions extensions/v1beta1"},
                                        {"ingresses", "ingresses.networking.k8s.io networking.k8s.io/v1"},
                                        {"ingresses.extensions", "ingresses.extensions extensions/v1beta1"},
                                        {"events", "events v1"},
                                        {"ev.events.k8s.io", "events.events.k8s.io events.k8s.io/v1"},
                                        {"psp", "podsecuritypolicies.policy policy/v1beta1"},
                                        {"crds", "customresourcedefinitions.apiextensions.k8s.io apiextensions.k8s.io/v1"},
                                        {"hpa", "horizontalpodautoscalers.autoscaling autoscaling/v2"},
                                        {"pods.apps", "NULL"},
                                        {"widgets", "NULL"},
                                        {"", "NULL"},
                                        {".", "NULL"}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) ck_assert_str_eq(gr(named(want[i][0])), want[i][1]);
  ck_assert_str_eq(gr(kube_types_resource(t, STR("batch"), STR("cronjobs"))), "cronjobs.batch batch/v1");
  ck_assert_ptr_null(kube_types_resource(t, STR(""), STR("cronjobs")));
}
END_TEST

/* meta.UnsafeGuessKindToResource, but for a vowel before y; the scope is the caller's. */
START_TEST(guesses) {
  static const char *const want[][2] = {
      {"Widget", "widgets"}, {"Gateway", "gateways"}, {"Proxy", "proxies"}, {"Class", "classes"}, {"MyEndpoints", "myendpoints"}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
    const kube_type *k = kube_types_of(t, STR("example.com/v1"), str_of(want[i][0]), i & 1);
    ck_assert_str_eq(k->resource, want[i][1]);
    ck_assert_int_eq(k->origin, KUBE_GUESSED);
    ck_assert_int_eq(k->namespaced, i & 1);
    ck_assert_ptr_eq(of("example.com/v1", want[i][0]), k);
  }
  ck_assert_ptr_eq(named("widgets"), of("example.com/v1", "Widget"));
  ck_assert_int_eq(of("example.com/v1beta1", "Widget")->preferred, 0);
  ck_assert_int_eq(of("example.com/v2", "Widget")->preferred, 1);
  ck_assert_str_eq(gr(named("widget.example.com")), "widgets.example.com example.com/v2");
}
END_TEST

/* A version that the table lacks is no guess: its resource and scope are known. */
START_TEST(later_version_of_a_built_in_kind) {
  const kube_type *k = kube_types_of(t, STR("policy/v7"), STR("PodSecurityPolicy"), true);
  ck_assert_str_eq(gr(k), "podsecuritypolicies.policy policy/v7");
  ck_assert_int_eq(k->origin, KUBE_BUILT_IN);
  ck_assert_int_eq(k->namespaced, 0);
  ck_assert_int_eq(k->preferred, 0);
  ck_assert_str_eq(gr(named("psp")), "podsecuritypolicies.policy policy/v1beta1");
}
END_TEST

START_TEST(refused_names) {
  static const char *const bad[][2] = {{"", "Pod"},         {"v1/", "Pod"},   {"/v1", "Pod"},   {"a/b/c", "Pod"}, {"V1", "Pod"},
                                       {"apps/1", "Pod"},   {"Apps/v1", "X"}, {"v1", ""},       {"v1", "9Pod"},   {"v1", "Po d"},
                                       {"v1", "../Secret"}, {"v1", "Pöd"},    {"a..b/v1", "X"}, {"-a.b/v1", "X"}};
  size_t n = kube_types_count(t);
  char kind[65];
  memset(kind, 'K', 64);
  kind[64] = 0;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) ck_assert_msg(!of(bad[i][0], bad[i][1]), "%s %s", bad[i][0], bad[i][1]);
  ck_assert_ptr_null(of("v1", kind));
  ck_assert_ptr_nonnull(of("v1", kind + 1));
  ck_assert_uint_eq(kube_types_count(t), n + 1);
}
END_TEST

#define CRD_HEAD "{\"kind\":\"CustomResourceDefinition\",\"apiVersion\":\"apiextensions.k8s.io/v1"

START_TEST(crd_v1) {
  const kube_type *guess = of("example.com/v1", "Box");
  ck_assert_str_eq(guess->resource, "boxs");
  add_crd(CRD_HEAD "\",\"spec\":{\"group\":\"example.com\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"Box\",\"plural\":\"boxen\","
                   "\"shortNames\":[\"bx\",\"b\"]},\"versions\":[{\"name\":\"v1beta1\",\"served\":true},{\"name\":\"v1\",\"served\":true},"
                   "{\"name\":\"v2\",\"served\":false}]}}");
  const kube_type *k = of("example.com/v1", "Box");
  ck_assert_ptr_ne(k, guess);
  ck_assert_str_eq(guess->resource, "boxs"); /* still readable */
  ck_assert_str_eq(k->resource, "boxen");
  ck_assert_str_eq(k->singular, "box");
  ck_assert_int_eq(k->namespaced, 0);
  ck_assert_int_eq(k->origin, KUBE_CRD);
  ck_assert_int_eq(k->preferred, 1); /* v2 is not served */
  ck_assert_int_eq(of("example.com/v2", "Box")->preferred, 0);
  ck_assert_ptr_eq(named("bx"), k);
  ck_assert_ptr_eq(named("b.example.com"), k);
  ck_assert_ptr_null(named("boxs"));
  ck_assert_ptr_null(kube_types_resource(t, STR("example.com"), STR("boxs")));
  ck_assert_str_eq(gr(of("example.com/v3", "Box")), "boxen.example.com example.com/v3");
}
END_TEST

START_TEST(crd_v1beta1_and_replacement) {
  add_crd(CRD_HEAD
          "beta1\",\"spec\":{\"group\":\"example.com\",\"version\":\"v1alpha1\",\"names\":{\"kind\":\"Box\",\"plural\":\"boxes\"}}}");
  ck_assert_int_eq(of("example.com/v1alpha1", "Box")->namespaced, 1);
  ck_assert_int_eq(of("example.com/v1alpha1", "Box")->preferred, 1);
  add_crd(CRD_HEAD "beta1\",\"spec\":{\"group\":\"example.com\",\"version\":\"v1\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"Box\","
                   "\"plural\":\"boxes\",\"singular\":\"carton\"},\"versions\":[{\"name\":\"v1\",\"served\":true},{\"name\":\"v1alpha1\","
                   "\"served\":true}]}}");
  ck_assert_int_eq(of("example.com/v1alpha1", "Box")->namespaced, 0);
  ck_assert_int_eq(of("example.com/v1alpha1", "Box")->preferred, 0);
  ck_assert_str_eq(gr(named("carton")), "boxes.example.com example.com/v1");
}
END_TEST

START_TEST(crds_that_are_none) {
  static const char *const bad[][2] = {
      {"{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", "/kind"},
      {CRD_HEAD "beta9\"}", "/apiVersion"},
      {CRD_HEAD "\",\"spec\":{}}", "/spec/group"},
      {CRD_HEAD "\",\"spec\":{\"group\":\"a.b\",\"names\":{\"kind\":\"K\",\"plural\":\"../x\"}}}", "/spec/names/plural"},
      {CRD_HEAD "\",\"spec\":{\"group\":\"a.b\",\"names\":{\"kind\":\"K\",\"plural\":\"ks\"},\"versions\":[{\"name\":\"v1\"}]}}",
       "/spec/scope"},
      {CRD_HEAD "\",\"spec\":{\"group\":\"a.b\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"K\",\"plural\":\"ks\"},\"versions\":[]}}",
       "/spec/versions"},
      {CRD_HEAD "\",\"spec\":{\"group\":\"a.b\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"K\",\"plural\":\"ks\"},\"versions\":[{\"name\":"
                "\"a/b\"}]}}",
       "/spec/versions"}};
  size_t n = kube_types_count(t);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    error e;
    ck_assert_int_eq(item_parse(doc, str_of(bad[i][0]), 0, NULL, &e), PINTLE_OK);
    ck_assert_int_eq(kube_types_add_crd(t, doc, &e), PINTLE_INVALID);
    ck_assert_str_eq(e.place, bad[i][1]);
  }
  ck_assert_uint_eq(kube_types_count(t), n);
}
END_TEST

/* No CRD takes a kind of Kubernetes itself. */
START_TEST(crd_of_a_built_in_kind) {
  const kube_type *k = of("apps/v1", "Deployment");
  add_crd(CRD_HEAD "\",\"spec\":{\"group\":\"apps\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"Deployment\",\"plural\":\"elsewhere\"},"
                   "\"versions\":[{\"name\":\"v1\",\"served\":true}]}}");
  ck_assert_ptr_eq(of("apps/v1", "Deployment"), k);
  ck_assert_ptr_null(named("elsewhere"));
}
END_TEST

/* A second registry that is told every type in order ends up with the same ids and meanings. */
START_TEST(told_to_another) {
  kube_types *other;
  of("example.com/v1", "Box");
  of("example.com/v9", "Box");
  add_crd(CRD_HEAD "\",\"spec\":{\"group\":\"example.com\",\"scope\":\"Cluster\",\"names\":{\"kind\":\"Box\",\"plural\":\"boxen\"},"
                   "\"versions\":[{\"name\":\"v1\",\"served\":true}]}}");
  ck_assert_int_eq(kube_types_new(&other), PINTLE_OK);
  for (size_t i = kube_built_in_count; i < kube_types_count(t); i++) {
    ck_assert_int_eq(kube_types_add(other, kube_types_get(t, i)), PINTLE_OK);
    ck_assert_str_eq(kube_types_get(other, i)->resource, kube_types_get(t, i)->resource);
  }
  ck_assert_int_eq(kube_types_add(other, of("example.com/v1", "Box")), PINTLE_EXISTS);
  ck_assert_int_eq(kube_types_add(other, of("v1", "Pod")), PINTLE_EXISTS);
  ck_assert_uint_eq(kube_types_of(other, STR("example.com/v1"), STR("Box"), true)->id, of("example.com/v1", "Box")->id);
  ck_assert_str_eq(kube_types_of(other, STR("example.com/v9"), STR("Box"), true)->resource, "boxen");
  kube_types_free(other);
}
END_TEST

START_TEST(many_types) {
  char kind[32];
  const kube_type *k = NULL;
  size_t n = kube_types_count(t);
  for (unsigned i = 0; n + i < 65536; i++) {
    snprintf(kind, sizeof kind, "K%u", i);
    k = of("example.com/v1", kind);
    ck_assert_ptr_nonnull(k);
  }
  ck_assert_uint_eq(k->id, 65535);
  ck_assert_ptr_null(of("example.com/v1", "OneTooMany"));
  ck_assert_uint_eq(of("example.com/v1", "K77")->id, n + 77);
}
END_TEST

START_TEST(version_order) {
  static const char *const best_first[] = {"v10",      "v2",       "v1",   "v11beta2", "v10beta3", "v1beta2", "v1beta1",
                                           "v3alpha1", "v1alpha2", "foo1", "foo10",    "v1beta",   "v1gamma", "v99999999999999999999"};
  size_t n = sizeof best_first / sizeof *best_first;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) {
      int want = i < j ? 1 : i > j ? -1 : 0;
      ck_assert_msg(kube_version_compare(str_of(best_first[i]), str_of(best_first[j])) == want, "%s %s", best_first[i], best_first[j]);
    }
}
END_TEST

START_TEST(globs) {
  static const struct {
    const char *pattern, *text;
    int match;
  } want[] = {{"*", "", 1},
              {"*", "a.b", 1},
              {"a*c", "abbc", 1},
              {"a*c", "abcd", 0},
              {"*.apps", "deployments.apps", 1},
              {"?", "", 0},
              {"?at", "cat", 1},
              {"[abc]x", "bx", 1},
              {"[abc]x", "dx", 0},
              {"[!a-c]x", "dx", 1},
              {"[!a-c]x", "bx", 0},
              {"[]]", "]", 1},
              {"[a-]", "-", 1},
              {"a[", "a[", 1},
              {"[", "[", 1},
              {"a**b*", "ab", 1},
              {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0},
              {"prod-*", "prod-", 1},
              {"", "", 1},
              {"", "a", 0},
              {"pod", "pods", 0}};
  for (size_t i = 0; i < sizeof want / sizeof *want; i++)
    ck_assert_msg(kube_glob(str_of(want[i].pattern), str_of(want[i].text)) == want[i].match, "%s %s", want[i].pattern, want[i].text);
  ck_assert(kube_is_glob(STR("a*")) && kube_is_glob(STR("?")) && kube_is_glob(STR("[a]")) && !kube_is_glob(STR("pods.apps-1")));
  const char *const known[] = {"namespaces", "persistentvolumes", "pods"};
  ck_assert_ptr_eq(kube_nearest(STR("persistantvolumes"), known, 3), known[1]);
  ck_assert_ptr_null(kube_nearest(STR("x"), known, 3));
}
END_TEST

int main(void) {
  Suite *s = suite_create("kube_types");
  TCase *c = tcase_create("types");
  tcase_add_checked_fixture(c, setup, teardown);
  tcase_set_timeout(c, 60);
  tcase_add_test(c, table_is_sound);
  tcase_add_test(c, table_knows_history);
  tcase_add_test(c, ids_are_dense);
  tcase_add_test(c, names_that_users_write);
  tcase_add_test(c, guesses);
  tcase_add_test(c, later_version_of_a_built_in_kind);
  tcase_add_test(c, refused_names);
  tcase_add_test(c, crd_v1);
  tcase_add_test(c, crd_v1beta1_and_replacement);
  tcase_add_test(c, crds_that_are_none);
  tcase_add_test(c, crd_of_a_built_in_kind);
  tcase_add_test(c, told_to_another);
  tcase_add_test(c, many_types);
  tcase_add_test(c, version_order);
  tcase_add_test(c, globs);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
