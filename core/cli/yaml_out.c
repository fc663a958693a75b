/* yaml_out.c -- see yaml_out.h. A careful small emitter: libyaml's would fold long lines and forget number lexemes' types.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/yaml_out.h"

static void indent_to(buf *out, unsigned n) {
  static const char blanks[] = "                                ";
  for (; n; n -= n < 32 ? n : 32) buf_add(out, blanks, n < 32 ? n : 32);
}

/* ---- strings */

static bool in(str s, const char *const *words) {
  for (; *words; words++)
    if (s.len == strlen(*words) && strncasecmp(s.ptr, *words, s.len) == 0) return true;
  return false;
}

/* Would some reader take it for null, a boolean, a number, a time or a merge key? Rather too often than too rarely. */
static bool has_other_meaning(str s) {
  static const char *const words[] = {"null", "~", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "=", ".inf", ".nan", NULL};
  char c = s.ptr[0];
  if (in(s, words)) return true;
  if (c == '+' || c == '-') c = s.len > 1 ? s.ptr[1] : 'x';
  if (!(c >= '0' && c <= '9') && c != '.') return false;
  for (size_t i = 0; i < s.len; i++) /* a letter that no number and no time has: "720h0m0s", "100m", "3Gi" */
    if (s.ptr[i] && strchr("ghjklmpqrsuvwyGHJKLMPQRSUVWY", s.ptr[i])) return false;
  return true;
}

/* Characters that end or begin something else in a plain scalar, or are not printed. */
static bool plain(str s) {
  if (s.len == 0 || has_other_meaning(s)) return false;
  char first = s.ptr[0], last = s.ptr[s.len - 1];
  if (strchr("-?:,[]{}#&*!|>'\"%@` \t", first) || last == ' ' || last == ':' || last == '\t') return false;
  for (size_t i = 0; i < s.len; i++) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c < 0x20 || c >= 0x7f) return false;
    if ((c == ':' && s.ptr[i + 1] == ' ') || (c == '#' && s.ptr[i - 1] == ' ')) return false;
  }
  return true;
}

/* May it be printed as it is inside quotes? Beyond ASCII: all but C1, line separators, the byte order mark, directional marks and the like. */
static size_t printable(const unsigned char *p, size_t n) {
  size_t k = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (k == 1) return p[0] >= 0x20 && p[0] != 0x7f ? 1 : 0;
  if (k > n) return 0;
  uint32_t c = p[0] & (0xffu >> (k + 1));
  for (size_t i = 1; i < k; i++) c = c << 6 | (p[i] & 0x3fu);
  bool no = c < 0xa0 || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
            (c >= 0xfff0 && c <= 0xffff) || (c & 0xfffe) == 0xfffe;
  return no ? 0 : k;
}

static size_t escape(const unsigned char *p, size_t n, buf *out) {
  static const char names[] = "0......abtnvfr";
  if (p[0] < sizeof names - 1 && names[p[0]] != '.') {
    buf_addc(out, '\\');
    buf_addc(out, names[p[0]]);
    return 1;
  }
  size_t k = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (k > n) k = 1;
  uint32_t c = k == 1 ? p[0] : p[0] & (0xffu >> (k + 1));
  for (size_t i = 1; i < k; i++) c = c << 6 | (p[i] & 0x3fu);
  buf_printf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
  return k;
}

static void quoted(str s, buf *out) {
  const unsigned char *p = (const unsigned char *)s.ptr;
  buf_addc(out, '"');
  for (size_t i = 0, k; i < s.len; i += k) {
    k = 1;
    if (p[i] == '"' || p[i] == '\\') buf_addc(out, '\\'), buf_addc(out, s.ptr[i]);
    else if ((k = printable(p + i, s.len - i))) buf_add(out, s.ptr + i, k);
    else k = escape(p + i, s.len - i, out);
  }
  buf_addc(out, '"');
}

/* Several lines, all of them printable (tabs are), the first not blank and not begun with a blank: a literal block shows it best. */
static bool literal(str s) {
  const unsigned char *p = (const unsigned char *)s.ptr;
  const char *feed = memchr(s.ptr, '\n', s.len);
  if (!feed || feed == s.ptr || p[0] == ' ' || p[0] == '\t') return false;
  if (feed == s.ptr + s.len - 1 && !memchr(s.ptr, ' ', s.len) && s.len < 40) return false; /* "word\n" */
  for (size_t i = 0, k; i < s.len; i += k) {
    if (p[i] == '\n' || p[i] == '\t') k = 1;
    else if (!(k = printable(p + i, s.len - i))) return false;
  }
  return true;
}

static void literal_block(str s, unsigned indent, buf *out) {
  size_t ends = 0;
  while (ends < s.len && s.ptr[s.len - 1 - ends] == '\n') ends++;
  buf_addz(out, ends == 0 ? "|-" : ends == 1 ? "|" : "|+");
  const char *end = s.ptr + s.len - (ends ? 1 : 0); /* the last line feed is the block's own end */
  for (const char *p = s.ptr; p <= end;) {
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    if (!stop) stop = end;
    buf_addc(out, '\n');
    if (stop > p) indent_to(out, indent);
    buf_add(out, p, (size_t)(stop - p));
    p = stop + 1;
  }
}

static void string(str s, unsigned indent, bool key, buf *out) {
  if (plain(s)) buf_adds(out, s);
  else if (!key && literal(s)) literal_block(s, indent, out);
  else quoted(s, out);
}

/* ---- values. indent: where the value's own lines begin */

static void value(const item_node *n, unsigned indent, buf *out);

/* A value behind "key:" or "-": blocks go to the next line, except in sequences. */
static void members(const item_node *object, unsigned indent, buf *out) {
  bool first = true;
  for (const item_node *m = item_first(object); m; m = item_next(m)) {
    if (item_member(object, item_key(m)) != m) continue; /* repeated: YAML refuses it; the last counts */
    if (!first) buf_addc(out, '\n'), indent_to(out, indent);
    first = false;
    str key = item_key(m);
    if (key.len > 120) buf_addz(out, "? "); /* longer keys are not implicit in YAML (1024), and unreadable */
    string(key, indent, true, out);
    if (key.len > 120) buf_addc(out, '\n'), indent_to(out, indent);
    buf_addc(out, ':');
    int32_t type = item_type(m);
    bool block = (type == PINTLE_T_OBJECT || type == PINTLE_T_ARRAY) && item_count(m);
    unsigned inner = type == PINTLE_T_ARRAY ? indent : indent + 2;
    if (block) buf_addc(out, '\n'), indent_to(out, inner);
    else buf_addc(out, ' ');
    value(m, inner, out);
  }
}

static void elements(const item_node *array, unsigned indent, buf *out) {
  bool first = true;
  for (const item_node *e = item_first(array); e; e = item_next(e)) {
    if (!first) buf_addc(out, '\n'), indent_to(out, indent);
    first = false;
    buf_addz(out, "- ");
    value(e, indent + 2, out);
  }
}

static void value(const item_node *n, unsigned indent, buf *out) {
  switch (item_type(n)) {
  case PINTLE_T_OBJECT:
    if (item_count(n)) members(n, indent, out);
    else buf_addz(out, "{}");
    break;
  case PINTLE_T_ARRAY:
    if (item_count(n)) elements(n, indent, out);
    else buf_addz(out, "[]");
    break;
  case PINTLE_T_STRING: string(item_string(n), indent ? indent : 2, false, out); break;
  case PINTLE_T_NUMBER: buf_adds(out, item_number(n)); break;
  case PINTLE_T_BOOL: buf_addz(out, item_true(n) ? "true" : "false"); break;
  default: buf_addz(out, "null"); break;
  }
}

pintle_status cli_yaml_value(const item_node *from, unsigned indent, buf *out) {
  value(from, indent, out);
  return out->failed ? PINTLE_NOMEM : PINTLE_OK;
}

pintle_status cli_yaml_print(const item_node *from, buf *out) {
  value(from, 0, out);
  buf_addc(out, '\n');
  return out->failed ? PINTLE_NOMEM : PINTLE_OK;
}
