/* yaml_scalar.c -- see yaml_scalar.h; the rules are those of go-yaml 2 under sigs.k8s.io/yaml.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/yaml_scalar.h"
#include "conf/yaml_utf8.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static bool digit(char c) { return c >= '0' && c <= '9'; }

bool conf_json_number(str s) {
  size_t i = 0, n = s.len;
  if (i < n && s.ptr[i] == '-') i++;
  if (i < n && s.ptr[i] == '0') i++;
  else if (i < n && digit(s.ptr[i]))
    while (i < n && digit(s.ptr[i])) i++;
  else return false;
  if (i < n && s.ptr[i] == '.') {
    if (++i == n || !digit(s.ptr[i])) return false;
    while (i < n && digit(s.ptr[i])) i++;
  }
  if (i < n && (s.ptr[i] | 32) == 'e') {
    if (++i < n && (s.ptr[i] == '+' || s.ptr[i] == '-')) i++;
    if (i == n) return false;
    while (i < n && digit(s.ptr[i])) i++;
  }
  return i == n;
}

/* A decimal float taken apart: whole digits, digits of the fraction, exponent with its sign. */
typedef struct decimal {
  bool negative;
  str whole, fraction, exponent;
} decimal;

static str digits(const char **p, const char *end) {
  const char *from = *p;
  while (*p < end && digit(**p)) ++*p;
  return (str){from, (size_t)(*p - from)};
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool decimal_of(str s, decimal *d) {
  const char *p = s.ptr, *end = p + s.len;
  *d = (decimal){0};
  if (p < end && (*p == '-' || *p == '+')) d->negative = *p++ == '-';
  d->whole = digits(&p, end);
  if (p < end && *p == '.') {
    p++;
    d->fraction = digits(&p, end);
  }
  if (d->whole.len == 0 && d->fraction.len == 0) return false;
  if (p < end && (*p | 32) == 'e') {
    const char *from = ++p;
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (digits(&p, end).len == 0) return false;
    d->exponent = (str){from, (size_t)(p - from)};
  }
  return p == end;
}

/* Its value. Written without a decimal point for strtod, whose point depends on the locale. */
static double decimal_value(const decimal *d) {
  long exponent = 0;
  CLEANUP(buf_free) buf b = {0};
  if (d->exponent.len) {
    char few[12];
    bool minus = d->exponent.ptr[0] == '-', sign = minus || d->exponent.ptr[0] == '+';
    str e = {d->exponent.ptr + sign, d->exponent.len - sign};
    while (e.len && *e.ptr == '0') e.ptr++, e.len--;
    if (e.len > 9) e = STR("999999999");
    memcpy(few, e.ptr, e.len);
    few[e.len] = 0;
    exponent = strtol(few, NULL, 10) * (minus ? -1 : 1);
  }
  buf_adds(&b, d->whole);
  buf_adds(&b, d->fraction);
  buf_printf(&b, "e%ld", exponent - (long)d->fraction.len);
  double v = strtod(buf_z(&b), NULL);
  return d->negative ? -v : v;
}

/* The same value as a JSON number. */
static str decimal_json(const decimal *d, buf *out) {
  str whole = d->whole;
  while (whole.len > 1 && *whole.ptr == '0') whole.ptr++, whole.len--;
  size_t from = out->len;
  if (d->negative) buf_addc(out, '-');
  buf_adds(out, whole.len ? whole : STR("0"));
  if (d->fraction.len) buf_addc(out, '.'), buf_adds(out, d->fraction);
  if (d->exponent.len) buf_addc(out, 'e'), buf_adds(out, d->exponent);
  return (str){out->failed ? "0" : out->data + from, out->failed ? 1 : out->len - from};
}

static bool magnitude(str s, unsigned base, uint64_t *out) {
  uint64_t v = 0;
  if (s.len == 0) return false;
  for (size_t i = 0; i < s.len; i++) {
    char c = s.ptr[i];
    unsigned x = digit(c) ? (unsigned)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? (unsigned)((c | 32) - 'a' + 10) : 99;
    if (x >= base || __builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, x, &v)) return false;
  }
  return *out = v, true;
}

/* Go's strconv.ParseInt(s, 0, 64), then ParseUint; 0b-1 as go-yaml has it. */
static bool integer(str s, buf *scratch, str *out) {
  bool negative = s.len && s.ptr[0] == '-', sign = negative || (s.len && s.ptr[0] == '+');
  s.ptr += sign, s.len -= sign;
  unsigned base = 10;
  if (s.len > 1 && s.ptr[0] == '0') {
    char c = s.ptr[1];
    base = (c | 32) == 'x' ? 16 : (c | 32) == 'b' ? 2 : 8;
    size_t skip = base != 8 || (c | 32) == 'o' ? 2 : 1;
    s.ptr += skip, s.len -= skip;
    if (c == 'b' && !sign && s.len && (s.ptr[0] == '-' || s.ptr[0] == '+')) {
      negative = s.ptr[0] == '-', sign = true;
      s.ptr++, s.len--;
    }
  }
  uint64_t v;
  if (!magnitude(s, base, &v) || (sign && v > (uint64_t)INT64_MAX + negative)) return false;
  size_t from = scratch->len;
  buf_printf(scratch, "%s%llu", negative && v ? "-" : "", (unsigned long long)v);
  *out = (str){scratch->failed ? "0" : scratch->data + from, scratch->failed ? 1 : scratch->len - from};
  return true;
}

int conf_number_type(str s) {
  uint64_t v;
  bool negative = s.len && s.ptr[0] == '-';
  if (!magnitude((str){s.ptr + negative, s.len - negative}, 10, &v)) return YAML_FLOAT;
  return negative && v > (uint64_t)INT64_MAX + 1 ? YAML_FLOAT : YAML_INT;
}

/* Behind a leading point, Go wants underscores between digits; elsewhere go-yaml drops them wherever they are. */
static bool underscores_fit(str s) {
  for (size_t i = 0; i < s.len; i++)
    if (s.ptr[i] == '_' && (i == 0 || i + 1 == s.len || !digit(s.ptr[i - 1]) || !digit(s.ptr[i + 1]))) return false;
  return true;
}

static int number(str in, buf *scratch, str *out) {
  decimal d;
  if (conf_json_number(in)) {
    *out = in;
    return conf_number_type(in);
  }
  if (!buf_reserve(scratch, 2 * in.len + 128)) return YAML_STRING; /* so that nothing moves below; the caller sees `failed` */
  str plain = in;
  if (memchr(in.ptr, '_', in.len)) {
    if (in.ptr[0] == '.' && !underscores_fit(in)) return YAML_STRING;
    plain = (str){scratch->data + scratch->len, 0};
    for (size_t i = 0; i < in.len; i++)
      if (in.ptr[i] != '_') buf_addc(scratch, in.ptr[i]), plain.len++;
  }
  if (in.ptr[0] != '.' && integer(plain, scratch, out)) return YAML_INT;
  if (!decimal_of(plain, &d) || isinf(decimal_value(&d))) return YAML_STRING;
  *out = decimal_json(&d, scratch);
  return YAML_FLOAT;
}

static bool one_of(str s, const char *a, const char *b, const char *c) { return str_is(s, a) || str_is(s, b) || str_is(s, c); }

static int resolve(str in, buf *scratch, str *out, const char **why) {
  *out = in;
  if (in.len == 0) return YAML_NULL;
  char c = in.ptr[0];
  if (digit(c) || c == '-' || c == '+' || c == '.') {
    str rest = c == '-' || c == '+' ? (str){in.ptr + 1, in.len - 1} : in;
    if (one_of(rest, ".inf", ".Inf", ".INF") || one_of(in, ".nan", ".NaN", ".NAN"))
      return *why = "infinity and NaN have no JSON value; quote it if it is text", YAML_REFUSED;
    return number(in, scratch, out);
  }
  if (in.len > 5 || !strchr("yYnNtTfFoO~", c)) return YAML_STRING;
  if (one_of(in, "true", "True", "TRUE") || one_of(in, "yes", "Yes", "YES") || one_of(in, "on", "On", "ON") || one_of(in, "y", "Y", "Y"))
    return *out = STR("true"), YAML_BOOL;
  if (one_of(in, "false", "False", "FALSE") || one_of(in, "no", "No", "NO") || one_of(in, "off", "Off", "OFF") || one_of(in, "n", "N", "N"))
    return *out = STR("false"), YAML_BOOL;
  return one_of(in, "null", "Null", "NULL") || str_is(in, "~") ? YAML_NULL : YAML_STRING;
}

static int base64_digit(char c) {
  static const char all[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *at = c ? strchr(all, c) : NULL;
  return at ? (int)(at - all) : -1;
}

/* RFC 4648 with its padding; line breaks are passed over. */
static bool base64(str in, buf *out) {
  uint32_t bits = 0;
  size_t n = 0, padding = 0;
  for (size_t i = 0; i < in.len; i++) {
    if (in.ptr[i] == '\n' || in.ptr[i] == '\r') continue;
    int v = base64_digit(in.ptr[i]);
    if (in.ptr[i] == '=') padding++, v = 0;
    else if (v < 0 || padding) return false;
    bits = bits << 6 | (uint32_t)v;
    if (++n % 4) continue;
    if (padding > 2) return false;
    for (size_t k = 0; k < 3 - padding; k++) buf_addc(out, (char)(bits >> (16 - 8 * k)));
    if (padding) padding = 3; /* nothing may follow */
  }
  return n % 4 == 0;
}

/* Bytes as text, as Go's encoding/json has them: what is no UTF-8 becomes U+FFFD. */
static void add_text(buf *out, const unsigned char *p, size_t n) {
  while (n) {
    int bad;
    uint32_t what;
    size_t good = yaml_utf8(p, n, &bad, &what), skip = 0;
    if (bad == YAML_BAD_CHARACTER) good += what < 0x80 ? 1 : what < 0x800 ? 2 : what < 0x10000 ? 3 : 4; /* fine in JSON */
    else if (good < n) skip = 1;
    buf_add(out, p, good);
    if (skip) buf_addz(out, "\xef\xbf\xbd");
    p += good + skip, n -= good + skip;
  }
}

static int binary(str in, buf *scratch, str *out, const char **why) {
  CLEANUP(buf_free) buf bytes = {0};
  size_t from = scratch->len;
  if (!base64(in, &bytes)) return *why = "!!binary is no valid base64", YAML_REFUSED;
  add_text(scratch, (const unsigned char *)bytes.data, bytes.len);
  scratch->failed |= bytes.failed;
  *out = (str){scratch->len ? scratch->data + from : "", scratch->len - from};
  return YAML_STRING;
}

int conf_scalar(const char *tag, bool implicit, str in, buf *scratch, str *out, const char **why) {
  static const char prefix[] = "tag:yaml.org,2002:";
  *out = in;
  if (!tag || !*tag) return implicit ? resolve(in, scratch, out, why) : YAML_STRING;
  if (strncmp(tag, prefix, sizeof prefix - 1) != 0) return YAML_STRING;
  tag += sizeof prefix - 1;
  if (strcmp(tag, "binary") == 0) return binary(in, scratch, out, why);
  int want = strcmp(tag, "null") == 0    ? YAML_NULL
             : strcmp(tag, "bool") == 0  ? YAML_BOOL
             : strcmp(tag, "int") == 0   ? YAML_INT
             : strcmp(tag, "float") == 0 ? YAML_FLOAT
                                         : YAML_STRING;
  if (strcmp(tag, "timestamp") == 0) {
    if (in.len > 4 && digit(in.ptr[0]) && digit(in.ptr[1]) && digit(in.ptr[2]) && digit(in.ptr[3]) && in.ptr[4] == '-') return YAML_STRING;
    return *why = "the value is not what its tag !!timestamp says", YAML_REFUSED;
  }
  if (want == YAML_STRING) return YAML_STRING;
  int got = resolve(in, scratch, out, why);
  if (got == YAML_REFUSED || got == want) return got;
  if (want == YAML_FLOAT && got == YAML_INT) return YAML_FLOAT;
  return *why = "the value is not what its tag says", YAML_REFUSED;
}

/* Go's strconv.FormatFloat(v, 'g', -1, 32). */
static str float_key(double wide, buf *out) {
  char text[40], shown[16];
  float v = (float)wide;
  size_t from = out->len, n = 0;
  if (isinf(v)) return v < 0 ? STR("-.inf") : STR(".inf");
  int exponent = 0;
  for (int precision = 0; precision < 9; precision++) { /* the fewest digits that give v again */
    snprintf(text, sizeof text, "%.*e", precision, (double)(v < 0 ? -v : v));
    char *e = strchr(text, 'e'), again[40];
    n = 0;
    for (char *p = text; e && p < e && n < sizeof shown - 1; p++)
      if (digit(*p)) shown[n++] = *p;
    shown[n] = 0;
    exponent = e ? atoi(e + 1) : 0;
    snprintf(again, sizeof again, "%se%d", shown, exponent - (int)n + 1);
    if (strtof(again, NULL) == (v < 0 ? -v : v)) break;
  }
  while (n > 1 && shown[n - 1] == '0') shown[--n] = 0;
  if (signbit(v)) buf_addc(out, '-');
  if (exponent < -4 || exponent >= 6) {
    buf_printf(out, "%c%s%se%c%02d", shown[0], n > 1 ? "." : "", shown + 1, exponent < 0 ? '-' : '+', abs(exponent));
  } else if (exponent < 0) buf_printf(out, "0.%.*s%s", -exponent - 1, "0000", shown);
  else {
    for (int i = 0; i <= exponent || i < (int)n; i++) {
      if (i == exponent + 1) buf_addc(out, '.');
      buf_addc(out, i < (int)n ? shown[i] : '0');
    }
  }
  return (str){out->failed ? "" : out->data + from, out->failed ? 0 : out->len - from};
}

int conf_scalar_key(int type, str value, buf *scratch, str *out, const char **why) {
  decimal d;
  *out = value;
  if (type == YAML_NULL) return *why = "null cannot be a key; quote it", YAML_REFUSED;
  if (type == YAML_INT && str_is(value, "-0")) *out = STR("0");
  if (type == YAML_FLOAT && decimal_of(value, &d)) {
    double v = decimal_value(&d);
    if (!isinf(v)) *out = float_key(v, scratch); /* beyond a double it is text there, too */
  }
  return type;
}
