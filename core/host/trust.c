/* trust.c -- who could replace a plugin: owners and modes of its file and directories.  SPDX-License-Identifier: Apache-2.0 */
#include "host/seal.h"
#include "host/text.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *owner_fault(const char *what, const struct stat *st, arena *a) {
  if (st->st_uid == 0 || st->st_uid == geteuid()) return NULL;
  return host_text(a, "%s belongs to user %u, who could replace it", what, (unsigned)st->st_uid);
}

static const char *mode_fault(const char *what, const struct stat *st, arena *a) {
  if (!(st->st_mode & (S_IWGRP | S_IWOTH))) return NULL;
  return host_text(a, "%s is writable by %s (mode %04o)", what, st->st_mode & S_IWOTH ? "everybody" : "its group",
                   (unsigned)(st->st_mode & 07777));
}

static void judge(const char *what, const struct stat *st, bool mode, arena *a, host_words *warnings, const char **first) {
  const char *faults[2] = {owner_fault(what, st, a), mode ? mode_fault(what, st, a) : NULL};
  for (int i = 0; i < 2; i++) {
    if (!faults[i]) continue;
    host_words_add(warnings, "%s", faults[i]);
    if (!*first) *first = faults[i];
  }
}

/* The plugin directory and all above it. A sticky directory protects what is in it, but anybody may add to it: so not as the first. */
static void judge_parents(char *path, arena *a, host_words *warnings, const char **first) {
  bool nearest = true;
  for (char *slash; (slash = strrchr(path, '/')); nearest = false) {
    struct stat st;
    slash[slash == path ? 1 : 0] = 0;
    if (stat(path, &st) != 0) host_words_add(warnings, "directory %s cannot be examined: %s", path, strerrordesc_np(errno));
    else {
      const char *what = host_text(a, "directory %s", path);
      judge(what, &st, nearest || !(st.st_mode & S_ISVTX), a, warnings, first);
    }
    if (slash == path) break;
  }
}

/* Of where path really is; with its last part kept as it is when it may be a link. */
static bool judge_path(const char *path, bool keep_last, arena *a, host_words *warnings, const char **first) {
  char parent[PATH_MAX], full[PATH_MAX + 4];
  const char *slash = strrchr(path, '/');
  size_t n = slash ? (size_t)(slash - path) : 0;
  if (n >= sizeof parent) return false;
  memcpy(parent, path, n);
  memcpy(parent + n, slash ? "/" : ".", 2);
  CLEANUP(free_p) char *real = realpath(keep_last ? slash ? parent : "." : path, NULL);
  if (!real || snprintf(full, sizeof full, "%s%s", real, keep_last ? "/x" : "") >= (int)sizeof full) return false;
  judge_parents(full, a, warnings, first);
  return true;
}

const char *host_distrust(const char *path, const struct stat *st, arena *a, host_words *warnings) {
  const char *first = NULL;
  struct stat self;
  judge("the file", st, true, a, warnings, &first);
  bool link = lstat(path, &self) == 0 && S_ISLNK(self.st_mode);
  if ((!judge_path(path, false, a, warnings, &first) || (link && !judge_path(path, true, a, warnings, &first))) && !first)
    first = "its directories cannot be examined";
  return first;
}
