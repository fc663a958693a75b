/* text_edit.c -- what the scanners of all formats share; each edit is checked.  SPDX-License-Identifier: Apache-2.0 */
#include "text_edit.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *const text_format_names[TEXT_FORMATS + 1] = {"text", "properties", "env", "ini", "json", "yaml", NULL};

const struct text_suffix text_suffixes[] = {{".properties", TEXT_PROPERTIES},
                                            {".env", TEXT_ENV},
                                            {".ini", TEXT_INI},
                                            {".cfg", TEXT_INI},
                                            {".cnf", TEXT_INI},
                                            {".conf", TEXT_RAW},
                                            {".json", TEXT_JSON},
                                            {".yaml", TEXT_YAML},
                                            {".yml", TEXT_YAML},
                                            {NULL, TEXT_RAW}};

enum text_format text_format_of(const char *name) {
  size_t n = strlen(name);
  for (const struct text_suffix *s = text_suffixes; s->suffix; s++) {
    size_t k = strlen(s->suffix);
    if (n >= k && strcasecmp(name + n - k, s->suffix) == 0) return s->format;
  }
  return TEXT_RAW;
}

bool text_path_fits(const char *pattern, const char *path) {
  if (*pattern != '/') return xform_glob(pattern, (pintle_str){path, strlen(path)});
  while (*pattern == '/' && *path == '/') {
    size_t n = strcspn(pattern + 1, "/"), m = strcspn(path + 1, "/");
    if (!(n == 1 && pattern[1] == '*') && (n != m || memcmp(pattern + 1, path + 1, n) != 0)) return false;
    pattern += n + 1, path += m + 1;
  }
  return !*pattern && !*path;
}

static void log_value(struct text_edit *e, char kind, const char *p, size_t n) {
  xform_text_add(&e->log, e->section.data, e->section.len);
  xform_text_add(&e->log, "\x01", 1);
  xform_text_add(&e->log, e->path.data, e->path.len);
  xform_text_add(&e->log, "\x02", 1);
  xform_text_add(&e->log, &kind, 1);
  xform_text_add(&e->log, p, n);
  xform_text_add(&e->log, "\x03", 1);
}

bool text_meet(struct text_edit *e, char kind, pintle_str is, struct xform_text *to) {
  bool changed = !e->broken && e->change && e->change(e->self, e, is, to) && !(to->len == is.len && memcmp(to->data, is.ptr, is.len) == 0);
  if (changed && !to->data) xform_text_add(to, "", 0);
  if (to->failed) e->failed = true, changed = false;
  log_value(e, kind, changed ? to->data : is.ptr, changed ? to->len : is.len);
  return changed;
}

void text_pass(struct text_edit *e, size_t begin, size_t end, const char *why) {
  struct xform_text none = {0};
  log_value(e, '?', e->text.ptr + begin, end - begin);
  if (!e->broken && e->change && e->change(e->self, e, (pintle_str){NULL, 0}, &none)) text_refuse(e, begin, why);
  xform_text_free(&none);
}

void text_inner(struct text_edit *e) {
  if (e->inner && !e->broken) e->inner(e->self, e);
}

void text_put(struct text_edit *e, size_t begin, size_t end, const struct xform_text *raw) {
  if (raw->failed || begin < e->copied || end < begin) {
    e->failed = e->failed || raw->failed, e->broken = true;
    return;
  }
  if (e->n_puts == e->cap_puts) {
    size_t cap = e->cap_puts ? e->cap_puts * 2 : 8;
    struct text_range *more = realloc(e->puts, cap * sizeof *more);
    if (!more) {
      e->failed = true;
      return;
    }
    e->puts = more, e->cap_puts = cap;
  }
  xform_text_add(&e->out, e->text.ptr + e->copied, begin - e->copied);
  e->puts[e->n_puts++] = (struct text_range){e->out.len, e->out.len + raw->len, begin, e->log.len};
  xform_text_add(&e->out, raw->data ? raw->data : "", raw->len);
  e->copied = end;
}

void text_refuse(struct text_edit *e, size_t at, const char *why) {
  if (e->refused) return;
  e->refused = why, e->refused_at = 1;
  for (size_t i = 0; i < at && i < e->text.len; i++) e->refused_at += e->text.ptr[i] == '\n';
}

void text_break(struct text_edit *e, size_t at, const char *why) {
  if (e->broken) return;
  e->broken = true, e->refused = NULL; /* the reason that counts */
  text_refuse(e, at, why);
}

size_t text_push(struct text_edit *e, const char *key, size_t n) {
  size_t was = e->path.len;
  xform_text_add(&e->path, "/", 1);
  for (size_t i = 0; i < n; i++) {
    const char escaped[2] = {'~', xform_pointer_escape(key[i])};
    if (escaped[1]) xform_text_add(&e->path, escaped, 2);
    else xform_text_add(&e->path, key + i, 1);
  }
  return was;
}

void text_pop(struct text_edit *e, size_t was) {
  if (!e->path.data) return;
  e->path.len = was, e->path.data[was] = 0;
}

size_t text_line_end(pintle_str text, size_t at) {
  const char *nl = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
  size_t end = nl ? (size_t)(nl - text.ptr) : text.len;
  return end > at && text.ptr[end - 1] == '\r' ? end - 1 : end;
}

size_t text_next_line(pintle_str text, size_t at) {
  const char *nl = at < text.len ? memchr(text.ptr + at, '\n', text.len - at) : NULL;
  return nl ? (size_t)(nl - text.ptr) + 1 : text.len;
}

void text_utf8(struct xform_text *to, uint32_t c) {
  char b[4];
  size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  if (n == 1) b[0] = (char)c;
  else b[0] = (char)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | (c >> (6 * (n - 1))));
  for (size_t i = 1; i < n; i++) b[i] = (char)(0x80 | ((c >> (6 * (n - 1 - i))) & 0x3f));
  xform_text_add(to, b, n);
}

bool text_hex4(const char *p, size_t n, uint32_t *c) {
  *c = 0;
  for (size_t i = 1; i < 5; i++) {
    const char *d = i < n && p[i] ? strchr("0123456789abcdef", p[i] >= 'A' && p[i] <= 'F' ? p[i] | 32 : p[i]) : NULL;
    if (!d) return false;
    *c = *c * 16 + (uint32_t)(strlen("0123456789abcdef") - strlen(d));
  }
  return true;
}

size_t text_unicode(const char *p, size_t n, uint32_t *c) {
  uint32_t low;
  if (n < 5 || *p != 'u' || !text_hex4(p, n, c)) return 0;
  if (*c < 0xd800 || *c > 0xdfff) return 5;
  if (*c > 0xdbff || n < 11 || p[5] != '\\' || p[6] != 'u' || !text_hex4(p + 6, n - 6, &low) || low < 0xdc00 || low > 0xdfff) return 0;
  *c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
  return 11;
}

static void scan(struct text_edit *e, enum text_format format) {
  static void (*const scanners[])(struct text_edit *) = {[TEXT_PROPERTIES] = text_scan_properties,
                                                         [TEXT_ENV] = text_scan_env,
                                                         [TEXT_INI] = text_scan_ini,
                                                         [TEXT_JSON] = text_scan_json,
                                                         [TEXT_YAML] = text_scan_yaml};
  xform_text_add(&e->path, "", 0);
  xform_text_add(&e->section, "", 0);
  if (e->path.failed || e->section.failed) e->failed = true;
  else scanners[format](e);
  e->failed = e->failed || e->path.failed || e->section.failed || e->log.failed || e->out.failed;
}

/* The new value that reads as another one, or makes something else of what follows: where it stands. */
static size_t first_wrong(const struct text_edit *e, const struct text_edit *again) {
  size_t same = 0, i = 0;
  while (same < e->log.len && same < again->log.len && e->log.data[same] == again->log.data[same]) same++;
  while (i + 1 < e->n_puts && e->puts[i].log <= same) i++;
  return e->n_puts ? e->puts[i].source : 0;
}

/* A byte order mark is no part of the first key. */
static const char mark[] = "\xef\xbb\xbf";
static size_t after_mark(pintle_str text) { return text.len >= 3 && memcmp(text.ptr, mark, 3) == 0 ? 3 : 0; }

static void forget(struct text_edit *e) {
  xform_text_free(&e->path);
  xform_text_free(&e->section);
  xform_text_free(&e->log);
}

bool text_edit(struct text_edit *e, enum text_format format) {
  struct text_edit again = {0};
  if (format == TEXT_RAW || format >= TEXT_FORMATS) return false;
  const size_t skip = after_mark(e->text);
  e->text = (pintle_str){e->text.ptr + skip, e->text.len - skip};
  xform_text_add(&e->out, mark, skip);
  scan(e, format);
  bool good = !e->failed && !e->broken && e->n_puts > 0;
  if (good) {
    xform_text_add(&e->out, e->text.ptr + e->copied, e->text.len - e->copied);
    again.text = (pintle_str){e->out.data + skip, e->out.len - skip};
    scan(&again, format);
    e->failed = e->failed || again.failed || e->out.failed;
    good = !e->failed && !again.broken && again.log.len == e->log.len && memcmp(again.log.data, e->log.data, e->log.len) == 0;
    if (!good) text_break(e, first_wrong(e, &again), "the new value cannot be written there so that the rest stays as it is");
  }
  forget(e);
  forget(&again);
  return good;
}

void text_edit_free(struct text_edit *e) {
  xform_text_free(&e->out);
  free(e->puts);
  e->puts = NULL;
  e->n_puts = e->cap_puts = 0;
  forget(e);
}
