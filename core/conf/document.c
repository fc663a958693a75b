/* document.c -- configuration files read into documents; see document.h.  SPDX-License-Identifier: Apache-2.0 */
#include "conf/document.h"
#include "base/file.h"
#include "base/nearest.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_yaml(conf_yaml **y) {
  if (*y) conf_yaml_close(*y);
}

static bool set_room(conf_set *s) {
  if (s->n < s->cap) return true;
  size_t cap = s->cap ? s->cap * 2 : 8;
  conf_document **v = reallocarray(s->v, cap, sizeof *v);
  if (!v) return false;
  s->v = v, s->cap = cap;
  return true;
}

/* Takes over *places. */
static pintle_status add_document(conf_set *s, const char *file, str json, conf_places *places, error *e) {
  conf_document *d = arena_zalloc(&s->memory, sizeof *d);
  if (!d || !set_room(s)) return error_nomem(e);
  if (item_new(&d->doc) != PINTLE_OK) return error_nomem(e);
  d->file = file;
  pintle_status st = item_parse(d->doc, json, ITEM_UNIQUE_KEYS, NULL, e);
  if (st != PINTLE_OK) {
    item_free(d->doc);
    if (st == PINTLE_INVALID) error_place(e, "%s", file);
    return st;
  }
  item_set_readonly(d->doc, true);
  d->places = *places;
  *places = (conf_places){0};
  s->v[s->n++] = d;
  return PINTLE_OK;
}

static pintle_status add_stream(conf_set *s, int fd, str text, const char *name, error *e) {
  CLEANUP(close_yaml) conf_yaml *y = NULL;
  CLEANUP(buf_free) buf json = {0};
  uint32_t line;
  const char *file = arena_dup(&s->memory, name);
  if (!file) return error_nomem(e);
  pintle_status st = conf_yaml_open(fd, text, file, NULL, &y, e);
  while (st == PINTLE_OK) {
    conf_places places = {0};
    buf_clear(&json);
    st = conf_yaml_next(y, &json, &places, &line, e);
    if (st == PINTLE_OK) st = json.failed ? error_nomem(e) : add_document(s, file, buf_str(&json), &places, e);
    else if (st == PINTLE_NOT_FOUND) {
      conf_places_free(&places);
      error_clear(e);
      return PINTLE_OK;
    }
    conf_places_free(&places);
  }
  return st;
}

pintle_status conf_set_add(conf_set *s, const char *file, str text, error *e) { return add_stream(s, -1, text, file, e); }

static pintle_status load_file(conf_set *s, int dirfd, const char *path, const char *name, error *e) {
  CLEANUP(close_p) int fd = -1;
  pintle_status st = file_open(dirfd, path, O_RDONLY, 0, &fd, e);
  return st == PINTLE_OK ? add_stream(s, fd, (str){NULL, 0}, name, e) : st;
}

static bool is_configuration(const char *name) {
  str s = str_of(name);
  return name[0] != '.' && (str_ends(s, ".yaml") || str_ends(s, ".yml") || str_ends(s, ".json"));
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

typedef struct name_list {
  char **v;
  size_t n, cap;
  arena memory;
} name_list;

static void names_free(name_list *l) {
  free(l->v);
  arena_free(&l->memory);
}

static void close_dir(DIR **d) {
  if (*d) closedir(*d);
}

static pintle_status read_names(int fd, const char *path, name_list *l, error *e) {
  int own = dup(fd);
  CLEANUP(close_dir) DIR *dir = own >= 0 ? fdopendir(own) : NULL;
  struct dirent *entry;
  struct stat st;
  if (!dir) {
    int why = errno;
    if (own >= 0) close(own);
    return error_errno(e, why, "cannot read directory %s", path);
  }
  for (errno = 0; (entry = readdir(dir)) != NULL; errno = 0) {
    if (!is_configuration(entry->d_name)) continue;
    if (fstatat(fd, entry->d_name, &st, 0) == 0 && !S_ISREG(st.st_mode)) continue; /* a broken link is reported when opened */
    if (l->n == l->cap) {
      size_t cap = l->cap ? l->cap * 2 : 16;
      char **v = reallocarray(l->v, cap, sizeof *v);
      if (!v) return error_nomem(e);
      l->v = v, l->cap = cap;
    }
    if (!(l->v[l->n] = arena_dup(&l->memory, entry->d_name))) return error_nomem(e);
    l->n++;
  }
  if (errno) return error_errno(e, errno, "cannot read directory %s", path);
  if (l->n) qsort(l->v, l->n, sizeof *l->v, by_name);
  return PINTLE_OK;
}

static pintle_status load_directory(conf_set *s, int fd, const char *path, error *e) {
  CLEANUP(names_free) name_list l = {0};
  CLEANUP(buf_free) buf name = {0};
  bool slash = str_ends(str_of(path), "/");
  pintle_status st = read_names(fd, path, &l, e);
  for (size_t i = 0; i < l.n && st == PINTLE_OK; i++) {
    buf_clear(&name);
    buf_printf(&name, "%s%s%s", path, slash ? "" : "/", l.v[i]);
    st = name.failed ? error_nomem(e) : load_file(s, fd, l.v[i], buf_z(&name), e);
    if (st != PINTLE_OK && e && e->place[0] == 0) error_place(e, "%s", buf_z(&name));
  }
  return st;
}

pintle_status conf_set_load(conf_set *s, const char *path, error *e) {
  CLEANUP(close_p) int fd = -1;
  struct stat st;
  if (strcmp(path, "-") == 0) return add_stream(s, STDIN_FILENO, (str){NULL, 0}, "standard input", e);
  pintle_status status = file_open(AT_FDCWD, path, O_RDONLY, 0, &fd, e);
  if (status != PINTLE_OK) return status;
  if (fstat(fd, &st) != 0) return error_errno(e, errno, "cannot read %s", path);
  if (S_ISDIR(st.st_mode)) return load_directory(s, fd, path, e);
  return add_stream(s, fd, (str){NULL, 0}, path, e);
}

void conf_set_free(conf_set *s) {
  for (size_t i = 0; i < s->n; i++) {
    item_free(s->v[i]->doc);
    conf_places_free(&s->v[i]->places);
  }
  free(s->v);
  arena_free(&s->memory);
  *s = (conf_set){0};
}

/* ---- places */

static char *print_mark(const conf_document *d, const struct conf_mark *m, char *to, size_t size) {
  const char *file = d->file ? d->file : "";
  if (m) snprintf(to, size, "%s:%u:%u", file, m->line, m->column);
  else snprintf(to, size, "%s", file);
  return to;
}

static const struct conf_mark *mark_of(const conf_document *d, const item_node *node) {
  uint32_t offset = node ? item_offset(node) : 0;
  return offset == UINT32_MAX ? NULL : conf_places_find(&d->places, offset);
}

char *conf_place(const conf_document *d, const item_node *node, char *to, size_t size) {
  if (!d) return to[0] = 0, to;
  return print_mark(d, mark_of(d, node), to, size);
}

/* The text is canonical: a key stands right before its value, as "key": */
char *conf_place_key(const conf_document *d, const item_node *node, char *to, size_t size) {
  if (!d) return to[0] = 0, to;
  CLEANUP(buf_free) buf key = {0};
  const struct conf_mark *value = mark_of(d, node), *m = NULL;
  str k = node ? item_key(node) : (str){NULL, 0};
  buf_json(&key, k);
  if (node && value && k.len && !key.failed && item_offset(node) > key.len) {
    uint32_t offset = item_offset(node) - (uint32_t)key.len - 1;
    m = conf_places_find(&d->places, offset);
    if (m && m->offset != offset) m = NULL;
  }
  return print_mark(d, m ? m : value, to, size);
}

/* ---- finding */

bool conf_is(const conf_document *d, const char *api_group, const char *kind) {
  str version = item_str(d->doc, "/apiVersion", "");
  size_t group = 0;
  for (size_t i = 0; i < version.len; i++)
    if (version.ptr[i] == '/') group = i;
  return str_is((str){version.ptr, group}, api_group) && str_is(item_str(d->doc, "/kind", ""), kind);
}

static pintle_status not_found(const conf_set *s, const char *api_group, const char *kind, const char *name, size_t n, error *e) {
  const char *known[64];
  size_t k = 0;
  CLEANUP(buf_free) buf list = {0};
  error_set(e, PINTLE_NOT_FOUND, name ? "no %s named \"%s\" in the configuration" : "no %s in the configuration", kind, name);
  for (size_t i = 0; i < s->n && k < 64 && n; i++)
    if (conf_is(s->v[i], api_group, kind)) known[k++] = item_str(s->v[i]->doc, "/metadata/name", "").ptr;
  const char *near = name ? nearest(str_of(name), known, k) : NULL;
  if (near) error_hint(e, "did you mean \"%s\"?", near);
  else if (k) {
    for (size_t i = 0; i < k; i++) buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
    error_hint(e, "there is: %s", buf_z(&list));
  }
  return PINTLE_NOT_FOUND;
}

pintle_status conf_set_find(const conf_set *s, const char *api_group, const char *kind, const char *name, const conf_document **out,
                            error *e) {
  const conf_document *found = NULL;
  char first[600], second[600];
  size_t n = 0;
  for (size_t i = 0; i < s->n; i++) {
    const conf_document *d = s->v[i];
    if (!conf_is(d, api_group, kind)) continue;
    n++;
    if (name && !str_is(item_str(d->doc, "/metadata/name", ""), name)) continue;
    if (found) {
      error_set(e, PINTLE_CONFLICT, name ? "%s \"%s\" is there twice, first at %s" : "there is more than one %s%s, the first at %s", kind,
                name ? name : "", conf_place(found, NULL, first, sizeof first));
      if (!name) error_hint(e, "say which by its name");
      error_place(e, "%s", conf_place(d, NULL, second, sizeof second));
      return PINTLE_CONFLICT;
    }
    found = d;
  }
  if (!found) return not_found(s, api_group, kind, name, n, e);
  *out = found;
  return PINTLE_OK;
}
