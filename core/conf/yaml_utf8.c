/* yaml_utf8.c -- see yaml_utf8.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_utf8.h"
#include <string.h>

/* YAML 1.1's printable characters, without the byte order mark. */
static int allowed(uint32_t c) {
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0x7e) || c == 0x85 || (c >= 0xa0 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd && c != 0xfeff) || (c >= 0x10000 && c <= 0x10ffff);
}

/* Eight bytes of plain ASCII without control characters, but for line ends and tabs that the slow way sees. */
static int plain(const unsigned char *p) {
  uint64_t x;
  memcpy(&x, p, 8);
  uint64_t high = x & 0x8080808080808080u, low = (x - 0x2020202020202020u) & ~x & 0x8080808080808080u;
  uint64_t y = x ^ 0x7f7f7f7f7f7f7f7fu, del = (y - 0x0101010101010101u) & ~y & 0x8080808080808080u;
  return (high | low | del) == 0;
}

size_t yaml_utf8(const unsigned char *p, size_t n, int *bad, uint32_t *what) {
  static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
  size_t i = 0;
  *bad = YAML_BAD_NONE;
  while (i < n) {
    if (n - i >= 8 && plain(p + i)) {
      i += 8;
      continue;
    }
    uint32_t c = p[i];
    size_t need = c < 0x80 ? 1 : (c & 0xe0) == 0xc0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : (c & 0xf8) == 0xf0 ? 4 : 0;
    *what = c;
    if (need == 0) return *bad = YAML_BAD_UTF8, i;
    if (need > 1) c &= 0xffu >> (need + 1);
    for (size_t k = 1; k < need; k++) {
      if (i + k == n) return i;
      if ((p[i + k] & 0xc0) != 0x80) return *bad = YAML_BAD_UTF8, i;
      c = c << 6 | (p[i + k] & 0x3f);
    }
    if (c < least[need] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff) return *bad = YAML_BAD_UTF8, i;
    *what = c;
    if (!allowed(c)) return *bad = YAML_BAD_CHARACTER, i;
    i += need;
  }
  return i;
}
