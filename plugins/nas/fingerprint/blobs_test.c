/* blobs_test.c -- for tests and benches: objects as files, and a store that keeps little.  SPDX-License-Identifier: Apache-2.0 */
#include "blobs.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 4096 };

static pintle_status failed(pintle_call *call, const char *key) {
  if (errno == ENOENT) return pintle_fail(call, PINTLE_NOT_FOUND, "%s: no such object", key);
  return pintle_fail(call, PINTLE_FAILED, "%s: %s", key, strerror(errno));
}

static void make_dirs(char *path) {
  for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
    *p = 0;
    mkdir(path, 0700);
    *p = '/';
  }
}

static pintle_status dir_put(void *self, pintle_call *call, const char *key, const void *data, size_t n) {
  char path[PATH], part[PATH + 8];
  snprintf(path, sizeof path, "%s/%s", (const char *)self, key);
  snprintf(part, sizeof part, "%s.part", path);
  make_dirs(part);
  int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return failed(call, key);
  ssize_t put = write(fd, data, n);
  bool done = close(fd) == 0 && put == (ssize_t)n && rename(part, path) == 0;
  return done ? PINTLE_OK : failed(call, key);
}

static pintle_status dir_get(void *self, pintle_call *call, const char *key, int64_t offset, void *to, size_t n, size_t *got) {
  char path[PATH];
  snprintf(path, sizeof path, "%s/%s", (const char *)self, key);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return failed(call, key);
  ssize_t r = pread(fd, to, n, offset);
  close(fd);
  *got = r > 0 ? (size_t)r : 0;
  return r < 0 ? failed(call, key) : PINTLE_OK;
}

static pintle_status walk(const char *dir, const char *key, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *),
                          void *ctx) {
  char path[PATH], child[PATH];
  pintle_status st = PINTLE_OK;
  snprintf(path, sizeof path, "%s/%s", dir, key);
  DIR *d = opendir(path);
  if (!d) return PINTLE_OK;
  for (const struct dirent *e; st == PINTLE_OK && (e = readdir(d));) {
    struct stat s;
    size_t n = strlen(e->d_name);
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || (n > 5 && strcmp(e->d_name + n - 5, ".part") == 0)) continue;
    snprintf(child, sizeof child, "%s%s%s", key, key[0] ? "/" : "", e->d_name);
    size_t shared = strlen(child) < strlen(prefix) ? strlen(child) : strlen(prefix);
    if (strncmp(child, prefix, shared) != 0 || fstatat(dirfd(d), e->d_name, &s, 0) != 0) continue;
    if (S_ISDIR(s.st_mode)) st = walk(dir, child, prefix, each, ctx);
    else if (strncmp(child, prefix, strlen(prefix)) == 0)
      st = each(ctx, &(pintle_entry){.struct_size = sizeof(pintle_entry),
                                     .size = s.st_size,
                                     .key = child,
                                     .etag = "",
                                     .modified = s.st_mtim.tv_sec * INT64_C(1000000000) + s.st_mtim.tv_nsec});
  }
  closedir(d);
  return st;
}

static pintle_status dir_list(void *self, pintle_call *call, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *),
                              void *ctx) {
  char from[PATH];
  (void)call;
  snprintf(from, sizeof from, "%s", prefix);
  char *slash = strrchr(from, '/');
  if (slash) *slash = 0;
  else from[0] = 0;
  return walk(self, from, prefix, each, ctx);
}

static pintle_status dir_remove(void *self, pintle_call *call, const char *key) {
  char path[PATH];
  snprintf(path, sizeof path, "%s/%s", (const char *)self, key);
  return unlink(path) == 0 || errno == ENOENT ? PINTLE_OK : failed(call, key);
}

fp_blobs fp_blobs_dir(const char *dir) { return (fp_blobs){(void *)(uintptr_t)dir, dir_put, dir_get, dir_list, dir_remove}; }

struct fp_null {
  char dir[32];
  uint64_t bytes;
};

static pintle_status null_put(void *self, pintle_call *call, const char *key, const void *data, size_t n) {
  fp_null *s = self;
  s->bytes += n;
  if (!strstr(key, "/pack/")) return dir_put(s->dir, call, key, data, n);
  char path[PATH];
  pintle_status st = dir_put(s->dir, call, key, data, 0); /* of a pack only its size */
  if (st != PINTLE_OK || snprintf(path, sizeof path, "%s/%s", s->dir, key) >= PATH) return st;
  return truncate(path, (off_t)n) == 0 ? PINTLE_OK : PINTLE_FAILED;
}

static pintle_status null_get(void *self, pintle_call *call, const char *key, int64_t offset, void *to, size_t n, size_t *got) {
  return dir_get(((fp_null *)self)->dir, call, key, offset, to, n, got);
}

static pintle_status null_list(void *self, pintle_call *call, const char *prefix, pintle_status (*each)(void *ctx, const pintle_entry *),
                               void *ctx) {
  return dir_list(((fp_null *)self)->dir, call, prefix, each, ctx);
}

static pintle_status null_remove(void *self, pintle_call *call, const char *key) { return dir_remove(((fp_null *)self)->dir, call, key); }

fp_null *fp_null_new(void) {
  fp_null *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  snprintf(s->dir, sizeof s->dir, "/tmp/fp-null-XXXXXX");
  if (mkdtemp(s->dir)) return s;
  free(s);
  return NULL;
}

fp_blobs fp_blobs_null(fp_null *s) { return (fp_blobs){s, null_put, null_get, null_list, null_remove}; }
uint64_t fp_null_bytes(const fp_null *s) { return s->bytes; }

static void remove_tree(const char *path) {
  char child[PATH];
  DIR *d = opendir(path);
  for (const struct dirent *e; d && (e = readdir(d));) {
    if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || snprintf(child, sizeof child, "%s/%s", path, e->d_name) >= PATH)
      continue;
    if (unlink(child) != 0) remove_tree(child);
  }
  if (d) closedir(d);
  rmdir(path);
}

void fp_null_free(fp_null *s) {
  if (s) remove_tree(s->dir);
  free(s);
}
