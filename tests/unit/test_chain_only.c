/* test_chain_only.c -- one entry of a chain for items of changing runs, as in the drop-in.  SPDX-License-Identifier: Apache-2.0 */
#include "chain_fixture.h"

EXECUTE(give_up) {
  UNUSED;
  return PINTLE_CANCELLED;
}

/* As in the drop-in: Velero has chosen the action, and each call brings its Backup. */
EXECUTE(tell_run) {
  UNUSED;
  const pintle_doc *run = in->run;
  pintle_id pvc = {"", "", "persistentvolumeclaims", "a", "c"};
  pintle_set_str(item, "/spec/run", pintle_str_or(run, "/metadata/name", "none"));
  pintle_set_str(item, "/spec/finalizing", in->flags & PINTLE_FINALIZING ? "yes" : "no");
  call->host->count(call, "seen", 2);
  return out->api->additional_item(out, &pvc, 0);
}
EXECUTE(fails_somewhere) {
  UNUSED;
  return pintle_fail(call, PINTLE_NOT_FOUND, "gone");
}
START_TEST(one_entry_of_changing_runs) {
  fixture f;
  chain_outcome out;
  SETUP(&f, CONF_BACKUP_ITEM_ACTION, {.execute = give_up}, {.execute = tell_run, .selector = &for_secrets}, {.execute = fails_somewhere});
  chain_input in = input_of(&f, POD);
  in.next = 1, in.only = in.chosen = true;
  in.run = STR("{\"metadata\":{\"name\":\"first\"},\"status\":{\"phase\":\"InProgress\"}}");
  chain_apply(f.c, &in, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE); /* neither what stands before it nor its selector is asked, and it does not yield */
  ck_assert_uint_eq(out.n_related, 1);
  ck_assert_ptr_nonnull(strstr(out.text.ptr, "\"spec\":{\"run\":\"first\",\"finalizing\":\"no\"}"));
  ck_assert_ptr_nonnull(strstr(record_of(&out), ",\"counts\":{\"seen\":2}"));
  in.run = STR("{\"metadata\":{\"name\":\"second\"},\"status\":{\"phase\":\"FinalizingPartiallyFailed\"}}");
  for (int i = 0; i < 2; i++) {
    chain_apply(f.c, &in, &out);
    ck_assert_ptr_nonnull(strstr(out.text.ptr, "\"spec\":{\"run\":\"second\",\"finalizing\":\"yes\"}"));
    ck_assert_ptr_nonnull(strstr(record_of(&out), ",\"counts\":{\"seen\":2}")); /* what this call counted */
  }
  in.chosen = false;
  chain_apply(f.c, &in, &out);
  ck_assert_int_eq(out.what, CHAIN_DONE); /* it wants Secrets */
  ck_assert_uint_eq(out.calls, 0);
  ck_assert(!out.changed);
  in.next = 2;
  chain_apply(f.c, &in, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert_str_eq(out.error.message, "action test.io/c of plugin test: gone");
  ck_assert_str_eq(out.function, "fails_somewhere");
  ck_assert(str_ends(str_of(out.file), "test_chain_only.c"));
  ck_assert_uint_gt(out.line, 0);
  in.run = STR("{\"metadata\":");
  chain_apply(f.c, &in, &out);
  ck_assert_int_eq(out.what, CHAIN_FAILED);
  ck_assert(str_starts(str_of(out.error.message), "the Backup or Restore of the run: "));
  in.next = 1, in.chosen = true;
  in.run = STR("{\"metadata\":{\"name\":\"third\"}}");
  chain_apply(f.c, &in, &out);
  ck_assert_ptr_nonnull(strstr(out.text.ptr, "\"spec\":{\"run\":\"third\",\"finalizing\":\"no\"}"));
  teardown(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("chain_only");
  TCase *t = tcase_create("only");
  tcase_add_test(t, one_entry_of_changing_runs);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
