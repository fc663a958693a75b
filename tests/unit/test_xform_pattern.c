/* test_xform_pattern.c -- patterns match what the C library's do, in time that grows with the text.  SPDX-License-Identifier: Apache-2.0 */
#include "pattern.h"
#include <check.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t state = 88172645463325252u;
static unsigned rnd(unsigned n) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (unsigned)(state >> 33) % n;
}

/* As the C library has it: the leftmost match that is not empty. */
static bool library(const regex_t *re, const char *text, size_t from, regmatch_t *m) {
  const size_t len = strlen(text);
  while (from <= len) {
    m->rm_so = (regoff_t)from, m->rm_eo = (regoff_t)len;
    if (regexec(re, text, 1, m, REG_STARTEND) != 0) return false;
    if (m->rm_eo > m->rm_so) return true;
    from = (size_t)m->rm_so + 1;
  }
  return false;
}

/* Every match of the pattern in the text, one behind the other. */
static void compare(const char *source, const regex_t *re, const struct pattern *p, const char *text) {
  const pintle_str s = {text, strlen(text)};
  for (size_t from = 0;;) {
    regmatch_t l;
    struct pattern_match m = {0};
    int64_t steps = pattern_steps(s);
    const bool is = pattern_search(p, s, from, &steps, &m) == PATTERN_FOUND, wanted = library(re, text, from, &l);
    ck_assert_msg(is == wanted && (!is || ((size_t)l.rm_so == m.begin && (size_t)l.rm_eo == m.end)),
                  "\"%s\" in \"%s\" from %zu: %d %zu-%zu, not %d %d-%d", source, text, from, is, m.begin, m.end, wanted, wanted ? l.rm_so : 0,
                  wanted ? l.rm_eo : 0);
    if (!is) return;
    from = m.end;
  }
}

static void expression(char *to, unsigned depth) {
  static const char *const atoms[] = {"a", "b", "ab", ".", "[ab]", "[^a]", "[[:alpha:]]", "\\w", "\\.", "[]a-b]", "\\s", "\\W", "_"};
  static const char *const edges[] = {"\\b", "^", "$", "\\<", "\\>", "\\B"}; /* not within what is repeated: there glibc errs */
  static const char *const often[] = {"", "", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "{,2}", "{0}"};
  for (unsigned n = 1 + rnd(3); n; n--) {
    if (depth == 2 && rnd(5) == 0) {
      strcat(to, edges[rnd(sizeof edges / sizeof *edges)]);
      continue;
    }
    if (depth && rnd(3) == 0) {
      strcat(to, "(");
      expression(to, depth - 1);
      if (rnd(2)) strcat(to, "|"), expression(to, depth - 1);
      strcat(to, ")");
    } else strcat(to, atoms[rnd(sizeof atoms / sizeof *atoms)]);
    strcat(to, often[rnd(sizeof often / sizeof *often)]);
  }
}

START_TEST(as_the_library) {
  static const char letters[] = "aaabbb. _\t"; /* no \n: in the middle of a pattern glibc lets $ match before one */
  unsigned taken = 0;
  for (int i = 0; i < 6000; i++) {
    char source[2000] = "", text[16];
    const char *why;
    regex_t re;
    expression(source, 2);
    if (rnd(4) == 0) strcat(source, "|"), expression(source, 1);
    if (regcomp(&re, source, REG_EXTENDED) != 0) continue;
    struct pattern *p = pattern_new(source, &why);
    ck_assert_msg(p != NULL || (why && strstr(why, "*?")) || (why && strstr(why, "nothing before")), "%s: %s", source, why ? why : "no memory");
    for (int k = 0; p && k < 12; k++) {
      const size_t n = rnd(sizeof text);
      for (size_t c = 0; c < n; c++) text[c] = letters[rnd(sizeof letters - 1)];
      text[n] = 0;
      compare(source, &re, p, text);
    }
    taken += p != NULL;
    pattern_free(p);
    regfree(&re);
  }
  ck_assert_uint_gt(taken, 3000);
}
END_TEST

/* Steps for a text of n bytes in which the pattern finds nothing. */
static int64_t steps_of(const char *source, const char *repeated, size_t n, const char *end) {
  const char *why;
  struct pattern_match m;
  struct pattern *p = pattern_new(source, &why);
  char *text = malloc(n + strlen(end) + 1);
  ck_assert(p != NULL && text != NULL);
  for (size_t i = 0; i < n; i++) text[i] = repeated[i % strlen(repeated)];
  strcpy(text + n, end);
  const pintle_str s = {text, strlen(text)};
  const int64_t all = pattern_steps(s);
  int64_t left = all;
  ck_assert_int_eq(pattern_search(p, s, 0, &left, &m), PATTERN_NONE);
  free(text);
  pattern_free(p);
  return all - left;
}

START_TEST(linear) {
  static const struct {
    const char *source, *repeated, *end;
  } all[] = {{"[A-Za-z0-9._-]+\\.old\\.example\\.com", "QUJD", "/.old.example.co"},
             {"(a|b)*c[a-z]+x", "ab", ""},
             {"(a*)*b", "a", ""},
             {"(a|aa)+b", "a", ""},
             {"a.*b.*c", "ab", ""},
             {"([a-z0-9]{1,63}\\.){1,8}old", "a1", ""}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const int64_t small = steps_of(all[i].source, all[i].repeated, 4000, all[i].end),
                  large = steps_of(all[i].source, all[i].repeated, 400000, all[i].end);
    ck_assert_msg(large <= 110 * small, "%s: %lld of 4 KB, %lld of 400 KB", all[i].source, (long long)small, (long long)large);
  }
}
END_TEST

START_TEST(refused) {
  static const struct {
    const char *source, *why;
  } all[] = {{"\\d+", "[0-9]"},    {"a\\D", "[^0-9]"},    {"\\n", "letters"},          {"[\\w.]+", "backslash"}, {"(?:a|b)", "( )"},
             {"a.*?b", "longest"}, {"(a)\\1", "a group"}, {"((a{99}){99}){9}", "large"}, {"a|*b", "nothing before"}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const char *why = NULL;
    struct pattern *p = pattern_new(all[i].source, &why);
    ck_assert_msg(!p && why && strstr(why, all[i].why), "%s: %s", all[i].source, why ? why : "taken");
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("xform_pattern");
  TCase *c = tcase_create("xform_pattern");
  tcase_add_test(c, as_the_library);
  tcase_add_test(c, linear);
  tcase_add_test(c, refused);
  tcase_set_timeout(c, 60);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_ENV);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
