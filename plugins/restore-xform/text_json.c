/* text_json.c -- JSON, edited in place.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <string.h>

enum { DEEP = 200 };
struct json {
  struct text_edit *e;
  const char *p;
  size_t n, i;
  int depth;
};

static bool wrong(struct json *s) {
  text_break(s->e, s->i, "it is not JSON");
  return false;
}

static void blanks(struct json *s) {
  while (s->i < s->n && s->p[s->i] && strchr(" \t\r\n", s->p[s->i])) s->i++;
}

static bool take(struct json *s, char c) {
  blanks(s);
  if (s->i == s->n || s->p[s->i] != c) return false;
  s->i++;
  return true;
}

/* A string, i behind its first quote; *odd: half a pair of surrogates. i stands at the last quote. */
static bool string(struct json *s, struct xform_text *is, bool *odd) {
  static const char known[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
  xform_text_add(is, "", 0);
  while (s->i < s->n && s->p[s->i] != '"') {
    uint32_t u;
    if ((unsigned char)s->p[s->i] < 0x20) return wrong(s);
    if (s->p[s->i] != '\\') {
      size_t k = s->i;
      while (k < s->n && s->p[k] != '"' && s->p[k] != '\\' && (unsigned char)s->p[k] >= 0x20) k++;
      xform_text_add(is, s->p + s->i, k - s->i);
      s->i = k;
      continue;
    }
    if (++s->i == s->n || !s->p[s->i]) return wrong(s);
    const char *at = strchr(known, s->p[s->i]);
    size_t k = at ? 1 : text_unicode(s->p + s->i, s->n - s->i, &u);
    if (at) xform_text_add(is, means + (at - known), 1);
    else if (k) text_utf8(is, u);
    else if (s->p[s->i] == 'u' && text_hex4(s->p + s->i, s->n - s->i, &u)) *odd = true, k = 5;
    else return wrong(s);
    s->i += k;
  }
  return s->i < s->n || wrong(s);
}

static void write(struct xform_text *raw, const struct xform_text *to) {
  for (size_t i = 0; i < to->len; i++) {
    unsigned char c = (unsigned char)to->data[i];
    char u[8];
    if (c == '"' || c == '\\') xform_text_add(raw, "\\", 1);
    if (c >= 0x20) xform_text_add(raw, to->data + i, 1);
    else if (c == '\n' || c == '\r' || c == '\t') xform_text_add(raw, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t", 2);
    else if (snprintf(u, sizeof u, "\\u%04x", c) == 6) xform_text_add(raw, u, 6);
  }
}

static bool text(struct json *s) {
  struct xform_text is = {0}, to = {0}, raw = {0};
  bool odd = false;
  size_t begin = ++s->i, end;
  bool good = string(s, &is, &odd);
  end = s->i++;
  if (is.failed) s->e->failed = true;
  else if (good && odd) text_pass(s->e, begin, end, "it holds half a character");
  else if (good && text_meet(s->e, 's', (pintle_str){is.data, is.len}, &to)) write(&raw, &to), text_put(s->e, begin, end, &raw);
  xform_text_free(&is);
  xform_text_free(&to);
  xform_text_free(&raw);
  return good;
}

/* The kind of a number or word of n bytes; 0: neither. */
static char bare_kind(const char *p, size_t n) {
  size_t i = n && *p == '-', digits = i;
  if ((n == 4 && memcmp(p, "true", 4) == 0) || (n == 5 && memcmp(p, "false", 5) == 0)) return 'b';
  if (n == 4 && memcmp(p, "null", 4) == 0) return 'n';
  while (i < n && p[i] >= '0' && p[i] <= '9') i++;
  if (i == digits || (p[digits] == '0' && i - digits > 1)) return 0;
  for (int part = 0; part < 2 && i < n; part++) {
    bool exponent = p[i] == 'e' || p[i] == 'E';
    if (!exponent && !(part == 0 && p[i] == '.')) return 0;
    if (++i < n && exponent && (p[i] == '+' || p[i] == '-')) i++;
    for (digits = i; i < n && p[i] >= '0' && p[i] <= '9';) i++;
    if (i == digits) return 0;
    if (exponent) break;
  }
  return i == n ? 'i' : 0;
}

static bool bare(struct json *s) {
  struct xform_text to = {0};
  size_t begin = s->i;
  while (s->i < s->n && (unsigned char)s->p[s->i] > 0x20 && !strchr(",]}:\"[{", s->p[s->i])) s->i++;
  char kind = bare_kind(s->p + begin, s->i - begin);
  if (!kind) return wrong(s);
  if (text_meet(s->e, kind, (pintle_str){s->p + begin, s->i - begin}, &to)) {
    if (bare_kind(to.data, to.len) == kind) text_put(s->e, begin, s->i, &to);
    else text_break(s->e, begin, "a number, boolean or null would become something else");
  }
  xform_text_free(&to);
  return true;
}

static bool value(struct json *s);

static bool member(struct json *s, size_t index, bool object) {
  struct xform_text key = {0};
  bool odd = false, good = true;
  char number[24];
  size_t was;
  if (object) {
    good = (take(s, '"') || wrong(s)) && string(s, &key, &odd);
    s->i++;
    good = good && (take(s, ':') || wrong(s));
    was = text_push(s->e, key.data ? key.data : "", key.len);
  } else was = text_push(s->e, number, (size_t)snprintf(number, sizeof number, "%zu", index));
  good = good && value(s);
  text_pop(s->e, was);
  xform_text_free(&key);
  return good;
}

static bool members(struct json *s, bool object) {
  const char close = object ? '}' : ']';
  s->i++;
  text_inner(s->e);
  xform_text_add(&s->e->log, object ? "{" : "[", 1);
  if (++s->depth > DEEP) return wrong(s);
  if (!take(s, close)) {
    size_t index = 0;
    do
      if (!member(s, index++, object)) return false;
    while (take(s, ','));
    if (!take(s, close)) return wrong(s);
  }
  xform_text_add(&s->e->log, &close, 1);
  s->depth--;
  return true;
}

static bool value(struct json *s) {
  blanks(s);
  if (s->i == s->n || s->e->failed || s->e->broken) return wrong(s);
  char c = s->p[s->i];
  return c == '{' || c == '[' ? members(s, c == '{') : c == '"' ? text(s) : bare(s);
}

void text_scan_json(struct text_edit *e) {
  struct json s = {e, e->text.ptr, e->text.len, 0, 0};
  if (!value(&s)) return;
  blanks(&s);
  if (s.i < s.n) wrong(&s);
}
