/* rules.c -- see rules.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/rules.h"
#include "base/file.h"
#include "conf/fault.h"
#include <fcntl.h>
#include <unistd.h>

enum { MAX_FILE = 16 << 20 };

static str next_line(str *rest) {
  const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
  str line = {rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len};
  size_t used = end ? line.len + 1 : line.len;
  rest->ptr += used, rest->len -= used;
  return line;
}

static size_t indent_of(str line) {
  size_t n = 0;
  while (n < line.len && line.ptr[n] == ' ') n++;
  return n;
}

static size_t first_indent(str text) {
  while (text.len) {
    str line = next_line(&text);
    if (indent_of(line) < line.len) return indent_of(line);
  }
  return 0;
}

/* A literal block ("|") stands in its file line by line. The text is put where it stands there, by empty lines above and spaces in front, so that
 * errors point into the file. false: it is no such block. */
static bool as_in_file(const conf_document *d, const item_node *value, buf *out) {
  CLEANUP(buf_free) buf file = {0};
  const struct conf_mark *mark = conf_places_find(&d->places, item_offset(value));
  str line = {"", 0}, text = item_string(value);
  if (!mark || !d->file || file_read(AT_FDCWD, d->file, MAX_FILE, &file, NULL) != PINTLE_OK) return false;
  str rest = buf_str(&file);
  for (uint32_t i = 0; i < mark->line; i++) line = next_line(&rest);
  if (mark->column > line.len || line.ptr[mark->column - 1] != '|') return false;
  size_t own = first_indent(text), there = first_indent(rest);
  for (uint32_t i = 0; i < mark->line; i++) buf_addc(out, '\n');
  while (text.len) {
    line = next_line(&text);
    bool marker = str_starts(line, "---") || str_starts(line, "...") || str_starts(line, "%");
    for (size_t i = own; i < there && line.len && !marker; i++) buf_addc(out, ' ');
    buf_adds(out, line);
    buf_addc(out, '\n');
  }
  return true;
}

static pintle_status one_document(const conf_set *s, const char *what, error *e) {
  char place[CONF_PLACE_SIZE];
  if (s->n == 1) return PINTLE_OK;
  error_set(e, PINTLE_INVALID, s->n ? "%s: more than one document" : "%s: there is nothing in it", what);
  if (s->n) error_place(e, "%s", conf_place(s->v[1], NULL, place, sizeof place));
  return PINTLE_INVALID;
}

pintle_status conf_rules_nested(const conf_document *d, const item_node *value, const char *what, conf_set *out, error *e) {
  CLEANUP(buf_free) buf text = {0};
  CLEANUP(buf_free) buf name = {0};
  char place[CONF_PLACE_SIZE];
  *out = (conf_set){0};
  if (as_in_file(d, value, &text)) buf_addz(&name, d->file);
  else {
    buf_clear(&text);
    buf_adds(&text, item_string(value));
    buf_printf(&name, "%s, key %s", conf_place(d, value, place, sizeof place), item_key(value).ptr);
  }
  pintle_status st = text.failed || name.failed ? error_nomem(e) : conf_set_add(out, buf_z(&name), buf_str(&text), e);
  if (st == PINTLE_OK && (st = one_document(out, what, e)) != PINTLE_OK && e && !e->place[0]) error_place(e, "%s", buf_z(&name));
  if (st != PINTLE_OK) conf_set_free(out);
  return st;
}

static pintle_status of_config_map(const conf_document *d, const char *what, conf_set *out, error *e) {
  const item_node *data = item_at(d->doc, "/data");
  str map = item_str(d->doc, "/metadata/name", "");
  if (item_count(data) == 1) return conf_rules_nested(d, item_first(data), what, out, e);
  return conf_fault(d, data, e, "ConfigMap \"%.*s\" has %zu keys under data; %s must have one", (int)map.len, map.ptr, item_count(data),
                    what);
}

static bool is_config_map(const conf_document *d) { return str_is(item_str(d->doc, "/kind", ""), "ConfigMap"); }

static pintle_status of_file(const char *path, const char *what, conf_set *out, error *e) {
  conf_set file = {0};
  pintle_status st = conf_set_load(&file, path, e);
  if (st == PINTLE_OK && (st = one_document(&file, what, e)) != PINTLE_OK && e && !e->place[0]) error_place(e, "%s", path);
  if (st == PINTLE_OK && !is_config_map(file.v[0])) {
    *out = file;
    return st;
  }
  if (st == PINTLE_OK) st = conf_check(file.v[0], e);
  if (st == PINTLE_OK) st = of_config_map(file.v[0], what, out, e);
  conf_set_free(&file);
  return st;
}

pintle_status conf_rules_load(const conf_set *set, const char *name, const char *what, conf_set *out, error *e) {
  const conf_document *d = NULL;
  *out = (conf_set){0};
  pintle_status st = conf_set_find(set, "", "ConfigMap", name, &d, e);
  if (st == PINTLE_NOT_FOUND && access(name, F_OK) == 0) {
    if (e) error_clear(e);
    st = of_file(name, what, out, e);
  } else if (st == PINTLE_OK) st = of_config_map(d, what, out, e);
  else if (st == PINTLE_NOT_FOUND && e && !e->hint[0]) error_hint(e, "nor is there a file of that name");
  if (st != PINTLE_OK) {
    conf_set_free(out);
    error_wrap(e, "%s", what);
  }
  return st;
}
