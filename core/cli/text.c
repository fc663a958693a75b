/* text.c -- text fit for a terminal.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include <stdio.h>

/* The character at p, n > 0 bytes there; its bytes in *len. Invalid UTF-8: UINT32_MAX and one byte. */
static uint32_t character(const unsigned char *p, size_t n, size_t *len) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t k = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : p[0] >= 0xe0 && p[0] < 0xf0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
  *len = 1;
  if (k == 0 || k > n) return UINT32_MAX;
  uint32_t c = k == 1 ? p[0] : p[0] & (0xffu >> (k + 1));
  for (size_t i = 1; i < k; i++) {
    if ((p[i] & 0xc0) != 0x80) return UINT32_MAX;
    c = c << 6 | (p[i] & 0x3fu);
  }
  if (c < least[k] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) return UINT32_MAX;
  *len = k;
  return c;
}

/* What moves the cursor, changes colours, breaks lines or turns the direction of writing. */
static bool hostile(uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static void escape(buf *out, uint32_t c) {
  if (c == '\n') buf_addz(out, "\\n");
  else if (c == '\t') buf_addz(out, "\\t");
  else if (c == '\r') buf_addz(out, "\\r");
  else buf_printf(out, c < 0x80 ? "\\x%02x" : "\\u%04x", (unsigned)c);
}

static void clean(buf *out, str s, bool lines) {
  const unsigned char *p = (const unsigned char *)s.ptr;
  for (size_t i = 0, from = 0, len; i <= s.len; i += len) {
    uint32_t c = i < s.len ? character(p + i, s.len - i, &len) : 0;
    bool bad = i < s.len && (c == UINT32_MAX || (hostile(c) && !(lines && (c == '\n' || c == '\t'))));
    if (i == s.len || bad) buf_add(out, s.ptr + from, i - from);
    if (i == s.len) break;
    if (!bad) continue;
    if (c == UINT32_MAX) buf_printf(out, "\\x%02x", p[i]);
    else escape(out, c);
    from = i + len;
  }
}

void cli_clean(buf *out, str s) {
  if (s.len) clean(out, s, false);
}
void cli_clean_lines(buf *out, str s) {
  if (s.len) clean(out, s, true);
}

void cli_clean_json(buf *out, str json) {
  const unsigned char *p = (const unsigned char *)json.ptr;
  size_t from = 0, len;
  for (size_t i = 0; i < json.len; i += len) {
    uint32_t c = character(p + i, json.len - i, &len);
    if (c < 0x7f || c == UINT32_MAX || !hostile(c)) continue;
    buf_add(out, json.ptr + from, i - from);
    buf_printf(out, "\\u%04x", (unsigned)c);
    from = i + len;
  }
  buf_add(out, json.ptr + from, json.len - from);
}

size_t cli_width(str s) {
  size_t n = 0;
  for (size_t i = 0; i < s.len; i++) {
    if (s.ptr[i] == '\x1b') /* only our own colours have these: ESC [ ... m */
      while (i < s.len && s.ptr[i] != 'm') i++;
    else n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
  }
  return n;
}

void cli_colour(buf *out, bool on, int colour, str s) {
  if (on) buf_printf(out, "\x1b[%dm", colour);
  buf_adds(out, s);
  if (on) buf_addz(out, "\x1b[0m");
}
