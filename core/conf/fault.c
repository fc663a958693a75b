/* fault.c -- see fault.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/fault.h"
#include "base/nearest.h"
#include <stdio.h>

static pintle_status fault(const conf_document *d, const item_node *node, bool key, error *e, const char *format, va_list ap) {
  char text[sizeof e->message], place[CONF_PLACE_SIZE];
  if (!e) return PINTLE_INVALID;
  if (vsnprintf(text, sizeof text, format, ap) < 0) text[0] = 0;
  error_set(e, PINTLE_INVALID, "%s", text);
  error_place(e, "%s", key ? conf_place_key(d, node, place, sizeof place) : conf_place(d, node, place, sizeof place));
  return PINTLE_INVALID;
}

pintle_status conf_fault(const conf_document *d, const item_node *node, error *e, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  pintle_status st = fault(d, node, false, e, format, ap);
  va_end(ap);
  return st;
}

pintle_status conf_fault_key(const conf_document *d, const item_node *node, error *e, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  pintle_status st = fault(d, node, true, e, format, ap);
  va_end(ap);
  return st;
}

void conf_hint_known(error *e, str word, const char *const *known, size_t n, const char *what) {
  CLEANUP(buf_free) buf list = {0};
  const char *near = nearest(word, known, n);
  if (near) {
    error_hint(e, "did you mean \"%s\"?", near);
    return;
  }
  if (n == 0 || n > 16) return;
  for (size_t i = 0; i < n; i++)
    if (known[i][0]) buf_printf(&list, "%s%s", list.len ? ", " : "", known[i]);
  if (!list.failed && list.len) error_hint(e, "%s: %s", what, buf_z(&list));
}

static void add_segment(buf *out, str segment) {
  bool number = segment.len > 0, plain = segment.len > 0;
  for (size_t i = 0; i < segment.len; i++) {
    char c = segment.ptr[i];
    bool digit = c >= '0' && c <= '9', letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    if (!digit) number = false;
    if (!digit && !letter) plain = false;
  }
  if (number) buf_printf(out, "[%.*s]", (int)segment.len, segment.ptr);
  else if (plain) buf_printf(out, "%s%.*s", out->len ? "." : "", (int)segment.len, segment.ptr);
  else {
    buf_addc(out, '[');
    buf_json(out, segment);
    buf_addc(out, ']');
  }
}

char *conf_path(const item_node *node, char *to) {
  CLEANUP(buf_free) buf pointer = {0};
  CLEANUP(buf_free) buf segment = {0};
  CLEANUP(buf_free) buf out = {0};
  if (node) item_pointer(node, &pointer);
  str left = buf_str(&pointer);
  while (item_pointer_next(&left, &segment)) add_segment(&out, buf_str(&segment));
  if (out.failed || segment.failed || pointer.failed || out.len == 0) return memcpy(to, "the document", sizeof "the document");
  if (out.len < CONF_PATH_SIZE) return memcpy(to, buf_z(&out), out.len + 1);
  snprintf(to, CONF_PATH_SIZE, "...%s", out.data + out.len - (CONF_PATH_SIZE - 4));
  return to;
}

/* How much of s fits into n bytes without cutting a UTF-8 character. */
static size_t fitting(str s, size_t n) {
  if (s.len <= n) return s.len;
  while (n > 0 && ((unsigned char)s.ptr[n] & 0xc0) == 0x80) n--;
  return n;
}

char *conf_quote(str s, char *to) {
  CLEANUP(buf_free) buf out = {0};
  size_t n = fitting(s, 60);
  for (;;) {
    buf_clear(&out);
    buf_json(&out, (str){s.ptr, n});
    if (n < s.len) buf_addz(&out, "...");
    if (out.failed) return memcpy(to, "\"?\"", 4);
    if (out.len < CONF_QUOTE_SIZE || n == 0) break;
    n = fitting(s, n / 2);
  }
  snprintf(to, CONF_QUOTE_SIZE, "%s", buf_z(&out));
  return to;
}

const char *conf_type_name(int32_t item_type) {
  static const char *const names[] = {"nothing", "true or false", "a number", "text", "a list", "a mapping"};
  return item_type >= 0 && item_type <= PINTLE_T_OBJECT ? names[item_type] : "something else";
}
