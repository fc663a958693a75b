/* clock.c -- see clock.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (int64_t)t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}
int64_t clock_now(void) { return read_clock(CLOCK_REALTIME); }
int64_t clock_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }

char *clock_rfc3339(int64_t t, char *to) {
  time_t s = (time_t)(t / CLOCK_SECOND);
  struct tm tm;
  if (!gmtime_r(&s, &tm) || strftime(to, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) to[0] = 0;
  return to;
}

static bool digits(const char *p, int n, int *out) {
  *out = 0;
  for (int i = 0; i < n; i++) {
    if (p[i] < '0' || p[i] > '9') return false;
    *out = *out * 10 + (p[i] - '0');
  }
  return true;
}

pintle_status clock_parse(str text, int64_t *t) {
  int year, month, day, hour, minute, second, oh = 0, om = 0;
  char s[64];
  if (text.len < 20 || text.len >= sizeof s) return PINTLE_INVALID;
  memcpy(s, text.ptr, text.len);
  s[text.len] = 0;
  if (!digits(s, 4, &year) || s[4] != '-' || !digits(s + 5, 2, &month) || s[7] != '-' || !digits(s + 8, 2, &day) || s[10] != 'T' ||
      !digits(s + 11, 2, &hour) || s[13] != ':' || !digits(s + 14, 2, &minute) || s[16] != ':' || !digits(s + 17, 2, &second))
    return PINTLE_INVALID;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return PINTLE_INVALID;
  const char *p = s + 19;
  int64_t fraction = 0, unit = CLOCK_SECOND;
  if (*p == '.')
    for (p++; *p >= '0' && *p <= '9'; p++)
      if (unit > 1) unit /= 10, fraction += (*p - '0') * unit;
  int sign = *p == '-' ? -1 : 1;
  if (*p == '+' || *p == '-') {
    if (!digits(p + 1, 2, &oh) || p[3] != ':' || !digits(p + 4, 2, &om) || p[6] != 0) return PINTLE_INVALID;
  } else if (p[0] != 'Z' || p[1] != 0) return PINTLE_INVALID;
  struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second};
  int64_t seconds = (int64_t)timegm(&tm) - sign * (oh * 3600 + om * 60);
  if (__builtin_mul_overflow(seconds, CLOCK_SECOND, &seconds) || __builtin_add_overflow(seconds, fraction, t)) return PINTLE_INVALID;
  return PINTLE_OK;
}

pintle_status clock_duration(str text, int64_t *d) {
  static const struct {
    const char *name;
    int64_t unit;
  } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", CLOCK_SECOND}, {"m", 60 * CLOCK_SECOND}, {"h", 3600 * CLOCK_SECOND}};
  const char *p = text.ptr, *end = p + text.len;
  int64_t total = 0, sign = 1;
  if (p < end && (*p == '-' || *p == '+')) sign = *p++ == '-' ? -1 : 1;
  if (end - p == 1 && *p == '0') return *d = 0, PINTLE_OK;
  if (p == end) return PINTLE_INVALID;
  while (p < end) {
    int64_t whole = 0, fraction = 0, scale = 1, part;
    const char *from = p;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
      if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, *p - '0', &whole)) return PINTLE_INVALID;
    size_t n = (size_t)(p - from);
    if (p < end && *p == '.')
      for (p++; p < end && *p >= '0' && *p <= '9'; p++, n++)
        if (scale < CLOCK_SECOND) scale *= 10, fraction = fraction * 10 + (*p - '0');
    if (n == 0) return PINTLE_INVALID;
    const char *unit = p;
    while (p < end && *p != '.' && (*p < '0' || *p > '9')) p++;
    size_t i = 0, len = (size_t)(p - unit);
    if (len == 3 && (memcmp(unit, "\xc2\xb5s", 3) == 0 || memcmp(unit, "\xce\xbcs", 3) == 0)) i = 1;
    else
      while (i < 6 && (strlen(units[i].name) != len || memcmp(units[i].name, unit, len) != 0)) i++;
    if (i == 6 || __builtin_mul_overflow(whole, units[i].unit, &part)) return PINTLE_INVALID;
    part += (int64_t)((double)fraction * ((double)units[i].unit / (double)scale));
    if (__builtin_add_overflow(total, part, &total)) return PINTLE_INVALID;
  }
  *d = sign * total;
  return PINTLE_OK;
}

char *clock_duration_text(int64_t d, char *to) {
  uint64_t u = d < 0 ? 0 - (uint64_t)d : (uint64_t)d;
  const char *sign = d < 0 ? "-" : "";
  char fraction[16] = "";
  if (u == 0) return strcpy(to, "0s");
  if (u < (uint64_t)CLOCK_SECOND) { /* one unit with a fraction, as Go does below a second */
    uint64_t unit = u >= 1000000 ? 1000000 : u >= 1000 ? 1000 : 1;
    if (unit > 1) snprintf(fraction, sizeof fraction, ".%0*llu", unit == 1000000 ? 6 : 3, (unsigned long long)(u % unit));
    for (size_t n = strlen(fraction); n && (fraction[n - 1] == '0' || fraction[n - 1] == '.'); n--) fraction[n - 1] = 0;
    snprintf(to, 32, "%s%llu%s%s", sign, (unsigned long long)(u / unit), fraction, unit == 1 ? "ns" : unit == 1000 ? "\xc2\xb5s" : "ms");
    return to;
  }
  uint64_t s = u / (uint64_t)CLOCK_SECOND, h = s / 3600, m = s / 60 % 60;
  snprintf(fraction, sizeof fraction, ".%09llu", (unsigned long long)(u % (uint64_t)CLOCK_SECOND));
  for (size_t n = strlen(fraction); n && (fraction[n - 1] == '0' || fraction[n - 1] == '.'); n--) {
    bool dot = fraction[n - 1] == '.';
    fraction[n - 1] = 0;
    if (dot) break;
  }
  if (h)
    snprintf(to, 32, "%s%lluh%llum%llu%ss", sign, (unsigned long long)h, (unsigned long long)m, (unsigned long long)(s % 60), fraction);
  else if (m) snprintf(to, 32, "%s%llum%llu%ss", sign, (unsigned long long)m, (unsigned long long)(s % 60), fraction);
  else snprintf(to, 32, "%s%llu%ss", sign, (unsigned long long)(s % 60), fraction);
  return to;
}
