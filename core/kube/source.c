/* source.c -- see source.h; here: life, reading and finding. source_read.c walks files, source_list.c takes documents apart,
 * source_finish.c resolves.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/source_impl.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

pintle_status kube_source_new(const kube_source_options *options, kube_source **out, error *e) {
  kube_source *s = calloc(1, sizeof *s);
  if (!s) return error_nomem(e);
  s->options = *options;
  s->max_bytes = options->limits.max_bytes ? options->limits.max_bytes : ITEM_MAX_BYTES;
  s->spool = (kube_spool){.dir = options->temp_dir, .fd = -1};
  s->fd = s->dir_fd = -1;
  s->open_file = s->open_dir = SOURCE_NONE;
  if (getrandom(&s->seed, sizeof s->seed, GRND_NONBLOCK) != (ssize_t)sizeof s->seed) s->seed = (uint64_t)(uintptr_t)s * 0x9e3779b97f4a7c15u;
  s->spaces.seed = s->names.seed = s->kinds.seed = s->seed;
  if (item_new(&s->doc) != PINTLE_OK || pthread_mutex_init(&s->lock, NULL) != 0) {
    item_free(s->doc);
    free(s);
    return error_nomem(e);
  }
  *out = s;
  return PINTLE_OK;
}

void kube_source_free(kube_source *s) {
  if (!s) return;
  free(s->chunks);
  arena_free(&s->memory);
  free(s->files);
  free(s->archived);
  free(s->table);
  free(s->resources);
  free(s->resource_of);
  kube_intern_free(&s->kinds);
  kube_intern_free(&s->spaces);
  kube_intern_free(&s->names);
  kube_intern_free(&s->dirs);
  kube_pool_free(&s->pool);
  kube_spool_close(&s->spool);
  arena_free(&s->arena);
  buf_free(&s->text);
  buf_free(&s->other);
  buf_free(&s->patched);
  item_free(s->doc);
  close_p(&s->fd);
  close_p(&s->dir_fd);
  pthread_mutex_destroy(&s->lock);
  free(s);
}

void source_report(kube_source *s, int32_t severity, const char *place, const char *format, ...) {
  char text[sizeof((error *)0)->message + 500];
  va_list ap;
  if (!s->options.report) return;
  va_start(ap, format);
  int n = vsnprintf(text, sizeof text, format, ap);
  va_end(ap);
  if (n >= 0) s->options.report(s->options.ctx, severity, place, text);
}

bool source_cancelled(kube_source *s) { return s->options.cancelled && ++s->asked % 32 == 0 && s->options.cancelled(s->options.ctx); }

uint64_t source_check(const struct stat *st) {
  const uint64_t v[4] = {(uint64_t)st->st_ino, (uint64_t)st->st_size, (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec};
  return kube_hash(0, (str){(const char *)v, sizeof v});
}

/* ---- what is asked of a finished source */
size_t kube_source_count(const kube_source *s) { return s->n; }

/* What stands in front of the text, behind its brace. */
static void prefix(const source_entry *x, const kube_type *type, buf *out) {
  if (x->flags & SOURCE_ADD_API) {
    buf_addz(out, "\"apiVersion\":\"");
    kube_type_api_version(type, out);
    buf_addz(out, "\",");
  }
  if (x->flags & SOURCE_ADD_KIND) buf_printf(out, "\"kind\":\"%s\",", type->kind);
}

void kube_source_get(const kube_source *s, size_t i, kube_entry *out) {
  const source_entry *x = source_at(s, i);
  *out = (kube_entry){.type = kube_types_get(s->options.types, x->type), .length = x->length};
  out->ns = kube_intern_at(&s->spaces, &s->pool, x->ns);
  out->name = (str){kube_pool_at(&s->pool, x->name), x->name_len};
  out->verbatim = x->flags & SOURCE_VERBATIM, out->deleting = x->flags & SOURCE_DELETING, out->excluded = x->flags & SOURCE_EXCLUDED;
  out->alone = x->alone, out->copies = x->copies;
  if (x->flags & (SOURCE_ADD_API | SOURCE_ADD_KIND)) {
    CLEANUP(buf_free) buf b = {0};
    prefix(x, out->type, &b);
    out->length += (uint32_t)b.len;
  }
}

/* The file's name; '/' in it stands for the item's. */
static void file_name(const kube_source *s, const source_file *f, const source_entry *x, buf *out) {
  str name = kube_intern_at(&s->names, &s->pool, f->name);
  const char *gap = f->dir == SOURCE_NONE ? NULL : memchr(name.ptr, f->dir == SOURCE_IN_ARCHIVE ? 1 : '/', name.len);
  if (!gap) {
    buf_adds(out, name);
    return;
  }
  buf_add(out, name.ptr, (size_t)(gap - name.ptr));
  buf_add(out, kube_pool_at(&s->pool, x->name), x->name_len);
  buf_addz(out, gap + 1);
}

void source_file_path(const kube_source *s, uint32_t file, const source_entry *item, buf *out) {
  const source_file *f = &s->files[file];
  if (f->dir != SOURCE_NONE && f->dir != SOURCE_IN_ARCHIVE) {
    str dir = kube_intern_at(&s->dirs, &s->pool, f->dir);
    buf_adds(out, dir);
    if (!str_ends(dir, "/")) buf_addc(out, '/');
  }
  file_name(s, f, item, out);
}

void kube_source_place(const kube_source *s, size_t i, buf *out) {
  const source_entry *x = source_at(s, i);
  if (x->file == SOURCE_NONE) return;
  source_file_path(s, x->file, x, out);
  if (x->line) buf_printf(out, ":%u", x->line);
}

/* s->fd becomes the item's file. */
static pintle_status open_file(kube_source *s, const source_entry *x, error *e) {
  const source_file *f = &s->files[x->file];
  CLEANUP(buf_free) buf name = {0};
  if (s->open_file == x->file) return PINTLE_OK;
  close_p(&s->fd);
  s->open_file = SOURCE_NONE;
  if (f->dir != SOURCE_NONE && s->open_dir != f->dir) {
    close_p(&s->dir_fd);
    s->open_dir = SOURCE_NONE;
    pintle_status st = file_open(AT_FDCWD, kube_intern_at(&s->dirs, &s->pool, f->dir).ptr, O_RDONLY | O_DIRECTORY, 0, &s->dir_fd, e);
    if (st != PINTLE_OK) return st;
    s->open_dir = f->dir;
  }
  file_name(s, f, x, &name);
  const char *path = buf_z(&name);
  if (name.failed) return error_nomem(e);
  pintle_status st = file_open(f->dir == SOURCE_NONE ? AT_FDCWD : s->dir_fd, path, O_RDONLY | O_NONBLOCK, 0, &s->fd, e);
  if (st == PINTLE_OK) s->open_file = x->file;
  return st;
}

/* Length bytes from the item's file to the end of *out. CONFLICT when it is not the file that was indexed. */
static pintle_status read_file(kube_source *s, const source_entry *x, buf *out, error *e) {
  struct stat now;
  pintle_status st = open_file(s, x, e);
  if (st == PINTLE_OK && file_pread(s->fd, out->data + out->len, x->length, source_offset(x), NULL) != PINTLE_OK) st = PINTLE_CONFLICT;
  if (st == PINTLE_OK && (fstat(s->fd, &now) != 0 || source_check(&now) != s->files[x->file].check)) st = PINTLE_CONFLICT;
  if (st == PINTLE_OK) out->len += x->length;
  if (st != PINTLE_CONFLICT && st != PINTLE_NOT_FOUND) return st;
  close_p(&s->fd);
  s->open_file = SOURCE_NONE;
  CLEANUP(buf_free) buf path = {0};
  source_file_path(s, x->file, x, &path);
  error_set(e, PINTLE_CONFLICT, "the file was changed or removed after it was read first");
  error_place(e, "%s", buf_z(&path));
  error_hint(e, "leave the files alone until the run has ended, and run again");
  return PINTLE_CONFLICT;
}

pintle_status source_text(kube_source *s, const source_entry *x, buf *out, error *e) {
  if (!buf_reserve(out, x->length)) return error_nomem(e);
  if (x->flags & SOURCE_SPOOLED) return kube_spool_read(&s->spool, source_offset(x), x->length, out, e);
  pthread_mutex_lock(&s->lock);
  pintle_status st = read_file(s, x, out, e);
  pthread_mutex_unlock(&s->lock);
  return st;
}

pintle_status kube_source_read(const kube_source *source, size_t i, buf *out, error *e) {
  kube_source *s = (kube_source *)(uintptr_t)source; /* only the descriptors that are open change, under the lock */
  const source_entry *x = source_at(s, i);
  size_t before = out->len;
  bool add = x->flags & (SOURCE_ADD_API | SOURCE_ADD_KIND);
  if (add) {
    buf_addc(out, '{');
    prefix(x, kube_types_get(s->options.types, x->type), out);
  }
  size_t brace = out->len; /* the text's own is taken out again */
  pintle_status st = out->failed ? error_nomem(e) : source_text(s, x, out, e);
  if (st == PINTLE_OK && add) {
    memmove(out->data + brace, out->data + brace + 1, out->len - brace - 1);
    out->len--;
  }
  if (st != PINTLE_OK) out->len = before;
  if (out->data) out->data[out->len] = 0;
  return st;
}
