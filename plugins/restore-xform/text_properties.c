/* text_properties.c -- .properties of Java: key and value, escapes, lines that go on.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <string.h>

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }
static bool line_break(char c) { return c == '\n' || c == '\r'; }
static size_t over_break(pintle_str t, size_t i) {
  return i + (i + 1 < t.len && t.ptr[i] == '\r' && t.ptr[i + 1] == '\n' ? 2 : i < t.len ? 1 : 0);
}
static size_t over_blank(pintle_str t, size_t i) {
  while (i < t.len && blank(t.ptr[i])) i++;
  return i;
}

/* Blanks, and a line that goes on. */
static size_t over_gap(pintle_str t, size_t i) {
  i = over_blank(t, i);
  while (i + 1 < t.len && t.ptr[i] == '\\' && line_break(t.ptr[i + 1])) i = over_blank(t, over_break(t, i + 1));
  return i;
}

/* Reads from i on to the end of the logical line, or of the key; *to gets what it means. Where it ended; *bad: half a character; *wrong: Java refuses the whole file. */
static size_t part(pintle_str t, size_t i, bool key, struct xform_text *to, bool *bad, bool *wrong) {
  while (i < t.len && !line_break(t.ptr[i])) {
    char c = t.ptr[i];
    uint32_t u;
    if (key && (blank(c) || c == '=' || c == ':')) break;
    if (c != '\\') {
      xform_text_add(to, t.ptr + i++, 1);
      continue;
    }
    if (++i == t.len) break; /* a \ at the very end stands for nothing */
    c = t.ptr[i];
    if (line_break(c)) {
      i = over_blank(t, over_break(t, i));
      continue;
    }
    if (c == 'u') {
      size_t n = text_unicode(t.ptr + i, t.len - i, &u);
      if (!n) *(text_hex4(t.ptr + i, t.len - i, &u) ? bad : wrong) = true;
      else text_utf8(to, u);
      i += n ? n : 1;
      continue;
    }
    const char *known = strchr("nrtf", c);
    xform_text_add(to, known && c ? &"\n\r\t\f"[known - (const char *)strchr("nrtf", 'n')] : t.ptr + i, 1);
    i++;
  }
  return i;
}

static bool ascii(pintle_str t) {
  for (size_t i = 0; i < t.len; i++)
    if ((unsigned char)t.ptr[i] >= 0x80) return false;
  return true;
}

/* One character of UTF-8 at p; its bytes. */
static size_t decode(const unsigned char *p, size_t n, uint32_t *c) {
  size_t len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (p[0] < 0xc2 || len > n) return 0;
  *c = p[0] & (0xff >> (len + 1));
  for (size_t i = 1; i < len; i++) {
    if ((p[i] & 0xc0) != 0x80) return 0;
    *c = *c << 6 | (p[i] & 0x3f);
  }
  return len;
}

static void write_unicode(struct xform_text *raw, uint32_t c) {
  char b[16];
  int n = c < 0x10000 ? snprintf(b, sizeof b, "\\u%04x", c)
                      : snprintf(b, sizeof b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
  if (n > 0) xform_text_add(raw, b, (size_t)n);
}

/* A file of ASCII alone may be read as Latin-1: other characters are escaped there. */
static void write(struct xform_text *raw, const struct xform_text *to, bool escape) {
  for (size_t i = 0; i < to->len; i++) {
    char c = to->data[i];
    uint32_t u;
    const char *known = c ? strchr("\n\r\t\f", c) : NULL;
    size_t n = escape && (unsigned char)c >= 0x80 ? decode((const unsigned char *)to->data + i, to->len - i, &u) : 0;
    if (n) {
      write_unicode(raw, u);
      i += n - 1;
      continue;
    }
    if (c == '\\' || (c == ' ' && i == 0)) xform_text_add(raw, "\\", 1);
    if (known) xform_text_add(raw, "\\", 1), xform_text_add(raw, &"nrtf"[c == '\n' ? 0 : c == '\r' ? 1 : c == '\t' ? 2 : 3], 1);
    else xform_text_add(raw, &c, 1);
  }
}

static size_t line(struct text_edit *e, size_t i, bool escape) {
  pintle_str t = e->text;
  struct xform_text is = {0}, to = {0}, raw = {0};
  bool bad = false, wrong = false;
  text_pop(e, 0);
  i = over_gap(t, part(t, i, true, &e->path, &bad, &wrong));
  if (i < t.len && (t.ptr[i] == '=' || t.ptr[i] == ':')) i = over_gap(t, i + 1);
  size_t end = part(t, i, false, &is, &bad, &wrong);
  xform_text_add(&is, "", 0);
  if (is.failed) e->failed = true;
  else if (wrong) text_break(e, i, "a \\u without four hexadecimal digits: Java reads nothing of such a file");
  else if (bad) text_pass(e, i, end, "it has half a character");
  else if (text_meet(e, 's', (pintle_str){is.data, is.len}, &to)) {
    if (i > 0 && i == end && !blank(t.ptr[i - 1]) && t.ptr[i - 1] != '=' && t.ptr[i - 1] != ':') xform_text_add(&raw, "=", 1);
    write(&raw, &to, escape);
    text_put(e, i, end, &raw);
  }
  xform_text_free(&is);
  xform_text_free(&to);
  xform_text_free(&raw);
  return end;
}

void text_scan_properties(struct text_edit *e) {
  pintle_str t = e->text;
  const bool escape = ascii(t);
  for (size_t i = 0; i < t.len && !e->broken && !e->failed; i = over_break(t, i)) {
    i = over_blank(t, i);
    if (i < t.len && (t.ptr[i] == '#' || t.ptr[i] == '!')) {
      while (i < t.len && !line_break(t.ptr[i])) i++;
    } else if (i < t.len && !line_break(t.ptr[i])) i = line(e, i, escape);
  }
}
