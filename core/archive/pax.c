/* pax.c -- see pax.h.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/pax.h"

/* Decimal digits only; -1 when it is none or over 2^62. */
static int64_t decimal(str s) {
  int64_t v = 0;
  if (s.len == 0) return -1;
  for (size_t i = 0; i < s.len; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > INT64_MAX / 20) return -1;
    v = v * 10 + (s.ptr[i] - '0');
  }
  return v;
}

static pintle_status take(str key, str value, pax_records *out, error *e) {
  if (str_starts(key, "GNU.sparse.") || str_starts(key, "SCHILY.realsize")) return error_set(e, PINTLE_INVALID, "it is a sparse file");
  if (str_is(key, "path")) {
    if (out->path.ptr) return error_set(e, PINTLE_INVALID, "its PAX header has two paths");
    if (memchr(value.ptr, 0, value.len)) return error_set(e, PINTLE_INVALID, "its PAX path holds a NUL");
    out->path = value;
  } else if (str_is(key, "size")) {
    if (out->size >= 0) return error_set(e, PINTLE_INVALID, "its PAX header has two sizes");
    if ((out->size = decimal(value)) < 0) return error_set(e, PINTLE_INVALID, "its PAX size is no number");
  }
  return PINTLE_OK;
}

/* "LENGTH KEY=VALUE\n", LENGTH counting all of it. */
pintle_status pax_parse(str text, pax_records *out, error *e) {
  *out = (pax_records){{NULL, 0}, -1};
  while (text.len) {
    const char *space = memchr(text.ptr, ' ', text.len < 20 ? text.len : 20);
    size_t head = space ? (size_t)(space - text.ptr) + 1 : 0;
    int64_t n = space ? decimal((str){text.ptr, head - 1}) : -1;
    if (n < (int64_t)head + 2 || n > (int64_t)text.len || text.ptr[n - 1] != '\n')
      return error_set(e, PINTLE_INVALID, "its PAX header is malformed");
    const char *key = text.ptr + head, *equals = memchr(key, '=', (size_t)n - head - 1);
    if (!equals || equals == key) return error_set(e, PINTLE_INVALID, "its PAX header is malformed");
    str value = {equals + 1, (size_t)(text.ptr + n - 1 - (equals + 1))};
    pintle_status st = take((str){key, (size_t)(equals - key)}, value, out, e);
    if (st != PINTLE_OK) return st;
    text.ptr += n, text.len -= (size_t)n;
  }
  return PINTLE_OK;
}
