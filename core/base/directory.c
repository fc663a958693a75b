/* directory.c -- see directory.h.  SPDX-License-Identifier: Apache-2.0 */
#include "base/directory.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/path.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW, MAX_NAME = 255 };
#define DAY (24 * 3600)

static int open_beneath(int root, const char *path) {
#ifdef SYS_openat2
  struct open_how how = {.flags = OPEN & ~O_NOFOLLOW, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
  int fd;
  do fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
  while (fd < 0 && (errno == EINTR || errno == EAGAIN));
  return fd;
#else
  return (void)root, (void)path, errno = ENOSYS, -1;
#endif
}

/* One component; made when it is missing and wanted. */
static int step(int at, const char *name, bool make) {
  int fd = openat(at, name, OPEN);
  if (fd >= 0 || errno != ENOENT || !make) return fd;
  if (mkdirat(at, name, 0755) != 0 && errno != EEXIST) return -1;
  if (fsync(at) != 0) return -1;
  return openat(at, name, OPEN);
}

/* O_NOFOLLOW turns a link into ENOTDIR here; tell it apart from a file. */
static void name_the_link(int at, const char *name) {
  struct stat st;
  if (errno == ENOTDIR && fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode)) errno = ELOOP;
  else errno = ENOTDIR;
}

static int walk(int root, const char *path, bool make) {
  char name[MAX_NAME + 1];
  int fd = fcntl(root, F_DUPFD_CLOEXEC, 0);
  while (fd >= 0 && *path) {
    size_t n = strcspn(path, "/");
    if (n > MAX_NAME) {
      close_p(&fd);
      return errno = ENAMETOOLONG, -1;
    }
    memcpy(name, path, n), name[n] = 0;
    int next = step(fd, name, make);
    if (next < 0 && errno == ENOTDIR) name_the_link(fd, name);
    close_p(&fd);
    fd = next;
    path += n + (path[n] == '/');
  }
  return fd;
}

pintle_status directory_open(int root, const char *path, bool make, int *fd, error *e) {
  int got = *path ? open_beneath(root, path) : walk(root, path, false);
  if (got < 0 && (errno == ENOSYS || errno == EPERM || (errno == ENOENT && make))) got = walk(root, path, make);
  if (got < 0 && (errno == ELOOP || errno == EXDEV)) {
    error_set(e, PINTLE_INVALID, "%s: there is a link on the way", path);
    error_hint(e, "links inside of the store are not followed; use a directory or a mount");
    return PINTLE_INVALID;
  }
  if (got < 0 && errno == ENOTDIR && make) return error_set(e, PINTLE_INVALID, "%s: an object stands where a directory is needed", path);
  if (got < 0) return error_errno(e, errno, "cannot open directory %s", path);
  *fd = got;
  return PINTLE_OK;
}

pintle_status directory_stat(int fd, const char *name, struct stat *st, error *e) {
  if (fstatat(fd, name, st, AT_SYMLINK_NOFOLLOW) != 0) return error_errno(e, errno, "%s", name);
  if (!S_ISREG(st->st_mode)) return error_set(e, PINTLE_NOT_FOUND, "%s: no such object (it is a directory, link or device)", name);
  return PINTLE_OK;
}

static bool temporary(const char *name) { return strncmp(name, DIRECTORY_TEMPORARY, sizeof DIRECTORY_TEMPORARY - 1) == 0; }

/* Its own description of the directory: reading moves a position. */
static DIR *open_names(int fd) {
  int own = openat(fd, ".", OPEN);
  DIR *d = own >= 0 ? fdopendir(own) : NULL;
  if (!d && own >= 0) close_p(&own);
  return d;
}

/* As the two names compare inside of whole keys. */
static int as_keys(const void *a, const void *b) {
  const directory_entry *x = a, *y = b;
  const unsigned char *p = (const unsigned char *)x->name, *q = (const unsigned char *)y->name;
  while (*p && *p == *q) p++, q++;
  int c = *p ? *p : x->directory ? '/' : 0, d = *q ? *q : y->directory ? '/' : 0;
  return c - d;
}

static pintle_status add(int fd, const char *name, arena *a, buf *list, size_t *strange, error *e) {
  struct stat st;
  if (temporary(name) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return PINTLE_OK;
  if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
    return errno == ENOENT ? PINTLE_OK : error_errno(e, errno, "cannot look at %s", name); /* ENOENT: just deleted */
  if (path_refused(str_of(name)) || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))) return ++*strange, PINTLE_OK;
  directory_entry entry = {.name = arena_dup(a, name), .directory = S_ISDIR(st.st_mode), .size = st.st_size};
  entry.modified = (int64_t)st.st_mtim.tv_sec * CLOCK_SECOND + st.st_mtim.tv_nsec;
  buf_add(list, &entry, sizeof entry);
  return entry.name && !list->failed ? PINTLE_OK : error_nomem(e);
}

pintle_status directory_read(int fd, arena *a, directory_entry **out, size_t *n, size_t *strange, error *e) {
  CLEANUP(buf_free) buf list = {0};
  pintle_status st = PINTLE_OK;
  DIR *d = open_names(fd);
  if (!d) return error_errno(e, errno, "cannot read a directory");
  while (st == PINTLE_OK) {
    errno = 0;
    const struct dirent *entry = readdir(d);
    if (!entry && errno) st = error_errno(e, errno, "cannot read a directory");
    if (!entry) break;
    st = add(fd, entry->d_name, a, &list, strange, e);
  }
  closedir(d);
  if (st != PINTLE_OK) return st;
  *n = list.len / sizeof **out;
  *out = arena_alloc(a, list.len + 1);
  if (!*out) return error_nomem(e);
  if (list.len) memcpy(*out, list.data, list.len);
  qsort(*out, *n, sizeof **out, as_keys);
  return PINTLE_OK;
}

void directory_clean(int fd) {
  DIR *d = open_names(fd);
  const struct dirent *entry;
  time_t now = (time_t)(clock_now() / CLOCK_SECOND);
  while (d && (entry = readdir(d))) {
    struct stat st;
    if (!temporary(entry->d_name) || fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISREG(st.st_mode) && now - st.st_mtime > DAY) unlinkat(fd, entry->d_name, 0);
  }
  if (d) closedir(d);
}

/* A directory that holds nothing but what dead writers left is empty. */
static bool remove_with_dead(int parent, const char *name) {
  int fd = openat(parent, name, OPEN);
  DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
  if (!d) {
    close_p(&fd);
    return false;
  }
  bool only_temporary = true, only_dead = true;
  for (struct dirent *i; only_temporary && (i = readdir(d));)
    if (strcmp(i->d_name, ".") != 0 && strcmp(i->d_name, "..") != 0) only_temporary = temporary(i->d_name);
  rewinddir(d);
  for (struct dirent *i; only_temporary && only_dead && (i = readdir(d));)
    if (temporary(i->d_name)) only_dead = file_remove_dead(fd, i->d_name);
  closedir(d);
  return only_temporary && only_dead && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

void directory_prune(int root, const char *path, size_t keep) {
  char at[4096];
  size_t n = strlen(path);
  if (n >= sizeof at) return;
  memcpy(at, path, n + 1);
  while (n > keep) {
    while (n > keep && at[n - 1] != '/') n--;
    CLEANUP(close_p) int parent = -1;
    if (n) at[n - 1] = 0;
    if (directory_open(root, n ? at : "", false, &parent, NULL) != PINTLE_OK) return;
    if (unlinkat(parent, at + n, AT_REMOVEDIR) != 0 && !remove_with_dead(parent, at + n))
      return; /* not empty, or somebody else was faster */
    fsync(parent);
    if (n) n--;
  }
}
