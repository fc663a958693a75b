/* tree.h -- a tree to read: a directory here, never left by a symbolic link.  SPDX-License-Identifier: Apache-2.0
 *
 * Paths are relative to the root, as in entry.h, of any length. All functions from any thread; they return -1 and errno. */
#ifndef FP_TREE_H
#define FP_TREE_H
#include "entry.h"

/* What stat says of one name. marks as in entry.h. */
typedef struct fp_item {
  const char *path;
  size_t path_len;
  fp_type type;
  uint32_t mode, uid, gid, nlink, marks;
  uint64_t size, ino, rdev, dev;
  int64_t mtime, ctime;
} fp_item;

/* Opens path ("" the root) below root; no part of it may be a symbolic link. flags: of open(2), O_CLOEXEC and O_NOFOLLOW are added. */
int fp_tree_open(int root, const char *path, size_t n, int flags);
/* Of a mode as stat(2) has it. */
fp_type fp_type_of(uint32_t mode);
/* The directory that path lies in, as O_PATH; *name: its last part. Not for the root. */
int fp_tree_parent(int root, const char *path, size_t n, const char **name);
/* Of a name in an open directory ("" the directory itself); fills in all but path. */
int fp_tree_stat(int dir, const char *name, fp_item *to);

/* Extended attributes, in order of their names, in one piece of memory: free(*list). Of an open file, or of path below root. */
int fp_tree_xattrs(int root, const char *path, size_t n, int fd, fp_xattr **list, size_t *count);
/* The next bytes that lie in no hole of 64 KiB or more: [*from, *to) at or behind `at`; *from == size: no more. */
void fp_tree_data(int fd, uint64_t at, uint64_t size, uint64_t *from, uint64_t *to);
#endif
