/* test_cli_table.c -- columns, times, and text fit for a terminal.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/table.h"
#include <check.h>
#include <stdlib.h>

static buf out;

static void expect_tabs(const char *text, unsigned padding, const char *expected) {
  buf_clear(&out);
  cli_tabs(str_of(text), padding, &out);
  ck_assert_str_eq(buf_z(&out), expected);
}

/* As Go's text/tabwriter: neighbouring lines share a column's width, a line without the cell ends it, the last cell of a line has none. */
START_TEST(tabs_are_elastic) {
  expect_tabs("Name:\tb1\nNamespace:\tvelero\n", 2, "Name:       b1\nNamespace:  velero\n");
  expect_tabs("a:\t1\n\nlonger:\t2\n", 2, "a:  1\n\nlonger:  2\n");
  expect_tabs("x\ty\tz\nxxx\tyyy\tzzz\nno tab\nx\ty\tz\n", 1, "x   y   z\nxxx yyy zzz\nno tab\nx y z\n");
  expect_tabs("Labels:\ta=1\n\tb=2\n", 2, "Labels:  a=1\n         b=2\n");
  expect_tabs("ä:\t1\nabc:\t2\n", 2, "ä:    1\nabc:  2\n");
  expect_tabs("\x1b[1mbold\x1b[0m\tx\nplain\ty\n", 1, "\x1b[1mbold\x1b[0m  x\nplain y\n");
  expect_tabs("", 2, "");
}
END_TEST

START_TEST(a_table_like_kubectl) {
  cli_table t;
  buf_clear(&out);
  cli_table_begin(&t, "NAME|STATUS|STORAGE LOCATION");
  cli_table_cellz(&t, "b1");
  cli_table_cellz(&t, "PartiallyFailed");
  cli_table_cellz(&t, "default");
  cli_table_cell(&t, STR("evil\x1b[2J\tname\n"));
  cli_table_cellz(&t, "New");
  cli_table_cellz(&t, "");
  cli_table_end(&t, &out);
  ck_assert_str_eq(buf_z(&out), "NAME                  STATUS            STORAGE LOCATION\n"
                                "b1                    PartiallyFailed   default\n"
                                "evil\\x1b[2J\\tname\\n   New               \n");
}
END_TEST

START_TEST(no_control_character_is_left) {
  static const struct {
    str in;
    const char *text, *json;
  } cases[] = {
      {{"plain ä €", 12}, "plain ä €", "plain ä €"},
      {{"a\0b", 3}, "a\\x00b", NULL},
      {{"\x1b]0;x\x07", 6}, "\\x1b]0;x\\x07", NULL},
      {{"\x7f", 1}, "\\x7f", "\\u007f"},
      {{"\xc2\x9b"
        "31m",
        5},
       "\\u009b31m",
       "\\u009b31m"},
      {{"\xe2\x80\xae"
        "fdp",
        6},
       "\\u202efdp",
       "\\u202efdp"},
      {{"\xff\xc3", 2}, "\\xff\\xc3", NULL},
      {{"\xed\xa0\x80", 3}, "\\xed\\xa0\\x80", NULL}, /* a surrogate is no UTF-8 */
      {{"\xc0\xaf", 2}, "\\xc0\\xaf", NULL},          /* nor is an overlong form */
      {{"", 0}, "", ""},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    buf_clear(&out);
    cli_clean(&out, cases[i].in);
    ck_assert_str_eq(buf_z(&out), cases[i].text);
    if (!cases[i].json) continue;
    buf_clear(&out);
    cli_clean_json(&out, cases[i].in);
    ck_assert_str_eq(buf_z(&out), cases[i].json);
  }
  buf_clear(&out);
  cli_clean_lines(&out, STR("a\tb\nc\r"));
  ck_assert_str_eq(buf_z(&out), "a\tb\nc\\r");
}
END_TEST

START_TEST(times_as_velero_prints_them) {
  const int64_t now = 1800000000LL * CLOCK_SECOND, hour = 3600 * CLOCK_SECOND;
  char to[64];
  ck_assert_str_eq(cli_from_now(0, now, to), "n/a");
  ck_assert_str_eq(cli_from_now(now + 720 * hour - 1, now, to), "29d");
  ck_assert_str_eq(cli_from_now(now + 90 * CLOCK_SECOND, now, to), "1m");
  ck_assert_str_eq(cli_from_now(now - 5 * hour, now, to), "5h ago");
  ck_assert_str_eq(cli_from_now(now - 800LL * 24 * hour, now, to), "2y ago");
  setenv("TZ", "UTC", 1);
  ck_assert_str_eq(cli_time(STR("2026-05-20T08:00:00Z"), "<nil>", to), "2026-05-20 08:00:00 +0000 UTC");
  ck_assert_str_eq(cli_time(STR(""), "<nil>", to), "<nil>");
}
END_TEST

/* Elsewhere: nothing in the first second, then a line a second. On a terminal: a bar on one line, taken away at the end. */
START_TEST(progress) {
  cli_progress p = {0};
  buf_clear(&out);
  cli_progress_phase(&p, "InProgress", 1, &out);
  for (int64_t t = 1; t <= 25; t++) cli_progress_items(&p, (uint64_t)t, 25, t * CLOCK_SECOND / 10, &out);
  cli_progress_clear(&p, &out);
  ck_assert_str_eq(buf_z(&out), "InProgress: 11 of 25 items\nInProgress: 21 of 25 items\n");
  p = (cli_progress){.terminal = true, .columns = 60};
  buf_clear(&out);
  cli_progress_items(&p, 1, 2, CLOCK_SECOND, &out);
  ck_assert_str_eq(buf_z(&out), "\r\x1b[K[####################--------------------]  50% 1/2 ");
  buf_clear(&out);
  cli_progress_items(&p, 2, 2, CLOCK_SECOND + 1, &out); /* too soon */
  ck_assert_uint_eq(out.len, 0);
  cli_progress_clear(&p, &out);
  ck_assert_str_eq(buf_z(&out), "\r\x1b[K");
}
END_TEST

int main(void) {
  Suite *s = suite_create("cli_table");
  TCase *t = tcase_create("all");
  tcase_add_test(t, tabs_are_elastic);
  tcase_add_test(t, a_table_like_kubectl);
  tcase_add_test(t, no_control_character_is_left);
  tcase_add_test(t, times_as_velero_prints_them);
  tcase_add_test(t, progress);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  buf_free(&out);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
