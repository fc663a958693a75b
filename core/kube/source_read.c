/* source_read.c -- files and directories of manifests, read into the index of a source.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/scan.h"
#include "kube/source_impl.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define WHOLE_FILE ((int64_t)1 << 20) /* larger ones are streamed */
#define PATH_MAX_BYTES 4000u
#define DIR_DEPTH 100u

enum { OTHER = 0, JSON, YAML };

static int kind_of_name(str name) {
  if (str_ends(name, ".json")) return JSON;
  return str_ends(name, ".yaml") || str_ends(name, ".yml") ? YAML : OTHER;
}

/* ---- one file */
typedef struct manifest {
  int fd, dir_fd;
  uint32_t dir; /* in dirs, or NONE */
  str name;     /* in it */
  const char *path;
  int kind;
  struct stat st;
} manifest;

/* The usual case, done fast: a JSON file with one item. *done: it was one. */
static pintle_status one_item(kube_source *s, const manifest *m, str text, bool *done, error *e) {
  kube_skim skim;
  str rest = text;
  *done = false;
  if (rest.len >= 3 && memcmp(rest.ptr, "\xef\xbb\xbf", 3) == 0) rest.ptr += 3, rest.len -= 3;
  const char *from = kube_scan_space(rest.ptr, rest.ptr + rest.len), *end = rest.ptr + rest.len;
  while (end > from && end[-1] && strchr(" \n\r\t", end[-1])) end--;
  rest = (str){from, (size_t)(end - from)};
  arena_reset(&s->arena);
  if (rest.len > s->max_bytes || kube_skim_item(rest, &s->arena, &skim, NULL) != PINTLE_OK || str_ends(skim.kind, "List")) return PINTLE_OK;
  if (memchr(skim.kind.ptr, 0, skim.kind.len) || memchr(skim.api_version.ptr, 0, skim.api_version.len)) return PINTLE_OK;
  source_where at = {.line = 1, .column = 1, .offset = from - text.ptr};
  for (const char *p = text.ptr; p < from; p++) at.line += *p == '\n';
  at.file = source_new_file(s, m->dir, source_template(s, m->name, m->dir == SOURCE_NONE ? STR("") : skim.name, '/'), &m->st);
  str key = source_kind_key(s, skim.api_version, skim.kind, STR(""));
  if (at.file == SOURCE_NONE || s->patched.failed) return error_nomem(e);
  *done = true;
  return source_add(s, &skim, key, 0, &at, rest.len, e);
}

/* Documents from text, or when that is NULL from the file. */
static pintle_status many_items(kube_source *s, const manifest *m, const str *text, bool in_place, error *e) {
  conf_yaml *y = NULL;
  source_where at = {.line = 1, .column = 1};
  str none = STR("");
  at.file = source_new_file(s, m->dir, m->name, &m->st);
  if (at.file == SOURCE_NONE) return error_nomem(e);
  pintle_status st = conf_yaml_open(text ? -1 : m->fd, text ? *text : none, m->path, &s->options.limits, &y, e);
  if (st != PINTLE_OK) return st;
  if (m->kind == JSON) conf_yaml_json_only(y);
  uint32_t before = s->n;
  st = source_documents(s, y, &at, m->path, in_place, e);
  conf_yaml_close(y);
  if (st == PINTLE_OK && s->n == before) s->n_files--; /* nothing refers to it */
  return st;
}

/* The whole of a small file in s->text. false: it could not be read, or grew. */
static bool read_small(kube_source *s, const manifest *m) {
  size_t room = (size_t)m->st.st_size + 1;
  buf_clear(&s->text);
  if (!buf_reserve(&s->text, room)) return false;
  for (;;) {
    ssize_t n = read(m->fd, s->text.data + s->text.len, room - s->text.len);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    s->text.len += (size_t)n;
    if (n == 0 || s->text.len == (size_t)m->st.st_size) break;
    if (s->text.len == room) return false;
  }
  s->text.data[s->text.len] = 0;
  return s->text.len == (size_t)m->st.st_size;
}

static pintle_status read_manifest(kube_source *s, manifest *m, error *e) {
  bool regular = S_ISREG(m->st.st_mode), done = false;
  if (!regular || m->st.st_size > WHOLE_FILE) return many_items(s, m, NULL, regular, e);
  if (!read_small(s, m)) {
    int number = errno;
    if (lseek(m->fd, 0, SEEK_SET) == 0 && fstat(m->fd, &m->st) == 0) return many_items(s, m, NULL, true, e);
    source_report(s, PINTLE_LOG_ERROR, m->path, "cannot read the file: %s", strerror(number));
    return PINTLE_OK;
  }
  str text = buf_str(&s->text);
  if (m->kind == JSON && text.len == 0) { /* cut off, or never written: worth an error, though kubectl passes over it */
    source_report(s, PINTLE_LOG_ERROR, m->path, "the file is empty, which is no JSON");
    return PINTLE_OK;
  }
  if (m->kind == JSON) {
    pintle_status st = one_item(s, m, text, &done, e);
    if (st != PINTLE_OK || done) return st;
  }
  buf own = s->text; /* the buffer is used again below */
  s->text = (buf){0};
  pintle_status st = many_items(s, m, &text, true, e);
  buf_free(&s->text);
  s->text = own;
  return st;
}

/* ---- directories */
typedef struct listing {
  char **v;
  size_t n, cap;
  arena names;
} listing;

static void listing_free(listing *l) {
  free(l->v);
  arena_free(&l->names);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a + 1, *(char *const *)b + 1); }

/* Names in byte order, each with its d_type in front. */
static pintle_status list_directory(DIR *dir, const char *path, listing *l, error *e) {
  for (;;) {
    errno = 0;
    const struct dirent *d = readdir(dir);
    if (!d && errno) return error_errno(e, errno, "cannot read directory %s", path);
    if (!d) break;
    if (d->d_name[0] == '.') continue;
    if (l->n == l->cap) {
      size_t cap = l->cap ? l->cap * 2 : 256;
      char **v = realloc(l->v, cap * sizeof *v);
      if (!v) return error_nomem(e);
      l->v = v, l->cap = cap;
    }
    size_t n = strlen(d->d_name);
    char *name = arena_alloc(&l->names, n + 2);
    if (!name) return error_nomem(e);
    name[0] = (char)d->d_type;
    memcpy(name + 1, d->d_name, n + 1);
    l->v[l->n++] = name;
  }
  if (l->n) qsort(l->v, l->n, sizeof *l->v, by_name);
  return PINTLE_OK;
}

typedef struct walk {
  kube_source *s;
  buf path; /* of the directory, with a slash behind */
  uint32_t depth;
  error *e;
} walk;

static pintle_status walk_directory(walk *w, int fd);

/* An entry that is neither a file nor a directory, or cannot be looked at. */
static pintle_status odd(walk *w, const char *path, int kind, const char *what) {
  source_report(w->s, kind == OTHER ? PINTLE_LOG_WARN : PINTLE_LOG_ERROR, path, "%s", what);
  return PINTLE_OK;
}

static pintle_status enter(walk *w, int dir_fd, const char *name, const char *path) {
  int fd = -1;
  error why;
  if (w->depth == DIR_DEPTH) return odd(w, path, YAML, "directories are nested too deep; this one is left out");
  pintle_status st = file_open(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, &fd, &why);
  if (st != PINTLE_OK) return odd(w, path, YAML, why.message);
  size_t length = w->path.len;
  buf_addz(&w->path, name);
  buf_addc(&w->path, '/');
  w->depth++;
  st = w->path.failed ? error_nomem(w->e) : walk_directory(w, fd);
  w->depth--;
  w->path.len = length;
  return st;
}

static pintle_status file_in(walk *w, int dir_fd, uint32_t dir, const char *name, const char *path, int kind) {
  CLEANUP(close_p) int fd = -1;
  error why;
  pintle_status st = file_open(dir_fd, name, O_RDONLY | O_NONBLOCK, 0, &fd, &why);
  manifest m = {.fd = fd, .dir_fd = dir_fd, .dir = dir, .name = str_of(name), .path = path, .kind = kind};
  if (st != PINTLE_OK) return odd(w, path, YAML, why.message);
  if (fstat(fd, &m.st) != 0) return odd(w, path, YAML, strerror(errno));
  if (!S_ISREG(m.st.st_mode)) return odd(w, path, YAML, "this is no regular file");
  return read_manifest(w->s, &m, w->e);
}

static pintle_status entry(walk *w, int dir_fd, uint32_t dir, unsigned char type, const char *name) {
  struct stat st;
  int kind = kind_of_name(str_of(name));
  CLEANUP(buf_free) buf path = {0};
  buf_adds(&path, buf_str(&w->path));
  buf_addz(&path, name);
  if (path.failed) return error_nomem(w->e);
  if (source_cancelled(w->s)) return error_set(w->e, PINTLE_CANCELLED, "cancelled");
  if (path.len > PATH_MAX_BYTES) return odd(w, path.data, YAML, "the path is too long");
  bool link = type == DT_LNK;
  if (type == DT_UNKNOWN) {
    if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return odd(w, path.data, kind, strerror(errno));
    type = S_ISREG(st.st_mode) ? DT_REG : S_ISDIR(st.st_mode) ? DT_DIR : DT_FIFO;
    link = S_ISLNK(st.st_mode);
  }
  if (link) {
    if (fstatat(dir_fd, name, &st, 0) != 0) return kind == OTHER ? PINTLE_OK : odd(w, path.data, kind, "the link leads nowhere");
    if (S_ISDIR(st.st_mode)) return odd(w, path.data, OTHER, "a link to a directory is not followed");
    type = S_ISREG(st.st_mode) ? DT_REG : DT_FIFO;
  }
  if (type == DT_DIR) return enter(w, dir_fd, name, path.data);
  if (type != DT_REG) return odd(w, path.data, kind, "this is a FIFO, socket or device, and is not read");
  return kind == OTHER ? PINTLE_OK : file_in(w, dir_fd, dir, name, path.data, kind);
}

/* Takes fd. */
static pintle_status walk_directory(walk *w, int fd) {
  listing l = {0};
  str path = {w->path.data, w->path.len - (w->path.len > 1 ? 1 : 0)};
  uint32_t dir = kube_intern_add(&w->s->dirs, &w->s->pool, path);
  DIR *d = fdopendir(fd);
  if (!d || dir == KUBE_POOL_NONE) {
    if (d) closedir(d);
    else close_p(&fd);
    return error_nomem(w->e);
  }
  pintle_status st = list_directory(d, w->path.data, &l, w->e);
  if (st != PINTLE_OK && st != PINTLE_NOMEM && w->depth) { /* the others go on */
    st = odd(w, w->path.data, YAML, w->e->message);
    l.n = 0;
  }
  for (size_t i = 0; st == PINTLE_OK && i < l.n; i++) st = entry(w, dirfd(d), dir, (unsigned char)l.v[i][0], l.v[i] + 1);
  closedir(d);
  listing_free(&l);
  return st;
}

/* ---- what the user named */
static pintle_status add_directory(kube_source *s, const char *path, int fd, error *e) {
  walk w = {.s = s, .e = e};
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  buf_add(&w.path, path, n);
  if (path[n - 1] != '/') buf_addc(&w.path, '/');
  if (w.path.failed) {
    close_p(&fd);
    return error_nomem(e);
  }
  pintle_status st = walk_directory(&w, fd);
  buf_free(&w.path);
  return st;
}

static pintle_status add_stream(kube_source *s, int fd, const char *path, error *e) {
  manifest m = {.fd = fd, .dir_fd = -1, .dir = SOURCE_NONE, .name = str_of(path), .path = path, .kind = OTHER};
  if (fstat(fd, &m.st) != 0) return error_errno(e, errno, "cannot read %s", path);
  return many_items(s, &m, NULL, false, e);
}

pintle_status kube_source_add_path(kube_source *s, const char *path, error *e) {
  CLEANUP(close_p) int fd = -1;
  error own;
  manifest m = {.dir_fd = -1, .dir = SOURCE_NONE, .name = str_of(path), .path = path};
  if (!e) e = &own;
  if (s->finished) return error_set(e, PINTLE_INVALID, "the source is finished");
  if (!*path) return error_set(e, PINTLE_INVALID, "no path is given");
  if (strcmp(path, "-") == 0) return add_stream(s, STDIN_FILENO, "standard input", e);
  if (m.name.len > PATH_MAX_BYTES) return error_set(e, PINTLE_INVALID, "the path is too long: %s", path);
  pintle_status st = file_open(AT_FDCWD, path, O_RDONLY, 0, &fd, e);
  if (st != PINTLE_OK) return st;
  if (fstat(fd, &m.st) != 0) return error_errno(e, errno, "cannot read %s", path);
  if (S_ISDIR(m.st.st_mode)) {
    int dir = fd;
    fd = -1;
    return add_directory(s, path, dir, e);
  }
  if (!S_ISREG(m.st.st_mode)) return add_stream(s, fd, path, e);
  m.fd = fd;
  m.kind = kind_of_name(m.name);
  return read_manifest(s, &m, e);
}
