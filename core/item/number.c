/* number.c -- numbers are their lexemes: exact integers and exact comparing, without doubles.  SPDX-License-Identifier: Apache-2.0 */
#include "item/node.h"

pintle_status item_int(const item_node *n, int64_t *out) {
  str s = item_number(n);
  bool negative = s.len && s.ptr[0] == '-';
  uint64_t v = 0, most = (uint64_t)INT64_MAX + (negative ? 1 : 0);
  if (!s.len) return PINTLE_INVALID;
  for (size_t i = negative; i < s.len; i++) {
    uint64_t digit = (uint64_t)s.ptr[i] - '0';
    if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > (most - digit) / 10) return PINTLE_INVALID;
    v = v * 10 + digit;
  }
  *out = negative && v ? -(int64_t)(v - 1) - 1 : (int64_t)v;
  return PINTLE_OK;
}

/* A number as 0.D * 10^(shift + exponent), where D is its digits from the first that is not 0 to the last that is not 0. */
typedef struct decimal {
  const char *p, *end; /* D, perhaps with the point inside */
  int64_t shift;
  const char *exp, *exp_end; /* digits of the exponent */
  bool negative, exp_negative;
} decimal;

static decimal decimal_of(str s) {
  decimal d = {.p = s.ptr, .end = s.ptr + s.len};
  const char *point = NULL, *stop = d.p;
  d.exp = d.exp_end = d.end;
  if (d.p < d.end && *d.p == '-') d.negative = true, stop = ++d.p;
  for (; stop < d.end && *stop != 'e' && *stop != 'E'; stop++)
    if (*stop == '.') point = stop;
  if (stop < d.end) {
    d.exp = stop + 1;
    if (*d.exp == '-' || *d.exp == '+') d.exp_negative = *d.exp++ == '-';
  }
  d.end = stop;
  if (!point) point = stop;
  while (d.p < d.end && (*d.p == '0' || *d.p == '.')) d.p++;
  while (d.end > d.p && (d.end[-1] == '0' || d.end[-1] == '.')) d.end--;
  d.shift = point > d.p ? point - d.p : point - d.p + 1; /* 12.5: 2; 0.05: -1 */
  return d;
}

/* The exponents' difference a - b; more than 10^12 is all the same. Digits are read from the left, so a difference that large stays. */
static int64_t exponent_difference(const decimal *a, const decimal *b) {
  size_t n_a = (size_t)(a->exp_end - a->exp), n_b = (size_t)(b->exp_end - b->exp), n = n_a > n_b ? n_a : n_b;
  int64_t difference = 0;
  for (size_t i = n; i > 0; i--) {
    int x = i <= n_a ? a->exp[n_a - i] - '0' : 0, y = i <= n_b ? b->exp[n_b - i] - '0' : 0;
    difference = difference * 10 + (a->exp_negative ? -x : x) - (b->exp_negative ? -y : y);
    if (difference > 1000000000000 || difference < -1000000000000) break;
  }
  return difference;
}

bool item_number_equal(str sa, str sb) {
  decimal a = decimal_of(sa), b = decimal_of(sb);
  if (a.p == a.end || b.p == b.end) return a.p == a.end && b.p == b.end; /* zeros, -0 among them */
  if (a.negative != b.negative || exponent_difference(&a, &b) != b.shift - a.shift) return false;
  while (a.p < a.end && b.p < b.end) {
    if (*a.p == '.') a.p++;
    if (*b.p == '.') b.p++;
    if (*a.p++ != *b.p++) return false;
  }
  return a.p == a.end && b.p == b.end;
}
