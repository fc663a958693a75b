/* error.c -- see error.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A message is one line: whatever comes in from plugins and vendors' answers may hold anything. */
static void one_line(char *s) {
  for (; *s; s++)
    if ((unsigned char)*s < 0x20 || *s == 0x7f) *s = ' ';
}

void error_clear(error *e) {
  if (!e) return;
  e->status = PINTLE_OK;
  e->message[0] = e->hint[0] = e->place[0] = e->code[0] = 0;
}

static void print(char *to, size_t size, const char *format, va_list ap) {
  if (vsnprintf(to, size, format, ap) < 0) to[0] = 0;
  one_line(to);
}

pintle_status error_set(error *e, pintle_status st, const char *format, ...) {
  va_list ap;
  if (!e) return st;
  char text[sizeof e->message]; /* the arguments may point into *e */
  va_start(ap, format);
  print(text, sizeof text, format, ap);
  va_end(ap);
  error_clear(e);
  e->status = st;
  memcpy(e->message, text, sizeof text);
  return st;
}

pintle_status error_wrap(error *e, const char *format, ...) {
  va_list ap;
  if (!e) return PINTLE_FAILED;
  char text[sizeof e->message];
  va_start(ap, format);
  print(text, sizeof text, format, ap);
  va_end(ap);
  size_t n = strlen(text);
  if (n + 2 < sizeof text) snprintf(text + n, sizeof text - n, ": %.*s", (int)(sizeof text - n - 3), e->message);
  memcpy(e->message, text, sizeof text);
  return e->status;
}

static pintle_status of_errno(int number) {
  switch (number) {
  case ENOENT:
  case ENOTDIR: return PINTLE_NOT_FOUND;
  case EEXIST:
  case ENOTEMPTY: return PINTLE_EXISTS;
  case ENOMEM: return PINTLE_NOMEM;
  case EACCES:
  case EPERM:
  case EROFS: return PINTLE_DENIED;
  case ETIMEDOUT: return PINTLE_TIMED_OUT;
  case EINVAL:
  case ENAMETOOLONG:
  case ELOOP: return PINTLE_INVALID;
  default: return PINTLE_FAILED;
  }
}

pintle_status error_errno(error *e, int number, const char *format, ...) {
  va_list ap;
  char why[128];
  if (!e) return of_errno(number);
  char text[sizeof e->message];
  va_start(ap, format);
  print(text, sizeof text, format, ap);
  va_end(ap);
  /* GNU strerror_r: thread-safe, may return a constant */
  return error_set(e, of_errno(number), "%s: %s", text, strerror_r(number, why, sizeof why));
}

void error_hint(error *e, const char *format, ...) {
  va_list ap;
  if (!e) return;
  va_start(ap, format);
  print(e->hint, sizeof e->hint, format, ap);
  va_end(ap);
}

void error_place(error *e, const char *format, ...) {
  va_list ap;
  if (!e) return;
  va_start(ap, format);
  print(e->place, sizeof e->place, format, ap);
  va_end(ap);
}

pintle_status error_nomem(error *e) { return error_set(e, PINTLE_NOMEM, "out of memory"); }

const char *error_status_name(pintle_status st) {
  static const char *const names[] = {"OK",        "FAILED",    "INVALID",     "NOT_FOUND", "CONFLICT",  "DENIED",
                                      "TRANSIENT", "CANCELLED", "UNSUPPORTED", "NOMEM",     "TIMED_OUT", "EXISTS"};
  return st <= 0 && st >= PINTLE_EXISTS ? names[-st] : "FAILED";
}
