/* test_base_sha256.c -- SHA-256 against NIST's vectors.  SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void hex(const unsigned char sum[32], char to[65]) {
  for (int i = 0; i < 32; i++) snprintf(to + 2 * i, 3, "%02x", sum[i]);
}

START_TEST(vectors) {
  static const char *const v[][2] = {
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"}};
  for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
    unsigned char sum[32];
    char text[65];
    sha256(v[i][0], strlen(v[i][0]), sum);
    hex(sum, text);
    ck_assert_str_eq(text, v[i][1]);
  }
}
END_TEST

/* A million times "a", in pieces whose lengths walk over every position of a block. */
START_TEST(pieces) {
  sha256_ctx c;
  unsigned char sum[32];
  char text[65], a[131];
  memset(a, 'a', sizeof a);
  sha256_init(&c);
  for (size_t left = 1000000, n = 0; left; left -= n) {
    n = (n + 1) % sizeof a;
    if (n > left) n = left;
    sha256_update(&c, a, n);
  }
  sha256_final(&c, sum);
  hex(sum, text);
  ck_assert_str_eq(text, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

int main(void) {
  Suite *s = suite_create("sha256");
  TCase *t = tcase_create("sha256");
  tcase_add_test(t, vectors);
  tcase_add_test(t, pieces);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
