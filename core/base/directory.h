/* directory.h -- directories below a root that nothing may leave.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_DIRECTORY_H
#define PINTLE_BASE_DIRECTORY_H
#include "base/buf.h"
#include "base/error.h"
#include <sys/stat.h>

#define DIRECTORY_TEMPORARY ".tmp-" /* names that begin so are nobody's objects */

/* Opens path ("" = the root) below root; no link is followed on the way. make: missing ones are made, and made durable. */
pintle_status directory_open(int root, const char *path, bool make, int *fd, error *e);
/* The names in a directory that could be part of a key, sorted as whole keys sort (a directory as "name/"). strange counts those that could not.
 * NOT_FOUND when it vanished. */
typedef struct directory_entry {
  char *name;
  bool directory;
  int64_t size, modified;
} directory_entry;
struct arena;
pintle_status directory_read(int fd, struct arena *a, directory_entry **out, size_t *n, size_t *strange, error *e);
/* Regular file `name`, no link: NOT_FOUND otherwise. */
pintle_status directory_stat(int fd, const char *name, struct stat *st, error *e);
/* Removes temporary files that nobody has written to for a day. */
void directory_clean(int fd);
/* Removes path below root and its parents as long as they are empty; never the first `keep` bytes of it. */
void directory_prune(int root, const char *path, size_t keep);
#endif
