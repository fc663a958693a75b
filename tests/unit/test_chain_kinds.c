/* test_chain_kinds.c -- segments, quarantine, counters, own steps, and actions that delete or relate.  SPDX-License-Identifier: Apache-2.0 */
#include "chain_fixture.h"

/* An action that has a worker of its own ends the stretch, if it wants the item. */
START_TEST(segments) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = set_one}, {.execute = nothing, .selector = &for_secrets, .flags = PINTLE_ONE_INSTANCE},
        {.execute = nothing, .flags = PINTLE_ONE_INSTANCE}, {.execute = nothing});
  ck_assert_uint_eq(f.plan.entries[1].segment, 1);
  ck_assert_uint_eq(f.plan.entries[2].segment, 2);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_YIELD);
  ck_assert_uint_eq(out.next, 2);
  ck_assert_uint_eq(out.n_related, 0);
  ck_assert(out.changed);
  teardown(&f);
}
END_TEST

START_TEST(quarantine) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing}, {.execute = nothing}, {.execute = nothing, .selector = &for_secrets},
        {.execute = nothing, .on_error = CONF_WARN});
  ck_assert_int_eq(chain_quarantine(f.c, 3, "it crashed 3 times"), PINTLE_OK);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_int_eq(chain_quarantine(f.c, 2, "x"), PINTLE_OK); /* not for this item */
  ck_assert_int_eq(chain_quarantine(f.c, 1, "it crashed 3 times"), PINTLE_OK);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.message, "action test.io/b of plugin test: not called any more: it crashed 3 times");
  ck_assert_uint_eq(out.calls, 1);
  teardown(&f);
}
END_TEST

static pintle_status select_z(void *self, pintle_call *call, pintle_result *out) {
  (void)self, (void)call;
  return out->api->selector(out, &for_z);
}
static pintle_status create_counting(void *module, pintle_call *call, void **self) {
  (void)module, (void)self;
  call->host->count(call, "never", 0);
  return PINTLE_OK;
}
EXECUTE(counting) {
  UNUSED;
  pintle_str dir;
  call->host->count(call, "seen", 2);
  if (call->host->property(call, "host.mode", &dir) != PINTLE_OK || strcmp(dir.ptr, "test") != 0) return PINTLE_FAILED;
  if (call->host->property(call, "run.name", &dir) != PINTLE_OK || strcmp(dir.ptr, "run") != 0) return PINTLE_FAILED;
  return call->host->property(call, "nobody.knows", &dir) == PINTLE_NOT_FOUND ? PINTLE_OK : PINTLE_FAILED;
}

START_TEST(selectors_and_counters) {
  fixture f;
  chain_outcome out;
  buf json = {0}, counters = {0};
  error e;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = nothing, .applies_to = select_z}, {.execute = counting, .create = create_counting});
  chain_selectors(f.c, &json);
  ck_assert_str_eq(json.data, "{\"0\":{\"labels\":\"x in (z)\"}}");
  kube_label label = {STR("x"), STR("z")};
  apply(&f, POD, &out);
  ck_assert_uint_eq(out.calls, 1);
  apply(&f, POD, &out);
  /* the supervisor's plan knows after it was told */
  f.plan.n = 1;
  ck_assert(chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){NULL, 0}, false));
  ck_assert_int_eq(chain_plan_selectors(&f.plan, buf_str(&json), &e), PINTLE_OK);
  ck_assert(!chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){NULL, 0}, false));
  ck_assert(chain_plan_wants(&f.plan, f.types, type_of(&f, "pods"), STR("a"), (kube_labels){&label, 1}, false));
  f.plan.n = 2;
  ck_assert_int_eq(chain_close(f.c, &counters, &e), PINTLE_OK);
  ck_assert_str_eq(counters.data, "{\"test.io/b\":{\"never\":0,\"seen\":4}}");
  chain_plan_free(&f.plan);
  kube_types_free(f.types);
  buf_free(&json);
  buf_free(&counters);
}
END_TEST

static pintle_status create_failing(void *module, pintle_call *call, void **self) {
  (void)module, (void)self;
  return pintle_fail_at(call, PINTLE_INVALID, "/rules/2", "bad rule");
}

START_TEST(create_fails) {
  const spec v[] = {{.execute = nothing}, {.execute = nothing, .create = create_failing}};
  fixture f;
  error e;
  const chain_entry *failed;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 2);
  chain_plan_options o = {.kind = CONF_BACKUP_ITEM_ACTION, .without_host_steps = true, .linked = f.linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_int_eq(chain_plan_make(&o, &f.plan, &e), PINTLE_OK);
  f.options = (chain_options){.plan = &f.plan, .types = f.types, .run = STR("{}"), .linked = f.linked};
  ck_assert_int_eq(chain_open(&f.options, &f.c, &failed, &e), PINTLE_INVALID);
  ck_assert_str_eq(e.message, "action test.io/b of plugin test: bad rule");
  ck_assert_str_eq(e.place, "/rules/2");
  ck_assert_ptr_eq(failed, &f.plan.entries[1]);
  chain_plan_free(&f.plan);
  kube_types_free(f.types);
}
END_TEST

/* The host steps around an action, as in a restore. */
EXECUTE(see_reset) {
  UNUSED;
  if (item->api->at(item, "/metadata/uid") || !in->item_from_backup->api->at(in->item_from_backup, "/metadata/uid")) return PINTLE_FAILED;
  return pintle_set_str(item, "/spec/seen", "yes");
}
START_TEST(host_steps) {
  const spec v[] = {{.execute = see_reset}};
  fixture f;
  chain_outcome out;
  error e;
  declare(&f, CONF_RESTORE_ITEM_ACTION, v, 1);
  chain_plan_options o = {.kind = CONF_RESTORE_ITEM_ACTION, .linked = f.linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_int_eq(chain_plan_make(&o, &f.plan, &e), PINTLE_OK);
  f.options =
      (chain_options){.plan = &f.plan,
                      .types = f.types,
                      .run = STR("{\"metadata\":{\"name\":\"r\"},\"spec\":{\"backupName\":\"b\",\"namespaceMapping\":{\"a\":\"n\"}}}"),
                      .linked = f.linked};
  ck_assert_msg(chain_open(&f.options, &f.c, NULL, &e) == PINTLE_OK, "%s", e.message);
  chain_input in = input_of(&f, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"a\",\"uid\":\"1\"}}");
  in.stored = in.text;
  chain_apply(f.c, &in, &out);
  ck_assert_msg(out.what == CHAIN_DONE, "%s", out.error.message);
  ck_text(&out, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"namespace\":\"n\",\"labels\":{\"velero.io/"
                "backup-name\":\"b\",\"velero.io/restore-name\":\"r\"}},\"spec\":{\"seen\":\"yes\"}}");
  ck_assert_str_eq(out.ns.ptr, "n");
  ck_assert_uint_eq(out.calls, 7); /* three of Velero's look at a Pod */
  teardown(&f);
}
END_TEST

/* An item being deleted can be read, not edited; the plan is one that a worker got. */
static pintle_status look(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in) {
  (void)self;
  if (strcmp(pintle_str_or(in->run, "/metadata/name", ""), "b") != 0 || strcmp(in->id->resource, "pods") != 0) return PINTLE_FAILED;
  if (item->api->set_str((pintle_doc *)(uintptr_t)item, "/spec/x", "y", 1) != PINTLE_DENIED) return PINTLE_FAILED;
  pintle_log(call, PINTLE_LOG_INFO, "%s is gone", pintle_str_or(item, "/metadata/name", ""));
  return PINTLE_OK;
}
START_TEST(delete_actions) {
  static const pintle_action action = {.struct_size = sizeof action, .name = "test.io/d", .summary = "test"};
  static const pintle_delete_item_action table = {.struct_size = sizeof table, .action = &action, .execute = look};
  static const pintle_delete_item_action *const tables[] = {&table, NULL};
  static const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "test", .version = "1", .delete_item_actions = tables};
  static const pintle_plugin *const linked[] = {&plugin, NULL};
  fixture f = {0};
  chain_plan made;
  chain_outcome out;
  buf json = {0};
  error e;
  chain_plan_options o = {.kind = CONF_DELETE_ITEM_ACTION, .linked = linked};
  ck_assert_int_eq(kube_types_new(&f.types), PINTLE_OK);
  ck_assert_msg(chain_plan_make(&o, &made, &e) == PINTLE_OK, "%s", e.message);
  chain_plan_print(&made, f.types, &json);
  ck_assert_msg(chain_plan_parse(buf_str(&json), &f.plan, f.types, &e) == PINTLE_OK, "%s", e.message);
  f.options = (chain_options){.plan = &f.plan, .types = f.types, .run = STR("{\"metadata\":{\"name\":\"b\"}}"), .linked = linked};
  ck_assert_msg(chain_open(&f.options, &f.c, NULL, &e) == PINTLE_OK, "%s", e.message);
  for (int i = 0; i < 2; i++) {
    apply(&f, POD, &out);
    ck_assert_msg(out.what == CHAIN_DONE && !out.changed, "%s", out.error.message);
    ck_assert_str_eq(record_of(&out), "[{\"action\":\"test.io/d\",\"plugin\":\"test@1\",\"ns\":0,\"log\":[{\"level\":\"info\",\"msg\":"
                                      "\"p is gone\"}]}]");
  }
  teardown(&f);
  chain_plan_free(&made);
  buf_free(&json);
}
END_TEST

/* ItemBlockActions: each one is asked whatever the others did, the item is read-only, and nobody yields. */
static pintle_status name_two(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id claim = {"", "", "persistentvolumeclaims", "a", "c"}, config = {"", "", "configmaps", "a", "m"};
  UNUSED;
  out->api->additional_item(out, &claim, 0);
  return out->api->additional_item(out, &config, 0);
}
static pintle_status name_and_fail(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id never = {"", "", "secrets", "a", "never"};
  UNUSED;
  out->api->additional_item(out, &never, 0);
  return pintle_fail(call, PINTLE_DENIED, "no way");
}
static pintle_status edit(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  UNUSED;
  return pintle_set_str((pintle_doc *)(uintptr_t)item, "/spec/x", "y");
}
static pintle_status name_many(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  UNUSED;
  for (int i = 0; i < 9999; i++) {
    char name[16];
    const pintle_id id = {"", "", "secrets", "a", name};
    snprintf(name, sizeof name, "s%d", i);
    if (out->api->additional_item(out, &id, 0) != PINTLE_OK) return PINTLE_FAILED;
  }
  return PINTLE_OK;
}
static pintle_status name_one(void *self, pintle_call *call, const pintle_doc *item, const pintle_input *in, pintle_result *out) {
  const pintle_id one = {"", "", "secrets", "a", "last"};
  UNUSED;
  return out->api->additional_item(out, &one, 0);
}
START_TEST(block_actions) {
  pintle_status (*const calls[])(void *, pintle_call *, const pintle_doc *, const pintle_input *, pintle_result *) = {
      name_and_fail, edit, name_two, name_one, name_many};
  enum { N = sizeof calls / sizeof *calls };
  char names[N][16];
  pintle_action actions[N];
  pintle_item_block_action tables[N];
  const pintle_item_block_action *list[N + 1] = {NULL};
  conf_chain_action listed[N];
  for (int i = 0; i < N; i++) {
    snprintf(names[i], sizeof names[i], "test.io/%c", 'a' + i);
    actions[i] = (pintle_action){.struct_size = sizeof actions[i], .name = names[i], .summary = "test"};
    tables[i] = (pintle_item_block_action){.struct_size = sizeof tables[i], .action = &actions[i], .get_related_items = calls[i]};
    listed[i] = (conf_chain_action){.name = names[i], .kind = CONF_ITEM_BLOCK_ACTION, .on_error = i == 1 ? CONF_WARN : CONF_FAIL_ITEM};
    list[i] = &tables[i];
  }
  const pintle_plugin plugin = {PINTLE_PLUGIN_HEAD, .name = "test", .version = "1", .item_block_actions = list};
  const pintle_plugin *const linked[] = {&plugin, NULL};
  fixture f = {.file = {.name = "default", .actions = listed, .n_actions = N}};
  chain_outcome out;
  memcpy(f.linked, linked, sizeof linked);
  open_plan(&f, CONF_ITEM_BLOCK_ACTION, "{}", false);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED); /* the last one named too much; what came before counts */
  ck_assert_str_eq(out.error.message, "the actions of the item name more than 10000 related items");
  ck_assert(!out.changed);
  ck_assert_uint_eq(out.errors, 1);
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_uint_eq(out.calls, N);
  ck_assert_uint_eq(out.n_related, 3);
  ck_assert_str_eq(out.related[0].id.name, "c");
  ck_assert_str_eq(out.related[1].id.name, "m");
  ck_assert_str_eq(out.related[2].id.name, "last");
  ck_assert_uint_eq(out.related[2].entry, 3);
  const char *record = record_of(&out);
  ck_assert(strstr(record, CALLED("a", ",\"error\":{\"status\":\"DENIED\",\"message\":\"no way\",\"severity\":\"error\"}")));
  ck_assert(strstr(record, "\"action\":\"test.io/b\"") && !strstr(strstr(record, "test.io/b"), "severity"));
  teardown(&f);
}
END_TEST

/* A cancelled run calls nobody any more, and no item passes half done. */
static int32_t yes(void *ctx) { return *(int32_t *)ctx; }
EXECUTE(give_up) {
  UNUSED;
  return PINTLE_CANCELLED;
}
START_TEST(cancelled) {
  const spec v[] = {{.execute = give_up, .on_error = CONF_WARN}};
  int32_t what = 0;
  fixture f;
  chain_outcome out;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 1);
  f.options.cancelled = yes;
  f.options.ctx = &what;
  open_plan(&f, CONF_BACKUP_ITEM_ACTION, "{}", false);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE); /* its own decision: a warning */
  what = 1;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_CANCELLED);
  ck_assert_uint_eq(out.calls, 0);
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_kinds");
  TCase *t = tcase_create("kinds");
  tcase_add_test(t, segments);
  tcase_add_test(t, quarantine);
  tcase_add_test(t, selectors_and_counters);
  tcase_add_test(t, create_fails);
  tcase_add_test(t, host_steps);
  tcase_add_test(t, delete_actions);
  tcase_add_test(t, block_actions);
  tcase_add_test(t, cancelled);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
