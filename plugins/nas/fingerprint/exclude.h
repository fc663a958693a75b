/* exclude.h -- names that are left out of a backup.  SPDX-License-Identifier: Apache-2.0
 *
 * Patterns are those of a .gitignore file, without "!" and comments: `*`, `?` and `[...]` match within a name, `**` any number of directories. One
 * with a "/" at its beginning or in its middle means a path from the root, else a name at any depth; one that ends with "/" means directories only.
 * What is in a directory that is left out is left out, too. */
#ifndef FP_EXCLUDE_H
#define FP_EXCLUDE_H
#include "bytes.h"

typedef struct fp_excludes {
  const char *const *patterns;
  size_t n;
} fp_excludes;

/* What servers show that is no data of the share: lost+found and directories of snapshots. */
extern const fp_excludes fp_excludes_usual;
/* NULL, or what is wrong with a pattern. */
const char *fp_exclude_wrong(const char *pattern);
/* path ends with NUL; the root is never left out. */
bool fp_excluded(const fp_excludes *x, const char *path, bool directory);
#endif
