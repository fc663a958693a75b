/* test_xform_storage.c -- restore-xform: storageClasses.  SPDX-License-Identifier: Apache-2.0 */
#include "xform_rows.h"

#define BETA "\"volume.beta.kubernetes.io/storage-class\""
#define BETA_AT "/metadata/annotations/volume.beta.kubernetes.io~1storage-class"
#define REPLACE(path, value) "{\"op\":\"replace\",\"path\":\"" path "\",\"value\":\"" value "\"}"

START_TEST(every_place_of_a_class) {
  static const row rows[] = {
      {"a claim, both ways to say it", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"annotations\":{" BETA ":\"old\"}},"
       "\"spec\":{\"x\":1.0,\"storageClassName\":\"old\"}}",
       "[" REPLACE(BETA_AT, "new") "," REPLACE("/spec/storageClassName", "new") "]",
       BETA_AT ": storageClasses: old -> new\n/spec/storageClassName: storageClasses: old -> new\n", "storageClasses: old -> new = 2\n"},
      {"a volume", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"spec\":{\"storageClassName\":\"old\"}}",
       "[" REPLACE("/spec/storageClassName", "new") "]", NULL, NULL},
      {"a StatefulSet of an old version: the second template, and an ephemeral volume", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"apps/v1beta1\",\"kind\":\"StatefulSet\",\"spec\":{\"volumeClaimTemplates\":[{\"spec\":{}},{\"metadata\":{"
       "\"annotations\":{" BETA
       ":\"old\"}},\"spec\":{\"storageClassName\":\"old\"}}],\"template\":{\"spec\":{\"volumes\":[{\"name\":\"a\"},"
       "{\"ephemeral\":{\"volumeClaimTemplate\":{\"spec\":{\"storageClassName\":\"old\"}}}}]}}}}",
       "[" REPLACE("/spec/volumeClaimTemplates/1" BETA_AT,
                   "new") "," REPLACE("/spec/volumeClaimTemplates/1/spec/storageClassName",
                                      "new") "," REPLACE("/spec/template/spec/volumes/1/ephemeral/volumeClaimTemplate/spec/"
                                                         "storageClassName",
                                                         "new") "]",
       NULL, "storageClasses: old -> new = 3\n"},
      {"a CronJob's pods", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"batch/v1\",\"kind\":\"CronJob\",\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{\"volumes\":[{"
       "\"ephemeral\":{\"volumeClaimTemplate\":{\"spec\":{\"storageClassName\":\"old\"}}}}]}}}}}}",
       "[" REPLACE("/spec/jobTemplate/spec/template/spec/volumes/0/ephemeral/volumeClaimTemplate/spec/storageClassName", "new") "]", NULL,
       NULL},
      {"a Pod's", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"spec\":{\"volumes\":[{\"ephemeral\":{\"volumeClaimTemplate\":{\"spec\":{"
       "\"storageClassName\":\"old\"}}}}]}}",
       "[" REPLACE("/spec/volumes/0/ephemeral/volumeClaimTemplate/spec/storageClassName", "new") "]", NULL, NULL},
      {"a kind of somebody else's group", "{\"storageClasses\":{\"old\":\"new\"}}",
       "{\"apiVersion\":\"example.com/v1\",\"kind\":\"PersistentVolumeClaim\",\"spec\":{\"storageClassName\":\"old\"}}", NULL, "",
       "storageClasses: old -> new = 0\n"},
  };
  XFORM_ROWS(rows);
}
END_TEST

#define CLAIM(class) "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"spec\":{\"storageClassName\":" class "}}"
START_TEST(all_others) {
  static const row rows[] = {
      {"\"*\" is every class without a rule", "{\"storageClasses\":{\"old\":\"new\",\"*\":\"standard\"}}", CLAIM("\"gp2\""),
       "[" REPLACE("/spec/storageClassName", "standard") "]", "/spec/storageClassName: storageClasses: gp2 -> standard\n",
       "storageClasses: * -> standard = 1\nstorageClasses: old -> new = 0\n"},
      {"a rule comes before it", "{\"storageClasses\":{\"old\":\"new\",\"*\":\"standard\"}}", CLAIM("\"old\""),
       "[" REPLACE("/spec/storageClassName", "new") "]", NULL, NULL},
      {"what is a target is left", "{\"storageClasses\":{\"old\":\"new\",\"*\":\"standard\"}}", CLAIM("\"new\""), NULL, "", NULL},
      {"a rule may keep a class", "{\"storageClasses\":{\"fast\":\"fast\",\"*\":\"standard\"}}", CLAIM("\"fast\""), NULL, "",
       "storageClasses: * -> standard = 0\nstorageClasses: fast -> fast = 1\n"},
      {"none asked for", "{\"storageClasses\":{\"*\":\"standard\"}}", CLAIM("\"\""), NULL, "", NULL},
      {"no text", "{\"storageClasses\":{\"*\":\"standard\"}}", CLAIM("7"), NULL, "", NULL},
      {"null", "{\"storageClasses\":{\"*\":\"standard\"}}", CLAIM("null"), NULL, "", NULL},
  };
  XFORM_ROWS(rows);
}
END_TEST

/* Applied at once: a to b, b to c turns a into b. */
START_TEST(chains_are_not_followed) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a =
      pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", "{\"storageClasses\":{\"a\":\"b\",\"b\":\"c\"}}");
  ck_assert_ptr_nonnull(a);
  ck_assert_str_eq(pintle_test_last(h)->log, "WARN storageClasses: a -> b is applied once: storageClasses: b -> c does not follow it, but "
                                             "would in a second run\n");
  const pintle_test_outcome *o = pintle_test_restore(a, CLAIM("\"a\""), NULL, 0);
  ck_assert_str_eq(o->item, CLAIM("\"b\""));
  o = pintle_test_restore(a, CLAIM("\"b\""), NULL, 0);
  ck_assert_str_eq(o->item, CLAIM("\"c\""));
  pintle_test_free(h);
}
END_TEST

START_TEST(last_applied_follows) {
  static const row r = {"with its order, its numbers and its newline",
                        "{\"storageClasses\":{\"old\":\"new\"}}",
                        "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"annotations\":{"
                        "\"kubectl.kubernetes.io/last-applied-configuration\":\"{\\\"spec\\\":{\\\"z\\\":1.0,\\\"storageClassName\\\":"
                        "\\\"old\\\"},\\\"kind\\\":\\\"X\\\"}\\n\"}},\"spec\":{\"storageClassName\":\"old\"}}",
                        "[" REPLACE("/spec/storageClassName", "new") "," REPLACE(
                            "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
                            "{\\\"spec\\\":{\\\"z\\\":1.0,\\\"storageClassName\\\":\\\"new\\\"},\\\"kind\\\":\\\"X\\\"}\\n") "]",
                        "/spec/storageClassName: storageClasses: old -> new\n"
                        "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration: follows the changes\n",
                        "storageClasses: old -> new = 1\n"};
  static const row broken = {"one that is no JSON stays",
                             "{\"storageClasses\":{\"old\":\"new\"}}",
                             "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"annotations\":{"
                             "\"kubectl.kubernetes.io/last-applied-configuration\":\"{old\"}},\"spec\":{}}",
                             NULL,
                             "",
                             NULL};
  xform_row(&r);
  xform_row(&broken);
}
END_TEST

START_TEST(bad_configuration) {
  xform_refused("{\"storageClasses\":[]}", "/storageClasses", "is a mapping");
  xform_refused("{\"storageClasses\":{\"old\":7}}", "/storageClasses/old", "is not a text");
  xform_refused("{\"storageClasses\":{\"old\":null}}", "/storageClasses/old", "has no value");
  xform_refused("{\"storageClasses\":{\"Gp*\":\"new\"}}", "/storageClasses/Gp*", "the first is no name");
  xform_refused("{\"storageClasses\":{\"a/b\":\"new\"}}", "/storageClasses/a~1b", "the first is no name");
  xform_refused("{\"storageClasses\":{\"old\":\"\"}}", "/storageClasses/old", "the second is no name");
}
END_TEST

/* Only what has rules is asked for. */
START_TEST(the_selector_follows_the_rules) {
  pintle_test_host *h = xform_host();
  ck_assert_ptr_nonnull(
      pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references",
                         "{\"namespaces\":false,\"unresolved\":{\"check\":false},\"loadBalancerClasses\":{\"a\":\"b\"}}"));
  ck_assert_str_eq(pintle_test_last(h)->selector, "{\"includedResources\":[\"services\"]}");
  ck_assert_ptr_nonnull(pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references",
                                           "{\"namespaces\":false,\"unresolved\":{\"check\":false}}"));
  ck_assert_str_eq(pintle_test_last(h)->selector, "{\"excludedResources\":[\"*\"]}");
  ck_assert_ptr_nonnull(
      pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", "{\"annotations\":{\"a\":{\"b\":\"c\"}}}"));
  ck_assert_str_eq(pintle_test_last(h)->selector, "");
  pintle_test_free(h);
}
END_TEST

int main(void) {
  const TTest *const tests[] = {every_place_of_a_class, all_others,        chains_are_not_followed,
                                last_applied_follows,   bad_configuration, the_selector_follows_the_rules};
  return xform_main("xform_storage", tests, sizeof tests / sizeof *tests);
}
