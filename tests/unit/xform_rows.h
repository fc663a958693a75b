/* xform_rows.h -- rows of the tests of restore-xform: configuration, item, what becomes of it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_XFORM_H
#define TEST_XFORM_H
#include <check.h>
#include <pintle/testing.h>
#include <stdlib.h>

typedef struct row {
  const char *what, *config, *item;
  const char *patch;    /* exactly; NULL: [] */
  const char *notes;    /* exactly; NULL: not compared */
  const char *counters; /* after one call; NULL: not compared */
} row;

static inline pintle_test_host *xform_host(void) {
  pintle_test_host *h = pintle_test_new(NULL);
  ck_assert_ptr_nonnull(h);
  ck_assert_msg(pintle_test_load(h, &PINTLE_ENTRY)->status == PINTLE_OK, "%s", pintle_test_last(h)->message);
  return h;
}

/* The row holds, and doing it again changes nothing more. */
static inline void xform_row(const row *r) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", r->config);
  ck_assert_msg(a != NULL, "%s: %s at %s", r->what, pintle_test_last(h)->message, pintle_test_last(h)->at);
  const pintle_test_outcome *o = pintle_test_restore(a, r->item, NULL, 0);
  ck_assert_msg(o->status == PINTLE_OK, "%s: %s", r->what, o->message);
  ck_assert_msg(strcmp(o->patch, r->patch ? r->patch : "[]") == 0, "%s: %s", r->what, o->patch);
  if (r->notes) ck_assert_msg(strcmp(o->notes, r->notes) == 0, "%s: %s", r->what, o->notes);
  if (r->counters) ck_assert_msg(strcmp(pintle_test_counters(h), r->counters) == 0, "%s: %s", r->what, pintle_test_counters(h));
  char *once = strdup(o->item);
  ck_assert_ptr_nonnull(once);
  o = pintle_test_restore(a, once, NULL, 0);
  ck_assert_msg(strcmp(o->patch, "[]") == 0, "%s, again: %s", r->what, o->patch);
  free(once);
  pintle_test_free(h);
}

/* config is refused at `at` with a message that holds `why`. */
static inline void xform_refused(const char *config, const char *at, const char *why) {
  pintle_test_host *h = xform_host();
  pintle_test_instance *a = pintle_test_create(h, PINTLE_TEST_RESTORE, "pintle.io/resolve-references", config);
  const pintle_test_outcome *o = pintle_test_last(h);
  ck_assert_msg(a == NULL && o->status == PINTLE_INVALID, "%s was taken", config);
  ck_assert_msg(strcmp(o->at, at) == 0, "%s: at %s", config, o->at);
  ck_assert_msg(strstr(o->message, why) != NULL, "%s: %s", config, o->message);
  pintle_test_free(h);
}

static inline int xform_main(const char *name, const TTest *const *tests, size_t n) {
  Suite *s = suite_create(name);
  TCase *t = tcase_create(name);
  for (size_t i = 0; i < n; i++) tcase_add_test(t, tests[i]);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
#define XFORM_ROWS(rows) \
  for (size_t i_ = 0; i_ < sizeof(rows) / sizeof *(rows); i_++) xform_row(&(rows)[i_])
#endif
