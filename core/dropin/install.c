/* install.c -- see install.h.  SPDX-License-Identifier: Apache-2.0 */
#include "dropin/install.h"
#include "base/file.h"
#include "dropin/tree.h"
#include "host/registry.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((size_t)1 << 30)
#define NEW "." DROPIN_EXECUTABLE ".new"
/* How a copy knows the version of another without executing it. */
#define MARK "pintle-drop-in-version:"
__attribute__((used)) static const char mark[] = MARK PINTLE_VERSION ";";

typedef struct installing {
  const char *from, *to; /* directories */
  FILE *out;
  error *e;
  pintle_status st;          /* of clear_bits */
  host_registry here, there; /* the plugins of both, for their versions */
} installing;

/* ---- versions */
/* The text behind MARK in the file; "" when it has none. to holds 64 bytes. */
static void version_of(str data, char *to) {
  size_t n = sizeof MARK - 1;
  to[0] = 0;
  for (const char *at = data.ptr; at && (at = memmem(at, data.len - (size_t)(at - data.ptr), MARK, n)); at += n) {
    const char *v = at + n, *end = memchr(v, ';', data.len - (size_t)(v - data.ptr));
    if (!end || end == v || end - v >= 64 || *v < '0' || *v > '9') continue; /* the word alone, as in the code that looks for it */
    memcpy(to, v, (size_t)(end - v));
    to[end - v] = 0;
    return;
  }
}

/* Numbers are compared as numbers: 0.10 is newer than 0.9; 1.0-rc1 is older than 1.0. */
static int compare(const char *x, const char *y) {
  while (*x || *y) {
    char *end_x, *end_y;
    bool number_x = *x >= '0' && *x <= '9', number_y = *y >= '0' && *y <= '9';
    if (number_x && number_y) {
      unsigned long long a = strtoull(x, &end_x, 10), b = strtoull(y, &end_y, 10);
      if (a != b) return a < b ? -1 : 1;
      x = end_x, y = end_y;
      continue;
    }
    if (*x != *y) {
      if (*x == '-' || *y == '-') return *x == '-' ? -1 : 1;
      return *x < *y ? -1 : 1;
    }
    x++, y++;
  }
  return 0;
}

/* ---- one file */
static pintle_status join(buf *path, const char *directory, const char *name, error *e) {
  buf_clear(path);
  buf_printf(path, "%s/%s", directory, name);
  return path->failed ? error_nomem(e) : PINTLE_OK;
}

static pintle_status put(const installing *x, const char *name, str data) {
  CLEANUP(buf_free) buf path = {0};
  pintle_status st = join(&path, x->to, name, x->e);
  if (st == PINTLE_OK) st = file_replace(AT_FDCWD, path.data, data, 0644, false, x->e);
  if (st == PINTLE_OK) fprintf(x->out, "%s: copied\n", path.data);
  return st;
}

/* The file that is there already; false: none, or it cannot be read. */
static bool read_there(const installing *x, const char *name, buf *data, struct stat *st) {
  CLEANUP(buf_free) buf path = {0};
  return join(&path, x->to, name, NULL) == PINTLE_OK && stat(path.data, st) == 0 && S_ISREG(st->st_mode) &&
         file_read(AT_FDCWD, path.data, MOST_BYTES, data, NULL) == PINTLE_OK;
}

/* Is the plugin of that file name there, and newer? */
static bool newer_there(const installing *x, const char *name) {
  const host_plugin *from = NULL, *to = NULL;
  for (size_t i = 0; i < x->here.n_plugins; i++)
    if (strcmp(x->here.plugins[i].file, name) == 0) from = &x->here.plugins[i];
  for (size_t i = 0; i < x->there.n_plugins; i++)
    if (strcmp(x->there.plugins[i].file, name) == 0) to = &x->there.plugins[i];
  if (!from || !to || from->reason || to->reason || strcmp(from->name, to->name) != 0 || compare(to->version, from->version) <= 0)
    return false;
  fprintf(x->out, "%s/%s: stays, it is version %s and this is %s\n", x->to, name, to->version, from->version);
  return true;
}

static pintle_status copy(const installing *x, const char *name) {
  CLEANUP(buf_free) buf path = {0}, data = {0}, there = {0};
  struct stat st;
  pintle_status status = join(&path, x->from, name, x->e);
  if (status == PINTLE_OK) status = file_read(AT_FDCWD, path.data, MOST_BYTES, &data, x->e);
  if (status != PINTLE_OK) return status;
  if (newer_there(x, name)) return PINTLE_OK;
  if (read_there(x, name, &there, &st) && str_eq(buf_str(&data), buf_str(&there)) && (st.st_mode & 0777) == 0644) {
    fprintf(x->out, "%s/%s: is there already\n", x->to, name);
    return PINTLE_OK;
  }
  return put(x, name, buf_str(&data));
}

/* Velero executes whatever has an execute bit, also what an install that was killed has left: it gets them when it is whole, under a name that
 * a second pintle knows, so that only one of the two lists plugins. */
static pintle_status put_self(const installing *x, str data) {
  CLEANUP(buf_free) buf path = {0}, new = {0};
  pintle_status st = join(&path, x->to, DROPIN_EXECUTABLE, x->e);
  if (st == PINTLE_OK) st = join(&new, x->to, NEW, x->e);
  if (st == PINTLE_OK) st = file_replace(AT_FDCWD, new.data, data, 0644, false, x->e);
  if (st != PINTLE_OK) return st;
  if (chmod(new.data, 0755) != 0) st = error_errno(x->e, errno, "cannot make %s executable", new.data);
  else if (rename(new.data, path.data) != 0) st = error_errno(x->e, errno, "cannot rename to %s", path.data);
  if (st != PINTLE_OK) return unlink(new.data), st;
  fprintf(x->out, "%s: copied\n", path.data);
  return file_sync_parent(AT_FDCWD, path.data, x->e);
}

static void remove_left(const installing *x) {
  CLEANUP(buf_free) buf left = {0};
  if (join(&left, x->to, NEW, NULL) == PINTLE_OK) unlink(left.data);
}

static pintle_status copy_self(const installing *x, const char *self) {
  CLEANUP(buf_free) buf data = {0}, there = {0};
  struct stat st;
  char version[64];
  pintle_status status = file_read(AT_FDCWD, self, MOST_BYTES, &data, x->e);
  if (status != PINTLE_OK) return status;
  if (read_there(x, DROPIN_EXECUTABLE, &there, &st)) {
    version_of(buf_str(&there), version);
    if (version[0] && compare(version, PINTLE_VERSION) > 0) {
      fprintf(x->out, "%s/%s: stays, it is version %s and this is %s\n", x->to, DROPIN_EXECUTABLE, version, PINTLE_VERSION);
      return PINTLE_OK;
    }
    if (str_eq(buf_str(&data), buf_str(&there)) && (st.st_mode & 0777) == 0755) {
      fprintf(x->out, "%s/%s: is there already\n", x->to, DROPIN_EXECUTABLE);
      return PINTLE_OK;
    }
  }
  return put_self(x, buf_str(&data));
}

/* ---- directories */
static int by_bytes(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }
static int is_plugin(const struct dirent *x) { return x->d_name[0] != '.' && str_ends(str_of(x->d_name), ".so"); }
static int is_config(const struct dirent *x) {
  str name = str_of(x->d_name);
  return name.ptr[0] != '.' && (str_ends(name, ".yaml") || str_ends(name, ".yml") || str_ends(name, ".json"));
}

static pintle_status copy_all(const installing *x, int (*wanted)(const struct dirent *)) {
  struct dirent **v = NULL;
  int n = scandir(x->from, &v, wanted, by_bytes);
  if (n < 0) return errno == ENOENT ? PINTLE_OK : error_errno(x->e, errno, "cannot read %s", x->from);
  pintle_status st = PINTLE_OK;
  for (int i = 0; i < n; i++) {
    if (st == PINTLE_OK) st = copy(x, v[i]->d_name);
    free(v[i]);
  }
  free(v);
  return st;
}

static pintle_status copy_parts(const installing *x) {
  CLEANUP(buf_free) buf from = {0}, to = {0};
  struct stat s;
  pintle_status st = join(&from, x->from, "pintle.d", x->e);
  if (st == PINTLE_OK) st = join(&to, x->to, "pintle.d", x->e);
  if (st != PINTLE_OK || stat(from.data, &s) != 0) return st;
  const installing below = {.from = from.data, .to = to.data, .out = x->out, .e = x->e};
  if ((st = file_mkdirs(AT_FDCWD, to.data, x->e)) != PINTLE_OK) return st;
  return copy_all(&below, is_config);
}

/* Of the plugins that others have put there, at any depth: Velero looks into every directory. */
static void clear_bits(void *ctx, const char *path, const struct stat *s) {
  installing *x = ctx;
  if (!S_ISREG(s->st_mode) || !(s->st_mode & 0111) || !str_ends(str_of(path), ".so")) return;
  if (chmod(path, s->st_mode & 0666) == 0) fprintf(x->out, "%s: execute bits cleared\n", path);
  else x->st = error_errno(x->e, errno, "cannot clear the execute bits of %s", path);
}

/* ---- all of it */
static void look_at_plugins(installing *x, const char *self) {
  const char *const here[] = {x->from, NULL}, *const there[] = {x->to, NULL};
  host_scan_options o = {.directories = here, .worker = self};
  if (host_scan(&o, &x->here, NULL) != PINTLE_OK) return;
  o.directories = there;
  host_scan(&o, &x->there, NULL);
}

static pintle_status install(installing *x, const char *self) {
  CLEANUP(buf_free) buf yaml = {0};
  struct stat s;
  pintle_status st = file_mkdirs(AT_FDCWD, x->to, x->e);
  if (st == PINTLE_OK) look_at_plugins(x, self);
  if (st == PINTLE_OK) st = copy_all(x, is_plugin);
  if (st == PINTLE_OK) st = copy_parts(x);
  if (st == PINTLE_OK) st = join(&yaml, x->from, "pintle.yaml", x->e);
  if (st == PINTLE_OK && stat(yaml.data, &s) == 0 && (st = join(&yaml, x->to, "pintle.yaml", x->e)) == PINTLE_OK) {
    if (stat(yaml.data, &s) != 0) st = copy(x, "pintle.yaml");
    else fprintf(x->out, "%s: stays, since it may be yours\n", yaml.data);
  }
  if (st == PINTLE_OK && (st = dropin_tree_walk(x->to, clear_bits, x, x->e)) == PINTLE_OK) st = x->st;
  remove_left(x);
  return st == PINTLE_OK ? copy_self(x, self) : st; /* last: Velero may look at any moment */
}

int dropin_install(const char *self, const char *to, FILE *out, FILE *err) {
  char real[PATH_MAX];
  error e = {0};
  ssize_t n = readlink("/proc/self/exe", real, sizeof real - 1);
  if (n > 0) real[n] = 0;
  else if (!realpath(self, real)) {
    fprintf(err, "velero-plugin-pintle: cannot find out where this program is: %s\n", strerror(errno));
    return 1;
  }
  char *from = strdup(real), *slash = from ? strrchr(from, '/') : NULL;
  if (slash) slash[slash == from] = 0;
  umask(022); /* Velero reads it all as another user */
  installing x = {.from = from ? from : ".", .to = to, .out = out, .e = &e};
  pintle_status st = install(&x, real);
  host_registry_free(&x.here);
  host_registry_free(&x.there);
  free(from);
  if (st == PINTLE_OK && fflush(out) == 0) return 0;
  fprintf(err, "velero-plugin-pintle: %s\n", st == PINTLE_OK ? "what was done cannot be printed" : e.message);
  return 1;
}
