/* grpc_text.c -- the texts of gRPC: percent encoding, timeouts, codes.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "item/lex.h"
#include "velero/grpc.h"
#include <inttypes.h>
#include <stdio.h>

char *grpc_clean(str s, char *to, size_t size) {
  size_t n = 0;
  for (size_t i = 0; i < s.len;) {
    size_t k = item_utf8(s.ptr + i, s.len - i);
    str c = k ? (str){s.ptr + i, k} : STR("\xef\xbf\xbd");
    if (n + c.len >= size) break;
    memcpy(to + n, c.ptr, c.len);
    n += c.len, i += k ? k : 1;
  }
  to[n] = 0;
  return to;
}

static const char hex[] = "0123456789ABCDEF";

void grpc_percent_encode(str s, buf *out) {
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c >= 0x20 && c < 0x7f && c != '%') buf_addc(out, (char)c);
    else buf_addc(out, '%'), buf_addc(out, hex[c >> 4]), buf_addc(out, hex[c & 15]);
  }
}

static int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void grpc_percent_decode(str s, buf *out) {
  for (size_t i = 0; i < s.len; i++) {
    int high = s.ptr[i] == '%' && s.len - i > 2 ? nibble(s.ptr[i + 1]) : -1, low = high >= 0 ? nibble(s.ptr[i + 2]) : -1;
    if (low < 0) buf_addc(out, s.ptr[i]);
    else buf_addc(out, (char)(high << 4 | low)), i += 2;
  }
}

static const struct unit {
  char name;
  int64_t nanoseconds;
} units[] = {{'n', 1}, {'u', 1000}, {'m', 1000 * 1000}, {'S', CLOCK_SECOND}, {'M', 60 * CLOCK_SECOND}, {'H', 3600 * CLOCK_SECOND}};

pintle_status grpc_timeout_parse(str text, int64_t *nanoseconds) {
  int64_t n = 0;
  if (text.len < 2 || text.len > 9) return PINTLE_INVALID; /* at most 8 digits */
  for (size_t i = 0; i + 1 < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') return PINTLE_INVALID;
    n = n * 10 + (text.ptr[i] - '0');
  }
  for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
    if (units[u].name != text.ptr[text.len - 1]) continue;
    if (__builtin_mul_overflow(n, units[u].nanoseconds, nanoseconds)) *nanoseconds = INT64_MAX;
    return PINTLE_OK;
  }
  return PINTLE_INVALID;
}

void grpc_timeout_text(int64_t nanoseconds, char to[24]) {
  size_t u = 0;
  int64_t n = nanoseconds < 0 ? 0 : nanoseconds;
  while (n / units[u].nanoseconds + (n % units[u].nanoseconds != 0) > 99999999) u++; /* 2^63 ns are 2.6 million hours */
  snprintf(to, 24, "%" PRId64 "%c", n / units[u].nanoseconds + (n % units[u].nanoseconds != 0), units[u].name);
}

static const struct pair {
  uint32_t code;
  pintle_status status;
} pairs[] = {{GRPC_OK, PINTLE_OK},
             {GRPC_INVALID_ARGUMENT, PINTLE_INVALID},
             {GRPC_DEADLINE_EXCEEDED, PINTLE_TIMED_OUT},
             {GRPC_NOT_FOUND, PINTLE_NOT_FOUND},
             {GRPC_ALREADY_EXISTS, PINTLE_EXISTS},
             {GRPC_PERMISSION_DENIED, PINTLE_DENIED},
             {GRPC_UNAUTHENTICATED, PINTLE_DENIED},
             {GRPC_ABORTED, PINTLE_CONFLICT},
             {GRPC_UNAVAILABLE, PINTLE_TRANSIENT},
             {GRPC_UNIMPLEMENTED, PINTLE_UNSUPPORTED}};

/* A server's CANCELLED is not ours: PINTLE_CANCELLED means that this run is being stopped. */
pintle_status grpc_code_status(uint32_t code) {
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (pairs[i].code == code) return pairs[i].status;
  return PINTLE_FAILED;
}

uint32_t grpc_status_code(pintle_status st) {
  if (st == PINTLE_CANCELLED) return GRPC_CANCELLED;
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (pairs[i].status == st) return pairs[i].code;
  return GRPC_UNKNOWN;
}
