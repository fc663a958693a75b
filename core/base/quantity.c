/* quantity.c -- see quantity.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/quantity.h"
#include <stdint.h>

#define MOST ((quantity)INT64_MAX * 1000000000)

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "e3", "E-3"; a power beyond this is as good as any: everything is 0 or too much. */
static bool decimal_exponent(str s, int *power) {
  size_t i = 1;
  bool negative = s.len > 1 && s.ptr[1] == '-';
  if (s.len > 1 && (s.ptr[1] == '-' || s.ptr[1] == '+')) i++;
  if (s.len <= i) return false;
  int n = 0;
  for (; i < s.len; i++) {
    if (!is_digit(s.ptr[i])) return false;
    if (n < 1000) n = n * 10 + (s.ptr[i] - '0');
  }
  *power = negative ? -n : n;
  return true;
}

static bool suffix_of(str s, int *ten, int *two) {
  static const char decimal[] = "num kMGTPE", binary[] = "KMGTPE";
  *ten = *two = 0;
  if (s.len == 0) return true;
  if (s.len == 1 && s.ptr[0] != ' ') {
    const char *at = strchr(decimal, s.ptr[0]);
    if (!at || !*at) return false;
    *ten = (int)(at - decimal) * 3 - 9;
    return true;
  }
  if (s.len == 2 && s.ptr[1] == 'i') {
    const char *at = s.ptr[0] ? strchr(binary, s.ptr[0]) : NULL;
    if (!at) return false;
    *two = (int)(at - binary + 1) * 10;
    return true;
  }
  return (s.ptr[0] == 'e' || s.ptr[0] == 'E') && decimal_exponent(s, ten);
}

/* v times 10 to the power; false: more than there can be. *rest: something was cut off. */
static bool scale(quantity *v, int power, bool *rest) {
  for (; power > 0 && *v; power--) {
    if (*v > MOST) return false;
    *v *= 10;
  }
  for (; power < 0 && *v; power++) {
    *rest |= *v % 10 != 0;
    *v /= 10;
  }
  return true;
}

/* The digits with `two` binary places up and `ten` decimal ones, in billionths. */
static quantity value_of(str digits, int point, int ten, int two) {
  quantity v = 0;
  bool rest = false;
  int shift = ten + 9 - point;
  for (size_t i = 0; i < digits.len; i++) {
    if (digits.ptr[i] == '.') continue;
    if (v > MOST) { /* more digits than count: those behind a point are cut off */
      shift++;
      rest |= digits.ptr[i] != '0';
      continue;
    }
    v = v * 10 + (digits.ptr[i] - '0');
  }
  for (; two > 0 && v; two--) {
    if (v > MOST << 20) return MOST;
    v *= 2;
  }
  if (!scale(&v, shift, &rest) || v > MOST) return MOST;
  return rest ? v + 1 : v;
}

bool quantity_parse(str text, quantity *out) {
  size_t i = 0, first;
  int points = 0, point = 0, ten, two;
  bool negative = text.len && text.ptr[0] == '-', any = false;
  if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) i++;
  for (first = i; i < text.len && (is_digit(text.ptr[i]) || (text.ptr[i] == '.' && !points)); i++) {
    if (text.ptr[i] == '.') points = 1;
    else any = true, point += points;
  }
  if (!any || !suffix_of((str){text.ptr + i, text.len - i}, &ten, &two)) return false;
  quantity v = value_of((str){text.ptr + first, i - first}, point, ten, two);
  *out = negative ? -v : v;
  return true;
}
