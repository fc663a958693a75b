/* pintle/helpers.h -- one-liners for plugins.  SPDX-License-Identifier: Apache-2.0
 *
 * Inline code that becomes part of the plugin; no ABI. Left out with PINTLE_NO_HELPERS (for other languages' bindings). */
#ifndef PINTLE_HELPERS_H
#define PINTLE_HELPERS_H
#include <pintle/host.h>
#ifndef PINTLE_NO_HELPERS
#include <stdarg.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Record the call's error and return its status:
 *   return pintle_fail(call, PINTLE_INVALID, "no such export: %s", x);
 *   return pintle_fail_at(call, PINTLE_INVALID, "/rules/3/to", "not a host name");   a place in the configuration or the item
 *   return pintle_wrap(call, st, "creating %s", name);                               "creating x: what happened before" */
#define pintle_fail(call, st, ...) pintle_fail_(call, st, 0, NULL, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)
#define pintle_fail_at(call, st, at, ...) pintle_fail_(call, st, 0, at, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)
#define pintle_wrap(call, st, ...) pintle_fail_(call, st, PINTLE_WRAP, NULL, __FILE__, (uint32_t)__LINE__, __func__, __VA_ARGS__)

PINTLE_PRINTF(8, 9)
static inline pintle_status pintle_fail_(pintle_call *c, pintle_status st, uint32_t flags, const char *at, const char *file, uint32_t line,
                                         const char *function, const char *format, ...) {
  char text[1024];
  pintle_error e = {(uint32_t)sizeof(pintle_error), st, flags, line, 0, text, NULL, NULL, at, file, function};
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  return (c->host->fail)(c, &e); /* in parentheses: check.h has a macro named fail */
}

/* One line of the log. level: PINTLE_LOG_*. */
PINTLE_PRINTF(3, 4) static inline void pintle_log(pintle_call *c, int32_t level, const char *format, ...) {
  char text[1024];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  c->host->log_line(c, level, text, PINTLE_Z, NULL, 0);
}

/* base + "/" + key with ~ and / escaped, in buf: for annotations, labels, ConfigMap keys. "!", which every function refuses, if it is
 * too long for buf. Returns buf. */
static inline const char *pintle_key(char *buf, size_t size, const char *base, const char *key) {
  size_t n = 0;
  for (; *base && n + 4 < size; base++) buf[n++] = *base;
  if (n < size) buf[n++] = '/';
  for (; *key && n + 4 < size; key++) {
    buf[n++] = (char)(*key == '/' ? '~' : *key);
    if (*key == '~' || *key == '/') buf[n++] = (char)(*key == '~' ? '0' : '1');
  }
  if (*base || *key || n >= size) return "!";
  buf[n] = 0;
  return buf;
}

static inline pintle_status pintle_get_str(const pintle_doc *d, const char *pointer, pintle_str *s) {
  return d->api->get_str(d, pointer, s);
}
static inline pintle_status pintle_set_str(pintle_doc *d, const char *pointer, const char *s) {
  return d->api->set_str(d, pointer, s, PINTLE_Z);
}

/* The string at pointer, or fallback (also when it is no string, or d is NULL). Lives as any string of the document. */
static inline const char *pintle_str_or(const pintle_doc *d, const char *pointer, const char *fallback) {
  pintle_str s;
  return d && d->api->get_str(d, pointer, &s) == PINTLE_OK ? s.ptr : fallback;
}

#ifdef __cplusplus
}
#endif
#endif
#endif
