/* test_chain_apply.c -- items through a chain: edits, errors, skips, yields, kinds and names.  SPDX-License-Identifier: Apache-2.0 */
#include "chain_fixture.h"

EXECUTE(set_and_fail) {
  UNUSED;
  pintle_set_str(item, "/spec/never", "x");
  out->api->note(out, "/spec/never", "not kept either");
  return pintle_fail_at(call, PINTLE_DENIED, "/spec", "no \"way\"");
}
EXECUTE(set_two_with_note) {
  UNUSED;
  out->api->note(out, "/spec/two", "because");
  return pintle_set_str(item, "/spec/two", "2");
}
EXECUTE(skip_with_items) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->additional_item(out, &id, 0);
  if (out->api->operation(out, "op-1") != PINTLE_OK) return PINTLE_FAILED;
  return out->api->skip(out, "mirror pod");
}
EXECUTE(ask_for_items) {
  UNUSED;
  pintle_id secret = {"", "", "secrets", "a", "s"}, role = {"rbac.authorization.k8s.io", "v1", "clusterroles", "", "r"};
  out->api->additional_item(out, &secret, PINTLE_MUST_INCLUDE);
  out->api->additional_item(out, &role, 0);
  pintle_set_str(item, "/metadata/labels/x", "z");
  return pintle_set_str(item, "/spec/asked", "yes");
}

/* ------------------------------------------------------------------------------------------------------------ tests */
START_TEST(edits_and_rollback) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one, .flags = PURE}, {.execute = set_and_fail, .on_error = CONF_WARN},
        {.execute = set_two_with_note}, {.execute = nothing});
  apply(&f, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"big\":9007199254740993,\"one\":1.0}}", &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert(out.changed);
  ck_text(&out, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"big\":9007199254740993,\"one\":1.0e400,"
                "\"two\":\"2\"}}");
  ck_assert_uint_eq(out.calls, 4);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_uint_eq(out.errors, 0);
  ck_assert_str_eq(out.ns.ptr, "a"); /* as its id says: the text has none */
  ck_assert_str_eq(
      record_of(&out),
      "[" CALLED("a", ",\"patch\":[{\"op\":\"replace\",\"path\":\"/spec/one\",\"value\":1.0e400}]") "," CALLED(
          "b", ",\"error\":{\"status\":\"DENIED\",\"message\":\"no \\\"way\\\"\",\"at\":\"/spec\"}") "," CALLED("c",
                                                                                                                ",\"patch\":[{\"op\":"
                                                                                                                "\"add\",\"path\":\"/spec/"
                                                                                                                "two\",\"value\":\"2\"}],"
                                                                                                                "\"notes\":[{\"at\":\"/"
                                                                                                                "spec/"
                                                                                                                "two\",\"why\":\"because\"}"
                                                                                                                "]") "," CALLED("d",
                                                                                                                                "") "]");
  teardown(&f);
}
END_TEST

START_TEST(error_policies) {
  for (int32_t policy = CONF_FAIL_ITEM; policy <= CONF_FAIL_RUN; policy++) {
    static const int32_t wanted[] = {CHAIN_FAILED, CHAIN_DONE, CHAIN_FAIL_RUN};
    fixture f;
    chain_outcome out;
    SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = nothing}, {.execute = set_and_fail, .on_error = policy}, {.execute = nothing});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, wanted[policy]);
    ck_assert_uint_eq(out.calls, policy == CONF_WARN ? 3 : 2);
    ck_assert_uint_eq(out.warnings, policy == CONF_WARN);
    if (policy != CONF_WARN) {
      ck_assert_uint_eq(out.entry, 1);
      ck_assert_str_eq(out.error.message, "action test.io/b of plugin test: no \"way\"");
      ck_assert_str_eq(out.error.place, "/spec");
      ck_assert_int_eq(out.error.status, PINTLE_DENIED);
    }
    teardown(&f);
  }
}
END_TEST

START_TEST(untouched) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one, .selector = &for_secrets}, {.execute = set_one, .selector = &for_secrets});
  const char *text = "this is no JSON { and nobody looks at it";
  apply(&f, text, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert(!out.changed && out.text.ptr == text && out.text.len == strlen(text));
  ck_assert_uint_eq(out.record.len, 0);
  ck_assert_str_eq(out.name.ptr, "p");
  teardown(&f);

  /* called, but nothing edited: white space and all */
  const char *spaced = " { \"apiVersion\" : \"v1\", \"kind\":\"Pod\",\"metadata\":{\"name\":\"p\"} }\n";
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing});
  apply(&f, spaced, &out);
  ck_assert(!out.changed && out.text.ptr == spaced);
  ck_assert_str_eq(record_of(&out), "[" CALLED("a", "") "]");
  /* unreadable once an action wants it: the item fails, with its place */
  apply(&f, "{\"apiVersion\":\"v1\",\n\"kind\":}", &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.place, "line 2, column 8");
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

START_TEST(skipping) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = skip_with_items}, {.execute = nothing});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_SKIPPED);
  ck_assert_str_eq(out.skip, "mirror pod");
  ck_assert_uint_eq(out.n_related, 0); /* Velero ignores them then */
  ck_assert_str_eq(out.operation, "op-1");
  ck_assert_uint_eq(out.calls, 1);
  ck_assert_str_eq(record_of(&out),
                   "[" CALLED("a", ",\"skip\":\"mirror pod\",\"additional\":[{\"resource\":\"secrets\",\"namespace\":\"a\","
                                   "\"name\":\"s\"}],\"operation\":\"op-1\"") "]");
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = skip_with_items}, {.execute = nothing});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_SKIPPED);
  ck_assert_uint_eq(out.n_related, 1);
  teardown(&f);
}
END_TEST

/* Additional items stop the item; it goes on where it was. On backup the labels at the beginning select, on restore those of now. */
START_TEST(yield_and_resume) {
  for (uint32_t kind = CONF_BACKUP_ITEM_ACTION; kind <= CONF_RESTORE_ITEM_ACTION; kind++) {
    fixture f;
    chain_outcome out;
    SETUP(&f, kind, {.execute = ask_for_items}, {.execute = set_one, .selector = &for_y},
          {.execute = set_two_with_note, .selector = &for_z}, {.execute = ask_for_items});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_YIELD);
    ck_assert_uint_eq(out.next, 1);
    ck_assert_uint_eq(out.n_related, 2);
    ck_assert_str_eq(out.related[0].id.resource, "secrets");
    ck_assert_uint_eq(out.related[0].flags, PINTLE_MUST_INCLUDE);
    ck_assert_str_eq(out.related[1].id.group, "rbac.authorization.k8s.io");
    ck_assert_str_eq(out.related[1].id.ns, "");
    ck_assert_uint_eq(out.related[1].entry, 0);
    bool backup = kind == CONF_BACKUP_ITEM_ACTION;
    if (backup) ck_assert_str_eq(out.original_labels.ptr, "{\"x\":\"y\"}");
    char *text = strndup(out.text.ptr, out.text.len), *labels = backup ? strdup(out.original_labels.ptr) : NULL;
    chain_input in = input_of(&f, text);
    in.next = out.next;
    if (labels) in.original_labels = str_of(labels);
    chain_apply(f.c, &in, &out);
    ck_assert_int_eq(out.what, CHAIN_YIELD); /* the last one asks again: DONE comes after the children */
    ck_assert_uint_eq(out.next, 4);
    ck_assert_uint_eq(out.calls, 2);
    bool one = strstr(record_of(&out), "test.io/b") != NULL, two = strstr(record_of(&out), "test.io/c") != NULL;
    ck_assert(backup ? one && !two : two && !one);
    in.next = out.next;
    char *again = strndup(out.text.ptr, out.text.len);
    in.text = str_of(again);
    chain_apply(f.c, &in, &out);
    ck_assert_int_eq(out.what, CHAIN_DONE);
    ck_assert(!out.changed && out.calls == 0 && out.record.len == 0);
    free(again);
    free(text);
    free(labels);
    teardown(&f);
  }
}
END_TEST

EXECUTE(become_secret) {
  UNUSED;
  return item->api->merge(item, "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"new\",\"namespace\":\"b\"}}", PINTLE_Z);
}

START_TEST(kind_change) {
  static const char *const only_pods[] = {"po", NULL};
  static const pintle_selector for_pods = {.struct_size = sizeof(pintle_selector), .included_resources = only_pods};
  static const char *const only_b[] = {"b", NULL};
  static const pintle_selector in_b = {.struct_size = sizeof(pintle_selector), .included_namespaces = only_b};
  for (uint32_t kind = CONF_BACKUP_ITEM_ACTION; kind <= CONF_RESTORE_ITEM_ACTION; kind++) {
    bool backup = kind == CONF_BACKUP_ITEM_ACTION;
    fixture f;
    chain_outcome out;
    SETUP(&f, kind, {.execute = become_secret, .selector = &for_pods}, {.execute = set_one, .selector = &for_pods},
          {.execute = set_two_with_note, .selector = &for_secrets}, {.execute = nothing, .selector = &in_b});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_DONE);
    ck_assert_str_eq(out.type->resource, "secrets");
    ck_assert_str_eq(out.ns.ptr, "b");
    ck_assert_str_eq(out.name.ptr, "new");
    const char *record = record_of(&out);
    ck_assert(!strstr(record, "test.io/b") == !backup);
    ck_assert(!strstr(record, "test.io/c") == backup);
    ck_assert(!strstr(record, "test.io/d") == backup);
    teardown(&f);
  }
}
END_TEST

EXECUTE(drop_name) {
  UNUSED;
  return item->api->remove(item, "/metadata/name");
}
EXECUTE(drop_namespace) {
  UNUSED;
  return item->api->remove(item, "/metadata/namespace");
}
EXECUTE(bad_kind) {
  UNUSED;
  return pintle_set_str(item, "/kind", "no kind");
}
EXECUTE(bad_name) {
  UNUSED;
  return pintle_set_str(item, "/metadata/name", "../../etc/passwd");
}

START_TEST(identity_lost) {
  static const struct {
    execute_fn execute;
    const char *place, *message;
  } rows[] = {
      {drop_name, "/metadata/name", "action test.io/a of plugin test: the name that was left to the item is missing"},
      {drop_namespace, "/metadata/namespace", "action test.io/a of plugin test: the namespace that was left to the item is missing"},
      {bad_kind, "/apiVersion",
       "action test.io/a of plugin test: the item was left with apiVersion \"v1\" and kind \"no kind\", which is no kind"},
      {bad_name, "/metadata/name", "action test.io/a of plugin test: the name that was left to the item holds a '/' or NUL"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    fixture f;
    chain_outcome out;
    SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = rows[i].execute}, {.execute = nothing});
    apply(&f, POD, &out);
    ck_assert_int_eq(out.what, CHAIN_FAILED);
    ck_assert_str_eq(out.error.message, rows[i].message);
    ck_assert_str_eq(out.error.place, rows[i].place);
    ck_assert_uint_eq(out.entry, 0);
    teardown(&f);
  }
}
END_TEST

/* Restore: the namespace clause sees the target namespace. */
START_TEST(target_namespace) {
  static const char *const only_prod[] = {"prod", NULL};
  static const pintle_selector in_prod = {.struct_size = sizeof(pintle_selector), .included_namespaces = only_prod};
  const spec v[] = {{.execute = nothing, .selector = &in_prod}};
  fixture f;
  chain_outcome out;
  declare(&f, CONF_RESTORE_ITEM_ACTION, v, 1);
  open_plan(&f, CONF_RESTORE_ITEM_ACTION, "{\"spec\":{\"namespaceMapping\":{\"a\":\"prod\"}}}", false);
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 1);
  teardown(&f);
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = nothing, .selector = &in_prod});
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_apply");
  TCase *t = tcase_create("apply");
  tcase_add_test(t, edits_and_rollback);
  tcase_add_test(t, error_policies);
  tcase_add_test(t, untouched);
  tcase_add_test(t, skipping);
  tcase_add_test(t, yield_and_resume);
  tcase_add_test(t, kind_change);
  tcase_add_test(t, identity_lost);
  tcase_add_test(t, target_namespace);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
