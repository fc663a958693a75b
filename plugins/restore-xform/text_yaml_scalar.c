/* text_yaml_scalar.c -- scalars of YAML: which type they are, how they are read and written.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <string.h>
#include <strings.h>

static bool digits(const char *p, size_t n, const char *more) {
  bool any = false;
  for (size_t i = 0; i < n; i++) {
    bool digit = p[i] >= '0' && p[i] <= '9';
    if (!digit && !(p[i] && strchr(more, p[i]))) return false;
    any = any || digit;
  }
  return any;
}

static bool word(const char *p, size_t n, const char *const *words) {
  for (; *words; words++)
    if (strlen(*words) == n && strncasecmp(*words, p, n) == 0) return true;
  return false;
}

/* Wide rather than exact: a text that some reader may take for a number is not written without quotes. */
char text_yaml_kind(const char *p, size_t n) {
  static const char *const nulls[] = {"~", "null", NULL};
  static const char *const bools[] = {"true", "false", "yes", "no", "on", "off", "y", "n", NULL};
  static const char *const floats[] = {".inf", ".nan", "inf", "nan", NULL};
  size_t sign = n && (*p == '-' || *p == '+');
  if (!n || word(p, n, nulls)) return 'n';
  if (word(p, n, bools)) return 'b';
  if (word(p + sign, n - sign, floats)) return 'f';
  if (n - sign > 2 && p[sign] == '0' && p[sign + 1] && strchr("xXoObB", p[sign + 1])) return 'i';
  if (digits(p + sign, n - sign, "_")) return 'i';
  if (digits(p + sign, n - sign, "_.eE+-") && strchr("0123456789.", p[sign])) return memchr(p + 1, '-', n - 1) ? 't' : 'f';
  if (n > 4 && digits(p + sign, n - sign, ":_.")) return 't'; /* 1:30 is 90 in YAML 1.1 */
  return n > 8 && digits(p, 4, "") && p[4] == '-' ? 't' : 's';
}

static bool printable(const struct xform_text *t) {
  for (size_t i = 0; i < t->len; i++) {
    unsigned char c = (unsigned char)t->data[i], next = (unsigned char)t->data[i + 1];
    if (c < 0x20 || c == 0x7f) return false;
    if (c == 0xc2 && next < 0xa0) return false;                                                               /* U+0080 to U+009F */
    if (c == 0xe2 && next == 0x80 && ((unsigned char)t->data[i + 2] | 1) == 0xa9) return false;               /* U+2028, U+2029 */
    if (c == 0xef && ((next == 0xbb && (unsigned char)t->data[i + 2] == 0xbf) || next == 0xbf)) return false; /* U+FEFF, U+FFFE */
  }
  return true;
}

static bool plain(const struct xform_text *t, bool flow) {
  const char *p = t->data;
  size_t n = t->len;
  if (!n || strchr(",[]{}#&*!|>'\"%@`-?: ", *p) || strchr(": ", p[n - 1])) return false;
  for (size_t i = 0; i < n; i++) {
    if (flow && strchr(",[]{}:", p[i])) return false;
    if ((p[i] == ':' && p[i + 1] == ' ') || (p[i] == ' ' && p[i + 1] == '#')) return false;
  }
  return true;
}

static void double_quoted(struct xform_text *raw, const struct xform_text *to) {
  for (size_t i = 0; i < to->len; i++) {
    unsigned char c = (unsigned char)to->data[i];
    char x[8];
    if (c == '"' || c == '\\') xform_text_add(raw, "\\", 1);
    if (c >= 0x20 && c != 0x7f) xform_text_add(raw, to->data + i, 1);
    else if (c == '\n' || c == '\r' || c == '\t') xform_text_add(raw, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t", 2);
    else if (snprintf(x, sizeof x, "\\x%02x", c) == 4) xform_text_add(raw, x, 4);
  }
}

bool text_yaml_write(struct xform_text *raw, char quote, char kind, bool flow, const struct xform_text *to) {
  bool clean = printable(to);
  for (size_t i = 0; i < to->len; i++)
    if ((unsigned char)to->data[i] < 0x20 && !clean) clean = false;
  if (quote == '\'') {
    for (size_t i = 0; i < to->len; i++) {
      if (to->data[i] == '\'') xform_text_add(raw, "'", 1);
      xform_text_add(raw, to->data + i, 1);
    }
    return clean;
  }
  if (!quote && kind != 's') {
    if (text_yaml_kind(to->data, to->len) != kind || !to->len) return false;
    xform_text_add(raw, to->data, to->len);
    return true;
  }
  if (!quote && clean && plain(to, flow) && text_yaml_kind(to->data, to->len) == 's') {
    xform_text_add(raw, to->data, to->len);
    return true;
  }
  if (!quote) xform_text_add(raw, "\"", 1);
  double_quoted(raw, to);
  if (!quote) xform_text_add(raw, "\"", 1);
  return true;
}

static bool hex(const char *p, size_t n, size_t count, uint32_t *c) {
  *c = 0;
  if (n < count) return false;
  for (size_t i = 0; i < count; i++) {
    char d = (char)(p[i] >= 'A' && p[i] <= 'F' ? p[i] | 32 : p[i]);
    const char *at = d ? strchr("0123456789abcdef", d) : NULL;
    if (!at) return false;
    *c = *c * 16 + (uint32_t)(16 - strlen(at));
  }
  return *c < 0x110000 && (*c < 0xd800 || *c > 0xdfff);
}

bool text_yaml_read(struct xform_text *to, char quote, const char *p, size_t n) {
  static const char known[] = "0abtnvfre\"/\\ \t", means[] = "\0\a\b\t\n\v\f\r\x1b\"/\\ \t";
  xform_text_add(to, "", 0);
  for (size_t i = 0; i < n; i++) {
    if (quote == '\'' || p[i] != '\\') {
      xform_text_add(to, p + i, 1);
      if (quote == '\'' && p[i] == '\'') i++;
      continue;
    }
    if (++i == n || !p[i]) return false;
    const char *at = strchr(known, p[i]);
    size_t count = p[i] == 'x' ? 2 : p[i] == 'u' ? 4 : p[i] == 'U' ? 8 : 0;
    uint32_t c;
    if (at) xform_text_add(to, means + (at - known), 1);
    else if (count && hex(p + i + 1, n - i - 1, count, &c)) text_utf8(to, c), i += count;
    else return false;
  }
  return true;
}
