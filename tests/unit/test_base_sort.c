/* test_base_sort.c -- rows of every shape come in order, each of them once.  SPDX-License-Identifier: Apache-2.0 */
#include "base/sort.h"
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 20000 };
typedef struct row {
  uint32_t key, number;
  unsigned char more[4];
} row;

static uint64_t compared;

static int by_key(const void *a, const void *b, void *ctx) {
  const row *x = a, *y = b;
  ck_assert_ptr_eq(ctx, &compared);
  compared++;
  return (x->key > y->key) - (x->key < y->key);
}

static uint32_t key_of(int shape, uint32_t i, uint32_t n) {
  switch (shape) {
  case 0: return i;
  case 1: return n - i;
  case 2: return 7;
  case 3: return i < n / 2 ? i : n - i;
  case 4: return i % 3;
  case 5: return i % 2 ? i : n - i;
  default: return (uint32_t)(((uint64_t)i * 2654435761u + (uint64_t)shape * 97) % 1000003);
  }
}

static void sort_one(int shape, uint32_t n) {
  row *v = calloc(n + 1, sizeof *v);
  unsigned char *seen = calloc(n + 1, 1);
  uint32_t log = 1;
  ck_assert(v && seen);
  while (n >> log) log++;
  for (uint32_t i = 0; i < n; i++) v[i] = (row){key_of(shape, i, n), i, {(unsigned char)i, 1, 2, 3}};
  v[n] = (row){0, UINT32_MAX, {9, 9, 9, 9}};
  compared = 0;
  sort_in_place(v, n, sizeof *v, by_key, &compared);
  for (uint32_t i = 0; i < n; i++) {
    ck_assert(i == 0 || v[i - 1].key <= v[i].key);
    ck_assert_uint_eq(v[i].key, key_of(shape, v[i].number, n));
    ck_assert_uint_eq(v[i].more[0], (unsigned char)v[i].number);
    ck_assert(!seen[v[i].number]);
    seen[v[i].number] = 1;
  }
  ck_assert_uint_eq(v[n].number, UINT32_MAX);
  ck_assert_uint_le(compared, (uint64_t)8 * n * log + 64);
  free(v);
  free(seen);
}

START_TEST(test_shapes) {
  for (uint32_t n = 0; n < 70; n++) sort_one(_i, n);
  sort_one(_i, 1000);
  sort_one(_i, MOST);
}
END_TEST

/* McIlroy's adversary: answers so that every split is as bad as it can be. */
static struct foe {
  uint32_t value[MOST], gas, solid, candidate;
} foe;

static int worst(const void *a, const void *b, void *ctx) {
  struct foe *f = ctx;
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  compared++;
  if (f->value[x] == f->gas && f->value[y] == f->gas) f->value[x == f->candidate ? x : y] = f->solid++;
  if (f->value[x] == f->gas) f->candidate = x;
  else if (f->value[y] == f->gas) f->candidate = y;
  return (f->value[x] > f->value[y]) - (f->value[x] < f->value[y]);
}

START_TEST(test_worst) {
  static uint32_t v[MOST];
  foe.gas = MOST;
  for (uint32_t i = 0; i < MOST; i++) v[i] = i, foe.value[i] = foe.gas;
  compared = 0;
  sort_in_place(v, MOST, sizeof *v, worst, &foe);
  for (uint32_t i = 1; i < MOST; i++) ck_assert(foe.value[v[i - 1]] <= foe.value[v[i]]);
  ck_assert_uint_lt(compared, (uint64_t)120 * MOST);
}
END_TEST

int main(void) {
  Suite *s = suite_create("base_sort");
  TCase *t = tcase_create("base_sort");
  tcase_add_loop_test(t, test_shapes, 0, 10);
  tcase_add_test(t, test_worst);
  suite_add_tcase(s, t);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed != 0;
}
