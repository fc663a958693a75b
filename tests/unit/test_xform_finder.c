/* test_xform_finder.c -- which rules may concern a text: the same as looking for each.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { RULES = 300, TEXTS = 500 };
static uint64_t state = 88172645463325252u;
static unsigned rnd(unsigned n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (unsigned)(state >> 33) % n;
}

static char *word(unsigned most) {
  static const char letters[] = "abc.-";
  size_t n = rnd(most + 1);
  char *s = malloc(n + 1);
  ck_assert_ptr_nonnull(s);
  for (size_t i = 0; i < n; i++) s[i] = letters[rnd(5)];
  s[n] = 0;
  return s;
}

static void check_text(const struct xform *x, pintle_str text) {
  uint64_t rules[RULES / 64 + 1] = {0};
  xform_finder_find(x, text, rules);
  for (size_t i = 0; i < x->n_texts; i++) {
    const struct xform_text_rule *r = &x->texts[i];
    bool is = rules[i / 64] >> (i % 64) & 1, wanted = true;
    if (r->is_pattern && strlen(r->needle) >= 4 && x->finder.n_grams)
      wanted = memmem(text.ptr, text.len, r->needle, strlen(r->needle)) != NULL;
    if (r->value) wanted = text.len == strlen(r->value) && memcmp(r->value, text.ptr, text.len) == 0;
    if (r->structured) wanted = true;
    ck_assert_msg(is == wanted, "rule %zu (%s, %s), text \"%.*s\": %d", i, r->value ? r->value : "-", r->needle ? r->needle : "-",
                  (int)text.len, text.ptr, is);
  }
}

static void random_rules(size_t n, unsigned most) {
  struct xform x = {.n_texts = n};
  struct xform_text_rule texts[RULES] = {0};
  x.texts = texts;
  for (size_t i = 0; i < n; i++)
    if (i % 3 == 0) texts[i].value = word(most);
    else if (i % 7 == 0) texts[i].key = "K";
    else texts[i].is_pattern = true, texts[i].needle = word(most), texts[i].structured = i % 11 == 0;
  ck_assert(xform_finder_make(&x));
  for (int i = 0; i < TEXTS; i++) {
    char *text = word(i % 2 ? 12 : 200);
    size_t len = strlen(text);
    if (len > 3 && i % 5 == 0) text[len / 2] = 0; /* as a Secret may hold */
    check_text(&x, (pintle_str){text, len});
    free(text);
  }
  for (size_t i = 0; i < n; i++) {
    if (texts[i].value) check_text(&x, (pintle_str){texts[i].value, strlen(texts[i].value)});
    if (texts[i].needle) check_text(&x, (pintle_str){texts[i].needle, strlen(texts[i].needle)});
  }
  xform_finder_free(&x);
  for (size_t i = 0; i < n; i++) free((char *)(size_t)texts[i].value), free(texts[i].needle);
}

START_TEST(many) {
  random_rules(RULES, 9);
  random_rules(RULES, 40);
}
END_TEST
START_TEST(few) {
  for (size_t n = 0; n < 30; n++) random_rules(n, 6);
}
END_TEST

int main(void) {
  Suite *s = suite_create("xform_finder");
  TCase *c = tcase_create("xform_finder");
  tcase_add_test(c, many);
  tcase_add_test(c, few);
  tcase_set_timeout(c, 60);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
