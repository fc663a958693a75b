/* test_conf_docs.c -- every yaml block of docs/chain-reference.md is a right configuration.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "conf/chain.h"
#include <check.h>
#include <fcntl.h>
#include <stdio.h>

#ifndef SOURCE_DIR
#error "SOURCE_DIR must be the root of the source tree"
#endif

/* The next block between ```yaml and ```, and the line it begins in; false: none. */
static bool next_block(str *rest, unsigned *line, str *block) {
  bool inside = false;
  while (rest->len) {
    const char *end = memchr(rest->ptr, '\n', rest->len);
    str l = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
    if (inside && str_is(l, "```")) {
      block->len = (size_t)(rest->ptr - block->ptr);
      return true;
    }
    size_t step = end ? l.len + 1 : l.len;
    rest->ptr += step, rest->len -= step;
    ++*line;
    if (!inside && str_is(l, "```yaml")) inside = true, block->ptr = rest->ptr;
  }
  return false;
}

START_TEST(yaml_blocks_are_right) {
  CLEANUP(buf_free) buf text = {0};
  error e;
  error_clear(&e);
  ck_assert_msg(file_read(AT_FDCWD, SOURCE_DIR "/docs/chain-reference.md", 1 << 20, &text, &e) == PINTLE_OK, "%s", e.message);
  str rest = buf_str(&text), block = {NULL, 0};
  unsigned line = 0, blocks = 0, actions = 0;
  for (; next_block(&rest, &line, &block); blocks++) {
    conf_set s = {0};
    arena a = {0};
    conf_chain c;
    ck_assert_msg(conf_set_add(&s, "block", block, &e) == PINTLE_OK, "block before line %u: %s at %s", line, e.message, e.place);
    ck_assert_msg(conf_set_check(&s, &e) == PINTLE_OK, "block before line %u: %s at %s", line, e.message, e.place);
    ck_assert_msg(conf_chain_read(&s, NULL, &a, &c, &e) == PINTLE_OK, "block before line %u: %s at %s", line, e.message, e.place);
    actions += (unsigned)c.n_actions;
    arena_free(&a);
    conf_set_free(&s);
  }
  ck_assert_uint_ge(blocks, 4);
  ck_assert_uint_eq(actions, 3);
}
END_TEST

int main(void) {
  Suite *s = suite_create("conf_docs");
  TCase *t = tcase_create("all");
  tcase_add_test(t, yaml_blocks_are_right);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
