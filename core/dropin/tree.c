/* tree.c -- see tree.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/tree.h"
#include "base/buf.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 32 };

static int by_bytes(const struct dirent **x, const struct dirent **y) { return strcmp((*x)->d_name, (*y)->d_name); }
static int no_dots(const struct dirent *x) { return strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0; }

typedef struct walk {
  void (*each)(void *ctx, const char *path, const struct stat *st);
  void *ctx;
} walk;

static pintle_status enter(const walk *w, const char *directory, unsigned depth, error *e) {
  struct dirent **v = NULL;
  int n = scandir(directory, &v, no_dots, by_bytes);
  if (n < 0) return error_errno(e, errno, "cannot read %s", directory);
  pintle_status st = PINTLE_OK;
  for (int i = 0; i < n; i++) {
    CLEANUP(buf_free) buf path = {0};
    struct stat s;
    buf_printf(&path, "%s%s%s", directory, strcmp(directory, "/") == 0 ? "" : "/", v[i]->d_name);
    free(v[i]);
    if (st != PINTLE_OK || path.failed || lstat(path.data, &s) != 0) continue;
    if (!S_ISDIR(s.st_mode)) w->each(w->ctx, path.data, &s);
    else if (depth < MOST_DEPTH && enter(w, path.data, depth + 1, NULL) != PINTLE_OK) w->each(w->ctx, path.data, &s);
  }
  free(v);
  return st;
}

pintle_status dropin_tree_walk(const char *directory, void (*each)(void *ctx, const char *path, const struct stat *st), void *ctx,
                               error *e) {
  const walk w = {each, ctx};
  return enter(&w, directory, 0, e);
}

bool dropin_tree_executed(const char *path, const struct stat *st) {
  if (S_ISDIR(st->st_mode)) return false;
  return st->st_mode & 0111 || str_ends(str_of(path), ".exe") || str_ends(str_of(path), ".EXE");
}

bool dropin_tree_is_pintle(const char *path, const struct stat *st) {
  const char *slash = strrchr(path, '/');
  return dropin_tree_executed(path, st) && strstr(slash ? slash + 1 : path, DROPIN_EXECUTABLE) != NULL;
}

typedef struct first {
  char *to;
  size_t size;
} first;

static void look(void *ctx, const char *path, const struct stat *st) {
  const first *f = ctx;
  if (!f->to[0] && dropin_tree_is_pintle(path, st)) snprintf(f->to, f->size, "%s", path);
}

char *dropin_tree_first(const char *directory, char *to, size_t size) {
  first f = {to, size};
  to[0] = 0;
  dropin_tree_walk(directory, look, &f, NULL);
  return to;
}
