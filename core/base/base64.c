/* base64.c -- see base64.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit(char c) {
  const char *at = c ? strchr(letters, c) : NULL;
  return at ? (int)(at - letters) : -1;
}

void base64_encode(str s, buf *out) {
  if (!buf_reserve(out, (s.len + 2) / 3 * 4)) return;
  for (size_t i = 0; i < s.len; i += 3) {
    size_t n = s.len - i < 3 ? s.len - i : 3;
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; k++) bits = bits << 8 | (k < n ? (unsigned char)s.ptr[i + k] : 0u);
    for (size_t k = 0; k < 4; k++) buf_addc(out, k <= n ? letters[bits >> (18 - 6 * k) & 63] : '=');
  }
}

pintle_status base64_decode(str text, buf *out) {
  uint32_t bits = 0;
  int n = 0, pad = 0;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '\n' || c == '\r') continue;
    int d = c == '=' ? 0 : digit(c);
    if (d < 0 || (pad && c != '=')) return PINTLE_INVALID;
    pad += c == '=';
    bits = bits << 6 | (uint32_t)d;
    if (++n < 4) continue;
    if (pad > 2) return PINTLE_INVALID;
    const char bytes[3] = {(char)(bits >> 16), (char)(bits >> 8), (char)bits};
    buf_add(out, bytes, 3 - (size_t)pad);
    bits = 0, n = 0;
  }
  return n ? PINTLE_INVALID : out->failed ? PINTLE_NOMEM : PINTLE_OK;
}
