/* target.c -- see target.h.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/target.h"
#include "archive/archive.h"
#include "base/file.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct engine_target {
  int root, dir; /* dir: of the last item */
  char last[1400];
  bool by_rename; /* a file cannot be made without a name there */
  item_doc *doc, *old;
  buf text, existing, path;
};

#define UNFINISHED ".tmp-" /* in the root of the target, where the next restore finds what a killed one left */

static void remove_left(int root) {
  int own = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *d = own >= 0 ? fdopendir(own) : NULL;
  if (!d) close_p(&own);
  for (const struct dirent *i; d && (i = readdir(d));)
    if (str_starts(str_of(i->d_name), UNFINISHED)) file_remove_dead(root, i->d_name);
  if (d) closedir(d);
}

pintle_status engine_target_open(const char *path, engine_target **out, error *e) {
  engine_target *t = calloc(1, sizeof *t);
  if (!t) return error_nomem(e);
  t->root = t->dir = -1;
  pintle_status st = item_new(&t->doc) == PINTLE_OK && item_new(&t->old) == PINTLE_OK ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK) st = file_mkdirs(AT_FDCWD, path, e);
  if (st == PINTLE_OK) st = file_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, &t->root, e);
  if (st != PINTLE_OK) return engine_target_close(t), st;
  remove_left(t->root);
  *out = t;
  return PINTLE_OK;
}

void engine_target_close(engine_target *t) {
  if (!t) return;
  close_p(&t->root);
  close_p(&t->dir);
  item_free(t->doc);
  item_free(t->old);
  buf_free(&t->text);
  buf_free(&t->existing);
  buf_free(&t->path);
  free(t);
}

/* One component, made when absent; a link is not followed. */
static pintle_status step(int from, const char *name, int *to, error *e) {
  if (mkdirat(from, name, 0755) != 0 && errno != EEXIST) return error_errno(e, errno, "cannot make directory %s", name);
  return file_open(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, to, e);
}

static pintle_status enter(engine_target *t, const char *ns, const char *gr, error *e) {
  char key[1400];
  CLEANUP(close_p) int scope = -1;
  int dir = -1;
  snprintf(key, sizeof key, "%s/%s", ns, gr);
  if (t->dir >= 0 && strcmp(key, t->last) == 0) return PINTLE_OK;
  pintle_status st = step(t->root, ns, &scope, e);
  if (st == PINTLE_OK) st = step(scope, gr, &dir, e);
  if (st != PINTLE_OK) return st;
  close_p(&t->dir);
  t->dir = dir;
  memcpy(t->last, key, sizeof key);
  return PINTLE_OK;
}

/* The last part of the archive's path has the rule for long names. */
static const char *file_name(engine_target *t, str name) {
  buf_clear(&t->path);
  archive_path_make(STR("x"), STR(""), false, STR(""), name, &t->path);
  const char *slash = t->path.failed ? NULL : strrchr(t->path.data, '/');
  return slash ? slash + 1 : NULL;
}

/* What is there and can be read; else there is nothing to be kept of it, and it counts as different. */
static pintle_status look(engine_target *t, const char *name, bool *exists, bool *readable, error *e) {
  *exists = *readable = false;
  buf_clear(&t->existing);
  pintle_status st = file_read(t->dir, name, (size_t)64 << 20, &t->existing, e);
  if (st == PINTLE_NOT_FOUND) return PINTLE_OK;
  if (st != PINTLE_OK) return st;
  *exists = true;
  *readable = item_parse(t->old, buf_str(&t->existing), 0, NULL, NULL) == PINTLE_OK && item_type(item_root(t->old)) == PINTLE_T_OBJECT;
  return PINTLE_OK;
}

/* A file that gets its name when it is whole: cheaper than a rename, and of a killed run nothing is left. *done: false where that cannot be done. */
static pintle_status create(engine_target *t, const char *name, bool *done, error *e) {
  char self[32];
  CLEANUP(close_p) int fd = t->by_rename ? -1 : openat(t->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
  *done = false;
  pintle_status st = fd < 0 ? PINTLE_OK : file_write(fd, t->text.data, t->text.len, name, e);
  if (st != PINTLE_OK) return st;
  snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
  *done = fd >= 0 && linkat(AT_FDCWD, self, t->dir, name, AT_SYMLINK_FOLLOW) == 0;
  t->by_rename = !*done;
  return PINTLE_OK;
}

static pintle_status replace(engine_target *t, const char *name, error *e) {
  CLEANUP(close_p) int fd = -1;
  char temp[64];
  pintle_status st = PINTLE_NOT_FOUND;
  for (int i = 0; i < 5 && st == PINTLE_NOT_FOUND; i++) st = file_unfinished(t->root, UNFINISHED, 0644, temp, &fd, e);
  if (st != PINTLE_OK) return error_wrap(e, "writing %s/%s", t->last, name);
  st = file_write(fd, t->text.data, t->text.len, name, e);
  if (st == PINTLE_OK && renameat(t->root, temp, t->dir, name) != 0) st = error_errno(e, errno, "cannot rename to %s/%s", t->last, name);
  if (st != PINTLE_OK) unlinkat(t->root, temp, 0);
  return st;
}

/* What is written can be read again: indented, unless the next look would find it too large. */
static pintle_status print(engine_target *t, error *e) {
  buf_clear(&t->text);
  pintle_status st = item_print(t->doc, NULL, ITEM_PRINT_PRETTY, &t->text);
  if (st == PINTLE_OK && t->text.len >= ITEM_MAX_BYTES) buf_clear(&t->text), st = item_print(t->doc, NULL, 0, &t->text);
  buf_addc(&t->text, '\n');
  return st == PINTLE_OK && !t->text.failed ? PINTLE_OK : error_nomem(e);
}

static pintle_status decide(engine_target *t, const kube_type *type, const char *file, bool update, int *what, error *e) {
  bool exists, readable, write = true, done = false;
  pintle_status st = look(t, file, &exists, &readable, e);
  if (st != PINTLE_OK) return st;
  *what = !exists ? ENGINE_CREATED : update ? ENGINE_UPDATED : ENGINE_EXISTS;
  if (exists && !readable) write = update;
  if (readable && engine_existing(type, t->old, t->doc, update, what, &write) != PINTLE_OK) return error_nomem(e);
  if (!write || (st = print(t, e)) != PINTLE_OK) return st;
  if (!exists) st = create(t, file, &done, e);
  return st == PINTLE_OK && !done ? replace(t, file, e) : st;
}

pintle_status engine_target_put(engine_target *t, const kube_type *type, str ns, str name, str text, bool update, int *what, error *e) {
  char scope[300];
  buf gr = {0};
  snprintf(scope, sizeof scope, "%.*s", (int)ns.len, ns.ptr);
  kube_type_gr(type, &gr);
  pintle_status st = gr.failed ? error_nomem(e) : item_parse(t->doc, text, 0, NULL, e);
  if (st == PINTLE_OK) st = enter(t, ns.len ? scope : "_cluster", buf_z(&gr), e);
  const char *file = st == PINTLE_OK ? file_name(t, name) : NULL;
  if (st == PINTLE_OK && !file) st = error_nomem(e);
  if (st == PINTLE_OK) st = decide(t, type, file, update, what, e);
  buf_free(&gr);
  return st;
}

pintle_status engine_target_has(engine_target *t, const kube_type *type, str ns, str name, bool *has, error *e) {
  CLEANUP(buf_free) buf path = {0};
  struct stat s;
  const char *file = file_name(t, name);
  buf_adds(&path, ns.len ? ns : STR("_cluster"));
  buf_addc(&path, '/');
  kube_type_gr(type, &path);
  buf_printf(&path, "/%s", file ? file : "");
  if (!file || path.failed) return error_nomem(e);
  *has = fstatat(t->root, path.data, &s, AT_SYMLINK_NOFOLLOW) == 0;
  return *has || errno == ENOENT || errno == ENOTDIR ? PINTLE_OK : error_errno(e, errno, "cannot look at %s", path.data);
}

pintle_status engine_target_sync(engine_target *t, error *e) {
  return syncfs(t->root) == 0 ? PINTLE_OK : error_errno(e, errno, "cannot sync the target directory");
}
