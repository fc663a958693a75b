/* call_log.c -- log lines of plugins: bounded, escaped, handed on.  SPDX-License-Identifier: Apache-2.0 */
#include "host/call_parts.h"
#include <stdint.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 16 << 10, VALUE_MAX = 4 << 10, KEY_MAX = 256, FIELDS_MAX = 64 };
#define CLAIMED_MAX ((size_t)16 << 20) /* a longer line is no line, but a wrong length */

static _Atomic(const host_services *) stray;

void host_stray_log(const host_services *s) { atomic_store(&stray, s); }

static bool fits(str s, size_t max) { return s.len <= max && host_printable(s); }
static str bounded(const char *z, size_t max) { return (str){z ? z : "", z ? strnlen(z, max + 1) : 0}; }

/* Appends s, escaped and cut to max bytes, and a NUL. */
static str clean(buf *room, str s, size_t max) {
  size_t from = room->len, whole = s.len;
  if (s.len > max)
    for (s.len = max; s.len && max - s.len < 4 && ((unsigned char)s.ptr[s.len] & 0xc0) == 0x80;) s.len--; /* not inside a character */
  host_escape(room, s);
  if (whole > s.len) buf_addz(room, " ...");
  buf_addc(room, 0);
  return room->failed ? STR("(no memory for this text)") : (str){room->data + from, room->len - from - 1};
}

/* The worst growth is 4 bytes for 1; reserved at once, so that no copy moves while later ones are made. */
static size_t worst(str s, size_t max) { return 4 * (s.len < max ? s.len : max) + 8; }

static void put(const host_services *s, int32_t level, str line, const pintle_kv *fields, size_t n) {
  pintle_kv kv[FIELDS_MAX];
  CLEANUP(buf_free) buf room = {0};
  bool plain = fits(line, LINE_MAX_BYTES);
  size_t size = worst(line, LINE_MAX_BYTES);
  n = !fields ? 0 : n > FIELDS_MAX ? FIELDS_MAX : n;
  for (size_t i = 0; i < n; i++) {
    str key = bounded(fields[i].key, KEY_MAX), value = bounded(fields[i].value, VALUE_MAX);
    plain = plain && fits(key, KEY_MAX) && fits(value, VALUE_MAX);
    size += worst(key, KEY_MAX) + worst(value, VALUE_MAX);
    kv[i] = (pintle_kv){key.ptr, value.ptr};
  }
  if (!plain) {
    if (!buf_reserve(&room, size)) return; /* a line is not worth more than the memory there is */
    line = clean(&room, line, LINE_MAX_BYTES);
    for (size_t i = 0; i < n; i++) {
      kv[i].key = clean(&room, bounded(kv[i].key, KEY_MAX), KEY_MAX).ptr;
      kv[i].value = clean(&room, bounded(kv[i].value, VALUE_MAX), VALUE_MAX).ptr;
    }
  }
  s->log(s->ctx, level, line, kv, n);
}

void host_log_line(pintle_call *h, int32_t level, const char *msg, size_t len, const pintle_kv *fields, size_t n_fields) {
  const host_call *c = host_call_of(h);
  const host_services *s = c ? c->services : atomic_load(&stray);
  str line;
  if (!s || !s->log) return;
  if (level < PINTLE_LOG_TRACE || level > PINTLE_LOG_ERROR) level = PINTLE_LOG_INFO;
  if (!host_given(msg, len, CLAIMED_MAX, &line)) line = STR("(a log line without text, or of an impossible length)");
  put(s, level, line, fields, n_fields);
}

const char *host_line_text(str message, const pintle_kv *fields, size_t n, buf *text) {
  const char *plugin = "";
  buf_adds(text, message);
  for (size_t i = 0; i < n; i++)
    if (strcmp(fields[i].key, "plugin") == 0) plugin = fields[i].value;
    else if (strcmp(fields[i].key, "source") != 0) buf_printf(text, " %s=%s", fields[i].key, fields[i].value);
  return plugin;
}
