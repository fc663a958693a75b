/* exclude.c -- names that are left out of a backup.  SPDX-License-Identifier: Apache-2.0 */
#include "exclude.h"
#include <fnmatch.h>

enum { PATTERN_MAX = 1000 };

static const char *const usual[] = {"/lost+found/", ".snapshot/", "/.zfs/", "/.snapshots/"};
const fp_excludes fp_excludes_usual = {usual, sizeof usual / sizeof *usual};

const char *fp_exclude_wrong(const char *p) {
  size_t n = strlen(p);
  if (!n || strcmp(p, "/") == 0) return "is empty";
  if (n > PATTERN_MAX) return "is longer than 1000 bytes";
  if (p[0] == '!' || p[0] == '#')
    return "begins with ! or #: exceptions and comments are not known here; write \\ in front of a name that begins so";
  for (size_t at = p[0] == '/'; at < n;) {
    size_t k = strcspn(p + at, "/");
    if (!k) return "has an empty part";
    if (p[at] == '.' && (k == 1 || (k == 2 && p[at + 1] == '.'))) return "has . or .. as a part";
    at += k + 1;
  }
  return NULL;
}

/* Part by part; n: of the pattern. */
static bool match(const char *p, size_t n, const char *path) {
  char part[PATTERN_MAX + 1], name[PATTERN_MAX + 1];
  for (;;) {
    const char *slash = memchr(p, '/', n);
    size_t k = slash ? (size_t)(slash - p) : n, m = strcspn(path, "/");
    if (k == 2 && memcmp(p, "**", 2) == 0) {
      if (!slash) return true;
      for (;; path += m + 1) {
        if (match(p + 3, n - 3, path)) return true;
        m = strcspn(path, "/");
        if (!path[m]) return false;
      }
    }
    if (m > PATTERN_MAX) return false;
    memcpy(part, p, k), part[k] = 0;
    memcpy(name, path, m), name[m] = 0;
    if (fnmatch(part, name, 0) != 0) return false;
    if (!slash || !path[m]) return !slash && !path[m];
    p += k + 1, n -= k + 1, path += m + 1;
  }
}

bool fp_excluded(const fp_excludes *x, const char *path, bool directory) {
  const char *name = strrchr(path, '/');
  name = name ? name + 1 : path;
  for (size_t i = 0; x && path[0] && i < x->n; i++) {
    const char *p = x->patterns[i];
    size_t n = strlen(p);
    if (n > PATTERN_MAX || !n) continue;
    if (p[n - 1] == '/') {
      if (!directory) continue;
      n--;
    }
    bool rooted = memchr(p, '/', n) != NULL;
    if (n && p[0] == '/') p++, n--;
    if (match(p, n, rooted ? path : name)) return true;
  }
  return false;
}
