/* convert.c -- see convert.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/convert.h"
#include "base/clock.h"
#include "base/nearest.h"
#include "conf/yaml.h"
#include <inttypes.h>
#include <stdio.h>

#define SAY(to, ...) ((void)snprintf((to), sizeof(to), __VA_ARGS__))

bool conf_is_utf8(str s) {
  for (size_t i = 0; i < s.len;) {
    const unsigned char *p = (const unsigned char *)s.ptr + i;
    size_t n = p[0] < 0x80 ? 1 : p[0] >= 0xc2 && p[0] < 0xe0 ? 2 : (p[0] & 0xf0) == 0xe0 ? 3 : p[0] >= 0xf0 && p[0] < 0xf5 ? 4 : 0;
    if (n == 0 || n > s.len - i) return false;
    for (size_t k = 1; k < n; k++)
      if ((p[k] & 0xc0) != 0x80) return false;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
      return false;
    i += n;
  }
  return true;
}

/* ---- scalars */

static bool parse_bool(str s, bool *out) {
  static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True"}, *const no[] = {"0", "f", "F", "FALSE", "false", "False"};
  for (int i = 0; i < 6; i++) {
    if (str_is(s, yes[i])) return *out = true, true;
    if (str_is(s, no[i])) return *out = false, true;
  }
  return false;
}

static bool parse_int(str s, int64_t *out) {
  size_t i = 0;
  bool minus = s.len && s.ptr[0] == '-';
  int64_t v = 0;
  if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) i = 1;
  if (i == s.len) return false;
  for (; i < s.len; i++) {
    int digit = s.ptr[i] - '0';
    if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v)) return false;
  }
  if (!minus && v == INT64_MIN) return false; /* v is negative: -2^63 has no counterpart */
  return *out = minus ? v : -v, true;
}

static pintle_status convert_bool(str text, buf *json, convert_fault *f) {
  bool b;
  if (parse_bool(text, &b)) return buf_addz(json, b ? "true" : "false"), PINTLE_OK;
  SAY(f->what, "is neither true nor false");
  SAY(f->hint, "write true or false");
  return PINTLE_INVALID;
}

static pintle_status convert_int(str text, buf *json, convert_fault *f) {
  int64_t i;
  if (parse_int(text, &i)) return buf_printf(json, "%" PRId64, i), PINTLE_OK;
  SAY(f->what, "is not a whole number of 64 bits");
  SAY(f->hint, "write digits only");
  return PINTLE_INVALID;
}

static bool all_digits(str s) {
  for (size_t i = 0; i < s.len; i++)
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
  return s.len > 0 && s.len < 16;
}

static pintle_status convert_duration(str text, bool secret, buf *json, convert_fault *f) {
  int64_t d;
  if (clock_duration(text, &d) == PINTLE_OK) return buf_printf(json, "%" PRId64, d), PINTLE_OK;
  if (all_digits(text) && !secret) {
    SAY(f->what, "is a duration without a unit");
    SAY(f->hint, "did you mean \"%.*ss\"?", (int)text.len, text.ptr);
  } else {
    SAY(f->what, "is not a duration");
    SAY(f->hint, "write a number with its unit, such as 500ms, 30s, 10m or 4h");
  }
  return PINTLE_INVALID;
}

/* ---- sizes: Kubernetes' quantities that are a whole number of bytes */

__extension__ typedef unsigned __int128 wide; /* 63 bits of digits, 60 of a power of two */
typedef struct size_suffix {
  const char *name;
  int ten, two; /* powers */
} size_suffix;
static const size_suffix suffixes[] = {{"", 0, 0},    {"k", 3, 0},   {"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},
                                       {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50},
                                       {"Ei", 0, 60}, {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0}};

static bool exponent(str s, int *ten) {
  size_t i = 1;
  int v = 0;
  if (s.len < 2 || (s.ptr[0] != 'e' && s.ptr[0] != 'E')) return false;
  bool minus = s.ptr[1] == '-';
  if (minus || s.ptr[1] == '+') i = 2;
  if (i == s.len) return false;
  for (; i < s.len; i++) {
    if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    if (v < 10000) v = v * 10 + (s.ptr[i] - '0');
  }
  return *ten = minus ? -v : v, true;
}

static const size_suffix *find_suffix(str s) {
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (str_is(s, suffixes[i].name)) return &suffixes[i];
  return NULL;
}

/* "MB", "mb", "MiB", "KB", "K": what people write and Kubernetes does not know. */
static void suffix_hint(str number, str suffix, char *hint) {
  char unit[4] = "";
  size_t n = suffix.len;
  if (n > 1 && (suffix.ptr[n - 1] == 'B' || suffix.ptr[n - 1] == 'b')) n--;
  if (n == 0 || n > 2 || (n == 2 && (suffix.ptr[1] | 0x20) != 'i')) return;
  unit[0] = (char)(suffix.ptr[0] & ~0x20);
  if (n == 2) unit[1] = 'i';
  else if (unit[0] == 'K') unit[0] = 'k';
  if (find_suffix(str_of(unit)) && number.len < 40) snprintf(hint, 200, "did you mean \"%.*s%s\"?", (int)number.len, number.ptr, unit);
}

const char *conf_size(str text, int64_t *bytes, char *hint) {
  int64_t v = 0;
  size_t i = 0, digits = 0;
  int ten = 0, two = 0, places = 0;
  bool point = false;
  snprintf(hint, 200, "write bytes, or a number with k, M, G, T or Ki, Mi, Gi, Ti, such as 64Mi");
  if (text.len && text.ptr[0] == '-') return "is negative";
  if (text.len && text.ptr[0] == '+') i = 1;
  for (; i < text.len && (text.ptr[i] == '.' || (text.ptr[i] >= '0' && text.ptr[i] <= '9')); i++) {
    if (text.ptr[i] == '.') {
      if (point) return "is not a size";
      point = true;
      continue;
    }
    digits++;
    if (point) places++;
    if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, text.ptr[i] - '0', &v)) return "is too large or too long";
  }
  if (digits == 0) return "is not a size";
  str suffix = {text.ptr + i, text.len - i};
  const size_suffix *s = find_suffix(suffix);
  if (s) ten = s->ten, two = s->two;
  else if (!exponent(suffix, &ten)) return suffix_hint((str){text.ptr, i}, suffix, hint), "has an unknown unit";
  wide w = (wide)v << two;
  for (ten -= places; ten > 0 && w; ten--)
    if (__builtin_mul_overflow(w, 10, &w)) return "is too large";
  for (; ten < 0 && w; ten++, w /= 10)
    if (w % 10) {
      if (str_is(suffix, "m")) snprintf(hint, 200, "m is a thousandth; did you mean M or Mi?");
      return "is not a whole number of bytes";
    }
  if (w > INT64_MAX) return "is too large";
  *bytes = (int64_t)w;
  return NULL;
}

static pintle_status convert_size(str text, bool secret, buf *json, convert_fault *f) {
  int64_t bytes;
  const char *why = conf_size(text, &bytes, f->hint);
  if (!why) return f->hint[0] = 0, buf_printf(json, "%" PRId64, bytes), PINTLE_OK;
  SAY(f->what, "%s", why);
  if (secret) SAY(f->hint, "write bytes, or a number with a unit such as Mi");
  return PINTLE_INVALID;
}

/* ---- nested values */

#define TEXT_NAME "text"

static void close_yaml(conf_yaml **y) {
  if (*y) conf_yaml_close(*y);
}

static pintle_status yaml_fault(const error *e, bool secret, convert_fault *f) {
  unsigned line = 0, column = 0;
  char where[64] = "";
  if (e->status == PINTLE_NOMEM) return PINTLE_NOMEM;
  if (sscanf(e->place, TEXT_NAME ":%u:%u", &line, &column) == 2) SAY(where, " in line %u, column %u of it", line, column);
  if (secret) SAY(f->what, "is not valid YAML%s", where);
  else SAY(f->what, "is not valid YAML%s: %.110s", where, e->message);
  SAY(f->hint, "%.199s", secret ? "" : e->hint);
  return PINTLE_INVALID;
}

pintle_status conf_text_json(str text, buf *json, convert_fault *f, bool secret) {
  CLEANUP(close_yaml) conf_yaml *y = NULL;
  CLEANUP(buf_free) buf second = {0};
  conf_places places = {0};
  uint32_t line;
  size_t before = json->len;
  error e;
  error_clear(&e);
  pintle_status st = conf_yaml_open(-1, text, TEXT_NAME, NULL, &y, &e);
  if (st == PINTLE_OK) st = conf_yaml_next(y, json, &places, &line, &e);
  conf_places_free(&places);
  if (st == PINTLE_NOT_FOUND) return buf_addz(json, "null"), PINTLE_OK;
  if (st == PINTLE_OK) {
    st = conf_yaml_next(y, &second, &places, &line, &e);
    conf_places_free(&places);
    if (st == PINTLE_NOT_FOUND) return PINTLE_OK;
  }
  if (json->len > before) json->len = before;
  if (st != PINTLE_OK) return yaml_fault(&e, secret, f);
  SAY(f->what, "holds more than one YAML document");
  return PINTLE_INVALID;
}

/* ---- choices */

static bool is_choice(const char *choices, str text) {
  for (const char *p = choices;; p++) {
    size_t n = strcspn(p, "|");
    if (str_eq((str){p, n}, text)) return true;
    p += n;
    if (!*p) return false;
  }
}

static pintle_status wrong_choice(const char *choices, str text, bool secret, convert_fault *f) {
  char copy[512];
  const char *words[32], *near;
  size_t n = 0, at = 0;
  SAY(copy, "%s", choices);
  for (char *p = copy; n < 32; p++) {
    words[n++] = p;
    p += strcspn(p, "|");
    if (!*p) break;
    *p = 0;
  }
  SAY(f->what, "is not one of its choices");
  near = secret ? NULL : nearest(text, words, n);
  if (near) SAY(f->hint, "did you mean \"%.150s\"?", near);
  for (size_t i = 0; !near && i < n && at < sizeof f->hint; i++)
    at += (size_t)snprintf(f->hint + at, sizeof f->hint - at, "%s%.100s", i ? ", " : "possible: ", words[i]);
  return PINTLE_INVALID;
}

pintle_status conf_convert(int32_t type, const char *choices, bool secret, str text, buf *json, convert_fault *f) {
  pintle_status st = PINTLE_OK;
  f->what[0] = f->hint[0] = 0;
  if (!conf_is_utf8(text)) return SAY(f->what, "is not UTF-8 text"), PINTLE_INVALID;
  if (choices && type != PINTLE_OPT_JSON && !is_choice(choices, text)) return wrong_choice(choices, text, secret, f);
  switch (type) {
  case PINTLE_OPT_BOOL: st = convert_bool(text, json, f); break;
  case PINTLE_OPT_INT: st = convert_int(text, json, f); break;
  case PINTLE_OPT_DURATION: st = convert_duration(text, secret, json, f); break;
  case PINTLE_OPT_SIZE: st = convert_size(text, secret, json, f); break;
  case PINTLE_OPT_JSON: st = conf_text_json(text, json, f, secret); break;
  default: buf_json(json, text); break;
  }
  return st == PINTLE_OK && json->failed ? PINTLE_NOMEM : st;
}
