/* creds_util.c -- the environment, reasons, times and secret files.  SPDX-License-Identifier: Apache-2.0 */
#include "creds_in.h"
#include <ctype.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *creds_env(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

pintle_status creds_none(creds_ask *a, pintle_status st, const char *format, ...) {
  char text[700];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  s3_addf(&a->why, "%s%s", a->why.n ? "; " : "", text);
  return st;
}

bool creds_time(const char *text, int64_t *to) {
  int year, month, day, hour, minute, second, n = 0, oh, om;
  if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second, &n) != 6 || n == 0) return false;
  text += n;
  if (*text == '.') text += 1 + strspn(text + 1, "0123456789");
  int64_t offset = 0;
  char sign = *text;
  if (strcmp(text, "Z") != 0 && strcmp(text, "z") != 0 && strcmp(text, "UTC") != 0) {
    if ((sign != '+' && sign != '-') || (sscanf(text + 1, "%2d:%2d", &oh, &om) != 2 && sscanf(text + 1, "%2d%2d", &oh, &om) != 2))
      return false;
    offset = (sign == '+' ? 1 : -1) * (oh * 3600 + om * 60);
  }
  struct tm t = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute, .tm_sec = second};
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return false;
  *to = (int64_t)timegm(&t) - offset;
  return true;
}

pintle_status creds_secret_file(creds_ask *a, const char *path, s3_text *to) {
  char buffer[4096];
  FILE *f = fopen(path, "re");
  if (!f) return creds_none(a, errno == ENOENT ? PINTLE_NOT_FOUND : PINTLE_INVALID, "%s: %s", path, strerror(errno));
  setvbuf(f, NULL, _IONBF, 0);
  for (size_t n; to->n < 65536 && (n = fread(buffer, 1, sizeof buffer, f)) > 0;) s3_add(to, buffer, n);
  OPENSSL_cleanse(buffer, sizeof buffer);
  bool bad = ferror(f) || to->n >= 65536;
  fclose(f);
  if (to->failed) return creds_none(a, PINTLE_NOMEM, "out of memory");
  while (to->n && isspace((unsigned char)to->p[to->n - 1])) to->p[--to->n] = 0;
  size_t front = to->n ? strspn(to->p, " \t\r\n") : 0;
  if (front) memmove(to->p, to->p + front, to->n - front + 1), to->n -= front;
  if (bad || !to->n || strlen(to->p) != to->n || strpbrk(to->p, "\r\n"))
    return creds_none(a, PINTLE_INVALID, "%s: not one line of text", path);
  return PINTLE_OK;
}

void creds_quote(s3_text *to, const char *said, const char *secret) {
  size_t n = secret ? strlen(secret) : 0;
  for (size_t i = 0; *said && i < 200; i++) {
    if (n && strncmp(said, secret, n) == 0) {
      s3_addz(to, "***");
      said += n;
      continue;
    }
    char c = *said++;
    s3_addf(to, "%c", (unsigned char)c < ' ' || c == 127 ? ' ' : c);
  }
}
