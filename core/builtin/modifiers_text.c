/* modifiers_text.c -- resource modifiers: values, and globs.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcemodifiers/json_patch.go (addQuotes), github.com/gobwas/glob. */
#include "builtin/modifiers.h"
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

/* ---- values */
static bool is(str s, const char *word) { return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0; }

static size_t digits(str s, size_t i) {
  size_t n = 0;
  while (i + n < s.len && s.ptr[i + n] >= '0' && s.ptr[i + n] <= '9') n++;
  return n;
}

/* Decimal, as strconv.ParseFloat reads it: more than JSON knows, such as +5, .5, 007. */
static bool is_decimal(str s) {
  size_t i = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-'), n = digits(s, i);
  i += n;
  if (i < s.len && s.ptr[i] == '.') {
    size_t fraction = digits(s, ++i);
    i += fraction, n += fraction;
  }
  if (n == 0) return false;
  if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
    i++;
    if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
    size_t exponent = digits(s, i);
    if (exponent == 0) return false;
    i += exponent;
  }
  return i == s.len;
}

static bool is_hexadecimal(str s) {
  size_t i = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
  if (s.len < i + 2 || s.ptr[i] != '0' || (s.ptr[i + 1] | 0x20) != 'x') return false;
  size_t n = strspn(s.ptr + i + 2, "0123456789abcdefABCDEF._");
  return n > 0 && (s.ptr[i + 2 + n] | 0x20) == 'p';
}

/* Does Go take it for a number? One that is too large for a double is text. */
static bool is_number(str s) {
  str unsigned_part = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-') ? (str){s.ptr + 1, s.len - 1} : s;
  if (is(unsigned_part, "inf") || is(unsigned_part, "infinity") || is(s, "nan") || is_hexadecimal(s)) return true;
  if (!is_decimal(s)) return false;
  errno = 0;
  double v = strtod(s.ptr, NULL);
  return !(errno == ERANGE && (v > 1 || v < -1));
}

static pintle_status parsed(str json, const char *what, const char *hint, buf *out, error *e) {
  pintle_status st = item_minify(json, ITEM_UNIQUE_KEYS, NULL, out, e);
  if (st != PINTLE_INVALID) return st;
  error_set(e, PINTLE_INVALID, "%s", what);
  error_hint(e, "%s", hint);
  return st;
}

pintle_status builtin_modifier_value(str s, buf *json, error *e) {
  CLEANUP(buf_free) buf quoted = {0};
  CLEANUP(buf_free) buf z = {0};
  buf_adds(&z, s);
  if (z.failed) return error_nomem(e);
  s.ptr = buf_z(&z);
  bool forced = s.len && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';
  if (!forced && s.len) {
    if (str_is(s, "null")) return parsed(s, "", "", json, e);
    if (is(s, "true") || is(s, "false"))
      return parsed(s, "true and false are written in small letters", "for the text write \"\\\"True\\\"\"", json, e);
    if (s.ptr[0] == '{' || s.ptr[0] == '[')
      return parsed(s, "it begins as JSON, but is none", "a text that begins so is written '\"{...\"'", json, e);
    if (is_number(s))
      return parsed(s, "this is no number in JSON, but Velero takes it for one", "for the text write it as '\"...\"'", json, e);
  }
  str content = forced ? (str){s.ptr + 1, s.len > 1 ? s.len - 2 : 0} : s;
  buf_addc(&quoted, '"');
  buf_adds(&quoted, content);
  buf_addc(&quoted, '"');
  if (quoted.failed) return error_nomem(e);
  return parsed(buf_str(&quoted), "this is no text of JSON", "write \\\" for a quotation mark, \\\\ for a \\ and \\n for a new line", json,
                e);
}

/* ---- globs */
static pintle_status bad_glob(error *e, str p, const char *what) {
  return error_set(e, PINTLE_INVALID, "\"%.*s\" is no pattern: %s", (int)(p.len < 200 ? p.len : 200), p.ptr, what);
}

/* p[i] is '['. The index of its ']', or 0: "[a-z]" and "[abc]", each with a "!" in front, and nothing mixed. */
static size_t set_end(str p, size_t i) {
  size_t k = i + 1 + (i + 1 < p.len && p.ptr[i + 1] == '!');
  if (k + 1 < p.len && p.ptr[k + 1] == '-') return k + 3 < p.len && p.ptr[k + 3] == ']' && p.ptr[k + 2] >= p.ptr[k] ? k + 3 : 0;
  for (size_t n = 0; k < p.len; k++, n++) {
    if (p.ptr[k] == ']') return n ? k : 0;
    if (p.ptr[k] == '\\') k++;
  }
  return 0;
}

pintle_status builtin_glob_check(str p, error *e) {
  size_t depth = 0;
  if (p.len > 1000) return bad_glob(e, p, "it is too long");
  for (size_t i = 0; i < p.len; i++) {
    if (p.ptr[i] == '{') depth++;
    else if (p.ptr[i] == '}' && depth) depth--;
    else if (p.ptr[i] == '\\') {
      if (++i == p.len) return bad_glob(e, p, "nothing follows the \\");
    } else if (p.ptr[i] == '[' && !(i = set_end(p, i)))
      return bad_glob(e, p, "a set is [abc] or [a-z], or [!abc] or [!a-z], and ends with ]");
  }
  return depth ? bad_glob(e, p, "a { without its }") : PINTLE_OK;
}

/* What follows an alternative that was taken. */
typedef struct rest {
  const char *p, *end;
  const struct rest *next;
} rest;

static bool in_set(const char *p, const char *end, char c) {
  bool negated = *p == '!', found = false;
  p += negated;
  if (p + 3 == end && p[1] == '-') return (c >= p[0] && c <= p[2]) != negated;
  for (; p < end; p++) {
    if (*p == '\\' && p + 1 < end) p++;
    found = found || *p == c;
  }
  return found != negated;
}

static bool here(const char *p, const char *end, const rest *next, str t, char separator);

/* The end of the alternative that begins at p: its ',' or '}'. */
static const char *alternative(const char *p, const char *end) {
  for (size_t depth = 0; p < end; p++) {
    if (*p == '\\') p++;
    else if (*p == '[') {
      size_t n = set_end((str){p, (size_t)(end - p)}, 0);
      p += n;
    } else if (*p == '{') depth++;
    else if (depth && *p == '}') depth--;
    else if (*p == '}' || *p == ',') {
      if (!depth) return p;
    }
  }
  return end;
}

static bool any_of(const char *p, const char *end, const rest *next, str t, char separator) {
  const char *close = alternative(p, end), *a;
  while (close < end && *close == ',') close = alternative(close + 1, end);
  const rest after = {close < end ? close + 1 : end, end, next};
  for (;; p = a + 1) {
    a = alternative(p, end);
    if (here(p, a, &after, t, separator)) return true;
    if (a >= end || *a == '}') return false;
  }
}

static bool star(const char *p, const char *end, const rest *next, str t, char separator) {
  bool every = p < end && *p == '*';
  p += every;
  for (size_t i = 0;; i++) {
    if (here(p, end, next, (str){t.ptr + i, t.len - i}, separator)) return true;
    if (i == t.len || (!every && separator && t.ptr[i] == separator)) return false;
  }
}

static bool here(const char *p, const char *end, const rest *next, str t, char separator) {
  for (;; t.ptr++, t.len--) {
    if (p >= end) {
      if (!next) return t.len == 0;
      return here(next->p, next->end, next->next, t, separator);
    }
    if (*p == '*') return star(p + 1, end, next, t, separator);
    if (*p == '{') return any_of(p + 1, end, next, t, separator);
    if (!t.len) return false;
    if (*p == '[') {
      size_t n = set_end((str){p, (size_t)(end - p)}, 0);
      if (!n || !in_set(p + 1, p + n, *t.ptr)) return false;
      p += n + 1;
    } else if (*p == '?') {
      if (separator && *t.ptr == separator) return false;
      p++;
    } else {
      if (*p == '\\' && p + 1 < end) p++;
      if (*p++ != *t.ptr) return false;
    }
  }
}

bool builtin_glob(str p, str t, char separator) { return here(p.ptr, p.ptr + p.len, NULL, t, separator); }
