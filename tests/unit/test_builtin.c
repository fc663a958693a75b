/* test_builtin.c -- the host steps: item and Restore in, exact item out.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/builtin.h"
#include "host/module.h"
#include <check.h>
#include <stdlib.h>

static const pintle_restore_item_action *step(const char *name) {
  for (size_t i = 0; builtin_plugin.restore_item_actions[i]; i++)
    if (strcmp(builtin_plugin.restore_item_actions[i]->action->name, name) == 0) return builtin_plugin.restore_item_actions[i];
  ck_abort_msg("no step %s", name);
}

static item_doc *document(const char *json) {
  item_doc *d;
  error e;
  ck_assert_int_eq(item_new(&d), PINTLE_OK);
  ck_assert_msg(item_parse(d, str_of(json), 0, NULL, &e) == PINTLE_OK, "%s: %s", e.message, json);
  return d;
}

/* What the step makes of item; in *at the place of its error. */
static pintle_status run(const char *name, const char *restore, const char *ns, const char *item, buf *out, error *e) {
  item_doc *run_doc = document(restore), *doc = document(item);
  host_call *call;
  host_result result = {0};
  pintle_id id = {"", "v1", "", ns, "x"};
  HOST_PADDED(pintle_input) in = {.v = {.struct_size = sizeof(pintle_input), .id = &id, .run = item_handle(run_doc)}};
  ck_assert_int_eq(host_call_new(NULL, &call), PINTLE_OK);
  host_call_begin(call, NULL, 0);
  host_result_begin(&result, call, HOST_RESULT_NOTE, false);
  item_begin(doc);
  pintle_status st = step(name)->execute(NULL, host_call_handle(call), item_handle(doc), &in.v, &result.base);
  st = host_call_end(call, st, e);
  if (st == PINTLE_OK) ck_assert_int_eq(item_commit(doc, NULL), PINTLE_OK);
  else item_rollback(doc);
  ck_assert_int_eq(item_print(doc, NULL, 0, out), PINTLE_OK);
  host_result_free(&result);
  host_call_free(call);
  item_free(doc);
  item_free(run_doc);
  return st;
}

static void expect(const char *name, const char *restore, const char *ns, const char *item, const char *wanted) {
  buf out = {0};
  error e;
  pintle_status st = run(name, restore, ns, item, &out, &e);
  ck_assert_msg(st == PINTLE_OK, "%s", e.message);
  ck_assert_str_eq(out.data, wanted);
  buf_free(&out);
}

#define RESET "pintle.io/reset-metadata"
#define MAP "pintle.io/namespace-mapping"
#define LABELS "pintle.io/restore-labels"

START_TEST(reset) {
  expect(RESET, "{}", "",
         "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"generateName\":\"x-\",\"selfLink\":\"/x\",\"uid\":\"1\","
         "\"resourceVersion\":\"2\",\"generation\":3,\"creationTimestamp\":\"t\",\"deletionTimestamp\":\"t\","
         "\"deletionGracePeriodSeconds\":30,\"ownerReferences\":[{\"uid\":\"3\"}],\"finalizers\":[\"f\"],\"labels\":{\"a\":\"b\"},"
         "\"annotations\":{\"c\":\"d\"},\"managedFields\":[1e400]},\"spec\":{\"uid\":9007199254740993},\"status\":{\"phase\":\"Running\"}}",
         "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"finalizers\":[\"f\"],\"labels\":{\"a\":\"b\"},"
         "\"annotations\":{\"c\":\"d\"},\"managedFields\":[1e400]},\"spec\":{\"uid\":9007199254740993}}");
  /* null is as good as a value; nothing to do is nothing done */
  expect(RESET, "{}", "", "{\"metadata\":{\"name\":\"x\",\"creationTimestamp\":null},\"status\":null}", "{\"metadata\":{\"name\":\"x\"}}");
  /* the namespace is the backup's */
  expect(RESET, "{}", "a", "{\"metadata\":{\"name\":\"x\"}}", "{\"metadata\":{\"name\":\"x\",\"namespace\":\"a\"}}");
  expect(RESET, "{}", "a", "{\"metadata\":{\"namespace\":\"b\"}}", "{\"metadata\":{\"namespace\":\"a\"}}");
  expect(RESET, "{}", "a", "{\"metadata\":{\"namespace\":\"a\"}}", "{\"metadata\":{\"namespace\":\"a\"}}");
  expect(RESET, "{}", "", "{\"metadata\":{\"name\":\"x\"}}", "{\"metadata\":{\"name\":\"x\"}}");
  /* the claim of a PersistentVolume, and of nothing else */
  expect(RESET, "{}", "",
         "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"claimRef\":{\"kind\":\"P\","
         "\"uid\":\"1\",\"resourceVersion\":\"2\",\"namespace\":\"a\",\"name\":\"c\"}}}",
         "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"claimRef\":{\"kind\":\"P\","
         "\"namespace\":\"a\",\"name\":\"c\"}}}");
  expect(
      RESET, "{}", "",
      "{\"apiVersion\":\"x.io/v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"claimRef\":{\"uid\":\"1\"}}}",
      "{\"apiVersion\":\"x.io/v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"x\"},\"spec\":{\"claimRef\":{\"uid\":\"1\"}}}");
}
END_TEST

START_TEST(reset_without_metadata) {
  buf out = {0};
  error e;
  ck_assert_int_eq(run(RESET, "{}", "", "{\"kind\":\"Pod\",\"status\":{}}", &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.place, "/metadata");
  ck_assert_str_eq(out.data, "{\"kind\":\"Pod\",\"status\":{}}"); /* nothing was changed */
  buf_free(&out);
}
END_TEST

#define MAPPING "{\"spec\":{\"namespaceMapping\":{\"a\":\"b\",\"b\":\"c\",\"x.y\":\"z\",\"e\":\"\"}}}"

START_TEST(mapping) {
  static const char *const rows[][3] = {
      /* namespace of the id, item, what it becomes */
      {"a", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"a\"}}", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"b\"}}"},
      {"x.y", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"x.y\"}}", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"z\"}}"},
      {"d", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"d\"}}", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"d\"}}"},
      {"e", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"e\"}}", "{\"kind\":\"Pod\",\"metadata\":{\"namespace\":\"e\"}}"},
      /* stored without a namespace */
      {"a", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"}}", "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\",\"namespace\":\"b\"}}"},
      {"", "{\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"a\"}}", "{\"kind\":\"ClusterRole\",\"metadata\":{\"name\":\"a\"}}"},
      /* a namespace is named by its name */
      {"",
       "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\",\"labels\":{\"kubernetes.io/metadata.name\":\"a\"}}}",
       "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"b\",\"labels\":{\"kubernetes.io/metadata.name\":\"b\"}}}"},
      {"",
       "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"claimRef\":{\"namespace\":\"a\"}}}",
       "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolume\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"claimRef\":{\"namespace\":\"b\"}}}"},
      /* subjects of a binding are velero.io/role-bindings' */
      {"a",
       "{\"apiVersion\":\"rbac.authorization.k8s.io/"
       "v1\",\"kind\":\"RoleBinding\",\"metadata\":{\"namespace\":\"a\"},\"subjects\":[{\"kind\":"
       "\"ServiceAccount\",\"namespace\":\"b\"}]}",
       "{\"apiVersion\":\"rbac.authorization.k8s.io/"
       "v1\",\"kind\":\"RoleBinding\",\"metadata\":{\"namespace\":\"b\"},\"subjects\":[{\"kind\":"
       "\"ServiceAccount\",\"namespace\":\"b\"}]}"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) expect(MAP, MAPPING, rows[i][0], rows[i][1], rows[i][2]);
  expect(MAP, "{\"spec\":{}}", "a", rows[0][1], rows[0][1]);
}
END_TEST

#define RESTORE "{\"metadata\":{\"name\":\"r1\"},\"spec\":{\"backupName\":\"b1\"}}"
START_TEST(labels) {
  expect(LABELS, RESTORE, "", "{\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b\",\"velero.io/backup-name\":\"old\"}}}",
         "{\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"b\",\"velero.io/backup-name\":\"b1\",\"velero.io/restore-name\":\"r1\"}}}");
  expect(LABELS, RESTORE, "", "{\"metadata\":{\"labels\":null}}",
         "{\"metadata\":{\"labels\":{\"velero.io/backup-name\":\"b1\",\"velero.io/restore-name\":\"r1\"}}}");
  /* Velero's rule for names over 63 bytes: the first 57 and 6 digits of the SHA-256 */
  expect(LABELS,
         "{\"metadata\":{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},\"spec\":{\"backupName\":\"b\"}}",
         "", "{\"metadata\":{}}",
         "{\"metadata\":{\"labels\":{\"velero.io/backup-name\":\"b\",\"velero.io/restore-name\":"
         "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaffe054\"}}}");
  buf out = {0};
  error e;
  ck_assert_int_eq(run(LABELS, RESTORE, "", "{\"metadata\":{\"labels\":[]}}", &out, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.place, "/metadata/labels");
  buf_free(&out);
}
END_TEST

/* The table is as good as a plugin's: everything that the loader checks holds. */
START_TEST(adopted) {
  host_module *m;
  error e;
  ck_assert_msg(host_module_adopt(&builtin_plugin, "pintle", &m, &e) == PINTLE_OK, "%s", e.message);
  ck_assert_uint_eq(host_module_count(m), 3 + 17 + 3);
  for (size_t i = 0; i < host_module_count(m); i++) {
    const host_table_set *s = host_module_get(m, i);
    bool keeps = s->action->create && strcmp(s->action->name, BUILTIN_MODIFIERS) != 0; /* what it listed */
    ck_assert_msg(!s->refused, "%s", s->refused);
    ck_assert_uint_eq(s->action->flags, PINTLE_PURE);
    ck_assert_int_eq(s->action->thread_model, keeps ? PINTLE_SERIAL_INSTANCE : PINTLE_PARALLEL);
    ck_assert_int_eq(builtin_is_step(s->action->name), strncmp(s->action->name, "velero.io/", 10) != 0);
  }
  host_module_close(m);
}
END_TEST

int main(void) {
  Suite *s = suite_create("builtin");
  TCase *t = tcase_create("steps");
  tcase_add_test(t, reset);
  tcase_add_test(t, reset_without_metadata);
  tcase_add_test(t, mapping);
  tcase_add_test(t, labels);
  tcase_add_test(t, adopted);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
