/* text_ini.c -- .env and INI: a line, a value.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <ctype.h>
#include <string.h>

static bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }
static size_t over_blank(pintle_str t, size_t i, size_t end) {
  while (i < end && blank(t.ptr[i])) i++;
  return i;
}
static size_t before_blank(pintle_str t, size_t begin, size_t end) {
  while (end > begin && blank(t.ptr[end - 1])) end--;
  return end;
}
static bool name_char(char c) { return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-'; }

/* The end of a bare value: before a comment that blanks divide from it. */
static size_t bare_end(pintle_str t, size_t begin, size_t end, const char *comment) {
  for (size_t i = begin; i < end; i++)
    if (strchr(comment, t.ptr[i]) && t.ptr[i] && (i == begin || blank(t.ptr[i - 1]))) return before_blank(t, begin, i);
  return before_blank(t, begin, end);
}

/* ---- .env */
static const char *const env_escapes = "nrt\"\\", *const env_means = "\n\r\t\"\\";

/* What stands between double quotes from begin on: where they close; *bad: something that readers disagree on. */
static size_t double_quoted(pintle_str t, size_t begin, struct xform_text *is, bool *bad) {
  size_t i = begin;
  for (; i < t.len && t.ptr[i] != '"'; i++) {
    const char *known = t.ptr[i] == '\\' && i + 1 < t.len && t.ptr[i + 1] ? strchr(env_escapes, t.ptr[i + 1]) : NULL;
    if (t.ptr[i] == '`' || (t.ptr[i] == '\\' && !known)) *bad = true;
    if (t.ptr[i] == '\\' && i + 1 < t.len) i++;
    xform_text_add(is, known ? env_means + (known - env_escapes) : t.ptr + i, 1);
  }
  return i;
}

/* ---- what shells, docker's readers and the libraries called dotenv read alike */
struct env_value {
  char quote;        /* '"', '\'', 0: none */
  bool escapes;      /* there are some between its double quotes: the file's readers know them */
  pintle_str is;
};

static bool had(const struct env_value *v, char c) { return memchr(v->is.ptr, c, v->is.len) != NULL; }

static bool fits_bare(const struct env_value *v, const struct xform_text *to) {
  for (size_t i = 0; i < to->len; i++) {
    char c = to->data[i];
    if ((unsigned char)c < 0x20 || c == 0x7f) return false;
    if (strchr(" \"'`\\;&|()<>#$", c) && !had(v, c)) return false;
  }
  return !to->len || (!strchr("\"'`#~ ", to->data[0]) && to->data[to->len - 1] != ' ');
}

static bool fits_double(const struct env_value *v, const struct xform_text *to) {
  const bool escapes = v->quote == '"' && v->escapes, expands = v->quote == '"' && had(v, '$');
  for (size_t i = 0; i < to->len; i++) {
    char c = to->data[i];
    if (c == '`' || (c == '$' && !expands) || (strchr("\"\\\r", c) && !escapes)) return false;
    if (((unsigned char)c < 0x20 && !strchr("\n\r\t", c)) || c == 0x7f) return false;
  }
  return true;
}

/* python-dotenv knows \\ and \' between single quotes, and expands ${} there. */
static bool fits_single(const struct env_value *v, const struct xform_text *to) {
  const bool expands = v->quote == '\'' && had(v, '$');
  for (size_t i = 0; i < to->len; i++) {
    char c = to->data[i], next = to->data[i + 1]; /* a NUL ends it */
    if (c == '\'' || (c == '\\' && (next == '\\' || !next)) || (c == '$' && next == '{' && !expands)) return false;
    if (((unsigned char)c < 0x20 && !strchr("\n\t", c)) || c == 0x7f) return false;
  }
  return true;
}

/* With the quotes it has if they will do; false: none will. */
static bool write_env(struct xform_text *raw, const struct env_value *v, const struct xform_text *to) {
  char quote = v->quote;
  bool fits = quote == '"' ? fits_double(v, to) : quote ? fits_single(v, to) : fits_bare(v, to);
  if (!fits && quote != '"' && fits_double(v, to)) quote = '"', fits = true;
  if (!fits && quote != '\'' && fits_single(v, to)) quote = '\'', fits = true;
  if (!fits) return false;
  if (quote) xform_text_add(raw, &quote, 1);
  for (size_t i = 0; i < to->len; i++) {
    const char *known = quote == '"' && v->quote == '"' && v->escapes && to->data[i] ? strchr(env_means, to->data[i]) : NULL;
    if (known) xform_text_add(raw, "\\", 1), xform_text_add(raw, env_escapes + (known - env_means), 1);
    else xform_text_add(raw, to->data + i, 1);
  }
  if (quote) xform_text_add(raw, &quote, 1);
  xform_text_add(raw, "", 0);
  return true;
}

/* The value that begins at i; what is behind it. */
static size_t env_value(struct text_edit *e, size_t i) {
  pintle_str t = e->text;
  size_t begin = i, end = text_line_end(t, i), behind;
  struct xform_text is = {0}, to = {0}, raw = {0};
  char quote = i < end && (t.ptr[i] == '"' || t.ptr[i] == '\'') ? t.ptr[i] : 0;
  bool bad = i < end && t.ptr[i] == '`';
  xform_text_add(&is, "", 0);
  if (quote) {
    const char *close;
    begin++;
    if (quote == '"') end = double_quoted(t, begin, &is, &bad);
    else end = (close = memchr(t.ptr + begin, '\'', t.len - begin)) ? (size_t)(close - t.ptr) : t.len;
    if (quote == '\'') xform_text_add(&is, t.ptr + begin, end - begin);
    behind = end < t.len ? end + 1 : end;
    size_t rest = over_blank(t, behind, text_line_end(t, behind));
    if (end == t.len || (rest < text_line_end(t, behind) && t.ptr[rest] != '#')) bad = true;
    if (end == t.len) text_break(e, begin, "a quote that nothing closes");
  } else {
    end = behind = bare_end(t, begin, end, "#");
    xform_text_add(&is, t.ptr + begin, end - begin);
  }
  const struct env_value v = {quote, quote == '"' && memchr(t.ptr + begin, '\\', end - begin), {is.data, is.len}};
  if (is.failed) e->failed = true;
  else if (bad) text_pass(e, begin, end, "programs read its quotes and escapes in different ways");
  else if (text_meet(e, 's', v.is, &to)) {
    if (write_env(&raw, &v, &to)) text_put(e, begin - (quote != 0), behind, &raw);
    else text_break(e, begin, "there are no quotes in which shells and dotenv read the new value alike");
  }
  xform_text_free(&is);
  xform_text_free(&to);
  xform_text_free(&raw);
  return behind;
}

void text_scan_env(struct text_edit *e) {
  pintle_str t = e->text;
  for (size_t i = 0; i < t.len && !e->broken && !e->failed; i = text_next_line(t, i)) {
    size_t end = text_line_end(t, i), name;
    i = over_blank(t, i, end);
    if (end - i > 7 && memcmp(t.ptr + i, "export", 6) == 0 && blank(t.ptr[i + 6])) i = over_blank(t, i + 6, end);
    for (name = i; i < end && name_char(t.ptr[i]);) i++;
    size_t n = i - name;
    i = over_blank(t, i, end);
    if (!n || i == end || t.ptr[i] != '=') continue; /* a comment, a blank line, or nothing that sets anything */
    text_pop(e, 0);
    xform_text_add(&e->path, t.ptr + name, n);
    i = env_value(e, over_blank(t, i + 1, end));
  }
}

/* ---- INI */
/* Does the value go on in the next line, which stands deeper than its key? */
static bool goes_on(pintle_str t, size_t next, size_t indent) {
  size_t end = text_line_end(t, next), i = over_blank(t, next, end);
  return i < end && i - next > indent && t.ptr[i] != '#' && t.ptr[i] != ';';
}

static void ini_value(struct text_edit *e, size_t begin, size_t end, bool lines) {
  pintle_str t = e->text;
  struct xform_text to = {0};
  size_t last = bare_end(t, begin, end, ";#");
  bool bad = lines || (last > begin && t.ptr[last - 1] == '\\');
  if (begin < end && t.ptr[begin] == '"') {
    const char *close = memchr(t.ptr + begin + 1, '"', end - begin - 1);
    begin++;
    bad = bad || !close || bare_end(t, (size_t)(close - t.ptr) + 1, end, ";#") != (size_t)(close - t.ptr) + 1 ||
          memchr(t.ptr + begin, '\\', (size_t)(close - t.ptr) - begin);
    last = close ? (size_t)(close - t.ptr) : end;
  }
  if (bad) text_pass(e, begin, last, "it goes on in the next line, or has quotes or escapes that programs read in different ways");
  else if (text_meet(e, 's', (pintle_str){t.ptr + begin, last - begin}, &to)) text_put(e, begin, last, &to);
  xform_text_free(&to);
}

void text_scan_ini(struct text_edit *e) {
  pintle_str t = e->text;
  for (size_t i = 0, next; i < t.len && !e->broken && !e->failed; i = next) {
    size_t end = text_line_end(t, i), key = over_blank(t, i, end), sign = key;
    next = text_next_line(t, i);
    if (key == end || t.ptr[key] == '#' || t.ptr[key] == ';') continue;
    if (t.ptr[key] == '[') {
      const char *close = memchr(t.ptr + key, ']', end - key);
      if (!close) return text_break(e, key, "a section without a ]");
      e->section.len = 0;
      xform_text_add(&e->section, t.ptr + key + 1, (size_t)(close - t.ptr) - key - 1);
      continue;
    }
    while (sign < end && t.ptr[sign] != '=' && t.ptr[sign] != ':') sign++;
    text_pop(e, 0);
    xform_text_add(&e->path, t.ptr + key, before_blank(t, key, sign) - key);
    size_t first = next;
    while (next < t.len && goes_on(t, next, key - i)) next = text_next_line(t, next);
    if (sign == end) text_pass(e, key, end, "it has no value");
    else ini_value(e, over_blank(t, sign + 1, end), end, next != first);
    if (next != first) xform_text_add(&e->log, t.ptr + first, next - first);
  }
}
