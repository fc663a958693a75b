/* test_chain_record.c -- what the record of an item holds: dry runs, lines, findings, repeats, results.  SPDX-License-Identifier: Apache-2.0 */
#include "chain_fixture.h"

EXECUTE(dry_edit) {
  UNUSED;
  if (!(in->flags & PINTLE_DRY_RUN)) return PINTLE_FAILED;
  return pintle_set_str(item, "/spec/dry", "yes");
}
EXECUTE(start_operation) {
  UNUSED;
  out->api->operation(out, "op"); /* what it returns is ignored, but remembered */
  return PINTLE_OK;
}

START_TEST(dry_run) {
  const spec v[] = {
      {.execute = nothing}, {.execute = dry_edit, .flags = PINTLE_OBEYS_DRY_RUN}, {.execute = start_operation, .flags = PURE}};
  fixture f;
  chain_outcome out;
  declare(&f, CONF_BACKUP_ITEM_ACTION, v, 3);
  open_plan(&f, CONF_BACKUP_ITEM_ACTION, "{}", true);
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.message, "action test.io/c of plugin test: operation: none may be started while finalizing or in a dry run");
  ck_assert_int_eq(out.error.status, PINTLE_CONFLICT);
  const char *record = record_of(&out);
  ck_assert_msg(strncmp(record,
                        "[{\"action\":\"test.io/a\",\"plugin\":\"test@1\",\"left\":\"not called: touches the outside world\"},"
                        "{\"action\":\"test.io/b\",\"plugin\":\"test@1\",\"ns\":0,\"patch\":[{\"op\":\"add\",",
                        150) == 0,
                "%s", record);
  ck_assert_uint_eq(out.calls, 2);
  teardown(&f);
}
END_TEST

EXECUTE(log_much) {
  UNUSED;
  pintle_kv fields[] = {{"k", "v\"w"}};
  for (int i = 0; i < 1500; i++) {
    int32_t level = i < 2 ? PINTLE_LOG_WARN : i == 2 ? PINTLE_LOG_ERROR : PINTLE_LOG_DEBUG;
    call->host->log_line(call, level, "line", PINTLE_Z, fields, i == 0);
  }
  return PINTLE_OK;
}
EXECUTE(log_large) {
  UNUSED;
  static char line[10000];
  memset(line, 'x', sizeof line - 1);
  for (int i = 0; i < 100; i++) pintle_log(call, PINTLE_LOG_INFO, "%d", i), call->host->log_line(call, 2, line, PINTLE_Z, NULL, 0);
  return PINTLE_OK;
}
EXECUTE(find_things) {
  UNUSED;
  call->host->finding(call, PINTLE_LOG_WARN, "unresolved", "/spec/a", "no mapping for \"x\"");
  call->host->finding(call, PINTLE_LOG_ERROR, "lost", "", "gone");
  call->host->finding(call, PINTLE_LOG_INFO, "hint", "", "fine");
  return PINTLE_OK;
}

START_TEST(lines_and_findings) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = log_much}, {.execute = log_much}, {.execute = find_things});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.warnings, 2 + 2 + 1);
  ck_assert_uint_eq(out.errors, 1 + 1 + 1);
  ck_assert_uint_eq(out.findings, 3);
  const char *record = record_of(&out);
  size_t lines = 0;
  for (const char *p = record; (p = strstr(p, "\"msg\":\"line\"")); p++) lines++;
  ck_assert_uint_eq(lines, 1000);
  ck_assert(strstr(record,
                   ",\"log\":[{\"level\":\"warn\",\"msg\":\"line\",\"fields\":{\"k\":\"v\\\"w\"}},{\"level\":\"warn\",\"msg\":\"line\"},"
                   "{\"level\":\"error\",\"msg\":\"line\"},{\"level\":\"debug\","));
  ck_assert(strstr(record, ",{\"level\":\"warn\",\"msg\":\"500 more lines dropped\"}]}"));
  ck_assert(strstr(record, "\"ns\":0,\"log\":[{\"level\":\"warn\",\"msg\":\"1500 more lines dropped\"}]}"));
  ck_assert(
      strstr(record, CALLED("c", ",\"findings\":[{\"severity\":\"warn\",\"code\":\"unresolved\",\"at\":\"/spec/a\",\"text\":\"no mapping "
                                 "for \\\"x\\\"\"},{\"severity\":\"error\",\"code\":\"lost\",\"text\":\"gone\"},{\"severity\":\"info\","
                                 "\"code\":\"hint\",\"text\":\"fine\"}]")));
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = log_large});
  for (int i = 0; i < 2; i++) { /* each item has its own share */
    apply(&f, POD, &out);
    ck_assert_uint_gt(out.record.len, 250 << 10);
    ck_assert_uint_lt(out.record.len, 257 << 10);
    record_of(&out);
  }
  teardown(&f);
}
END_TEST

static int transient_calls;
EXECUTE(transient_twice) {
  UNUSED;
  pintle_set_str(item, "/spec/tries", "x");
  call->host->finding(call, PINTLE_LOG_WARN, "try", "", "again");
  pintle_error e = {.struct_size = sizeof e, .status = PINTLE_TRANSIENT, .retry_after = 1000000, .message = "busy"};
  return ++transient_calls % 3 ? call->host->fail(call, &e) : PINTLE_OK;
}
EXECUTE(transient_always) {
  UNUSED;
  transient_calls++;
  pintle_error e = {.struct_size = sizeof e, .status = PINTLE_TRANSIENT, .retry_after = 1000000, .message = "busy"};
  return call->host->fail(call, &e);
}

START_TEST(transient) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_twice});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_int_eq(transient_calls, 3);
  ck_assert_uint_eq(out.calls, 1);
  ck_assert_uint_eq(out.findings, 1); /* those of the last try */
  ck_assert_uint_eq(out.warnings, 1);
  ck_assert_str_eq(record_of(&out), "[" CALLED("a", ",\"tries\":3,\"patch\":[{\"op\":\"add\",\"path\":\"/spec/tries\",\"value\":\"x\"}],"
                                                    "\"findings\":[{\"severity\":\"warn\",\"code\":\"try\",\"text\":\"again\"}]") "]");
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_always});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_TRANSIENT);
  ck_assert_int_eq(transient_calls, 3);
  teardown(&f);
  /* no time left for a second try */
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = transient_always, .timeout = 900000});
  transient_calls = 0;
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(transient_calls, 1);
  teardown(&f);
}
END_TEST

EXECUTE(post_item) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->operation(out, "op");
  out->api->post_operation_item(out, &id);
  return PINTLE_OK;
}
EXECUTE(wait_for_items) {
  UNUSED;
  pintle_id id = {"", "", "secrets", "a", "s"};
  out->api->additional_item(out, &id, 0);
  out->api->wait_for_additional_items(out, 5);
  return PINTLE_OK;
}

START_TEST(results_of_the_other_kind) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = post_item});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_int_eq(out.error.status, PINTLE_INVALID);
  ck_assert_str_eq(out.error.message, "action test.io/a of plugin test: post_operation_item is no result of this kind of call");
  ck_assert_uint_eq(out.n_operations, 0);
  teardown(&f);
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = wait_for_items});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  teardown(&f);

  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = post_item}, {.execute = start_operation});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE);
  ck_assert_uint_eq(out.n_operations, 2);
  ck_assert_str_eq(out.operation, "op");
  ck_assert_uint_eq(out.n_post, 1);
  ck_assert_str_eq(out.post[0].id.name, "s");
  ck_assert_uint_eq(out.operations[1].entry, 1);
  ck_assert_uint_eq(out.operations[1].n_post, 0);
  teardown(&f);
  SETUP(&f, CONF_RESTORE_ITEM_ACTION, {.execute = wait_for_items});
  apply(&f, POD, &out);
  ck_assert_int_eq(out.what, CHAIN_YIELD);
  ck_assert_int_eq(out.wait, 5);
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_record");
  TCase *t = tcase_create("record");
  tcase_add_test(t, dry_run);
  tcase_add_test(t, lines_and_findings);
  tcase_add_test(t, transient);
  tcase_add_test(t, results_of_the_other_kind);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
