/* test_nas_driver.c -- plugins/nas: driver fingerprint: when a copy counts as over, and as dead.  SPDX-License-Identifier: Apache-2.0 */
#include "../../plugins/nas/fingerprint/driver.h"
#include "nas_call.h"
#include "repo_in.h"
#include <check.h>

static pintle_status ended_body(pintle_call *call, void *ctx) {
  static const struct {
    bool over;
    int minutes; /* since the last sign of life */
    const char *error;
    bool completed, told;
    const char *code;
  } rows[] = {{false, 0, "", false, false, ""},     {false, 14, "", false, false, ""},      {false, 16, "", true, true, "stale"},
              {false, -60, "", false, false, ""},   {true, 600, "", true, false, ""},       {false, 0, "no room", true, true, ""},
              {true, 0, "no room", true, true, ""}, {false, 600, "no room", true, true, ""}};
  (void)ctx;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    pintle_progress p = {.struct_size = sizeof p, .error = "", .code = ""};
    ck_assert(fp_driver_ended(call, rows[i].over, fp_now() - rows[i].minutes * 60 * FP_SECOND, rows[i].error, &p));
    ck_assert_int_eq(*p.error != 0, rows[i].told);
    ck_assert_msg(p.completed == rows[i].completed, "row %zu", i);
    ck_assert_msg(!rows[i].told || strcmp(p.error, *rows[i].error ? rows[i].error
                                                                  : "its process is gone: there was no sign of life for 15 minutes") == 0,
                  "row %zu: %s", i, p.error);
    ck_assert_str_eq(p.code, rows[i].code);
  }
  return PINTLE_OK;
}

START_TEST(ended) { ck_assert_int_eq(nas_in_call(ended_body, NULL, NULL), PINTLE_OK); }
END_TEST

int main(void) {
  Suite *suite = suite_create("nas_driver");
  TCase *t = tcase_create("driver");
  suite_add_tcase(suite, t);
  tcase_add_test(t, ended);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_NORMAL);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed != 0;
}
