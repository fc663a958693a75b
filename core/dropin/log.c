/* log.c -- see log.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/log.h"
#include "base/clock.h"
#include "base/file.h"
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void dropin_log_init(dropin_log *l, int fd) {
  *l = (dropin_log){.fd = fd};
  pthread_mutex_init(&l->lock, NULL);
}

/* As hclog writes it: "2006-01-02T15:04:05.000000Z07:00". */
static void add_time(buf *b) {
  int64_t now = clock_now();
  time_t seconds = (time_t)(now / CLOCK_SECOND);
  struct tm t;
  gmtime_r(&seconds, &t);
  buf_printf(b, "\"@timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\"", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min,
             t.tm_sec, (int)(now % CLOCK_SECOND / 1000));
}

/* At most n bytes of s, whole characters. */
static str cut(str s, size_t n) {
  if (s.len <= n) return s;
  while (n && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) n--;
  return (str){s.ptr, n};
}

static void add(buf *b, const char *key, str value) {
  if (value.len == 0) return;
  buf_addz(b, ",\"");
  buf_addz(b, key);
  buf_addz(b, "\":");
  buf_json_go(b, cut(value, DROPIN_VALUE));
  if (value.len > DROPIN_VALUE) b->len--, buf_addz(b, "...\"");
}

static bool taken(const char *key) {
  static const char *const names[] = {"time",   "timestamp", "level",    "error",     "msg",  "pluginName", "logSource",
                                      "action", "plugin",    "resource", "namespace", "name", "event"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(key, names[i]) == 0) return true;
  return key[0] == '@' || key[0] == 0;
}

static void add_fields(buf *b, const pintle_kv *fields, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const char *key = fields[i].key ? fields[i].key : "", *value = fields[i].value ? fields[i].value : "";
    size_t before = b->len;
    buf_addz(b, taken(key) ? ",\"plugin." : ",\"");
    size_t from = b->len;
    buf_json_go(b, cut(str_of(key), 256));
    if (!b->failed) memmove(b->data + from, b->data + from + 1, b->len - from), b->len--; /* its own quote stands in front already */
    buf_addc(b, ':');
    buf_json_go(b, cut(str_of(value), DROPIN_VALUE));
    if (b->len < DROPIN_LINE - 16) continue;
    b->len = before; /* no room for this one and those behind it */
    return;
  }
}

static void put(dropin_log *l, buf *b) {
  buf_addz(b, "}\n");
  if (b->failed) return;
  pthread_mutex_lock(&l->lock);
  file_write(l->fd, b->data, b->len, "the log", NULL);
  pthread_mutex_unlock(&l->lock);
}

static void begin(buf *b, int32_t level, const dropin_subject *s, str message) {
  static const char *const levels[] = {"trace", "debug", "info", "warn", "error"};
  buf_printf(b, "{\"@level\":\"%s\",\"@message\":", levels[level < 0 || level > 4 ? 2 : level]);
  buf_json_go(b, cut(message, DROPIN_VALUE));
  buf_addz(b, ",\"@module\":\"pintle\",");
  add_time(b);
  if (!s) return;
  add(b, "action", s->action);
  add(b, "plugin", s->plugin);
  add(b, "resource", s->resource);
  add(b, "namespace", s->ns);
  add(b, "name", s->name);
}

void dropin_say(dropin_log *l, int32_t level, const dropin_subject *subject, str message, const pintle_kv *fields, size_t n) {
  if (l->tell) {
    l->tell(l->ctx, level, message);
    return;
  }
  CLEANUP(buf_free) buf b = {0};
  begin(&b, level, subject, message);
  add_fields(&b, fields, n);
  put(l, &b);
}

void dropin_sayf(dropin_log *l, int32_t level, const dropin_subject *subject, const char *format, ...) {
  char text[2000];
  va_list ap;
  va_start(ap, format);
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  va_end(ap);
  dropin_say(l, level, subject, str_of(text), NULL, 0);
}

void dropin_event(dropin_log *l, const dropin_subject *subject, const char *event, str message, const dropin_field *fields, size_t n) {
  if (l->tell) {
    l->tell(l->ctx, PINTLE_LOG_INFO, message);
    return;
  }
  CLEANUP(buf_free) buf b = {0};
  begin(&b, PINTLE_LOG_INFO, subject, message);
  add(&b, "event", str_of(event));
  for (size_t i = 0; i < n; i++) add(&b, fields[i].key, fields[i].value);
  put(l, &b);
}
