/* links.h -- files of several names, and the first of these: kept in scratch files.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_LINKS_H
#define FP_LINKS_H
#include "tree.h"

typedef struct fp_links fp_links;
fp_links *fp_links_new(const char *dir); /* NULL: errno */
void fp_links_free(fp_links *);          /* NULL is fine */
/* 1: another name of the file came before: *path, until the next call. 0: this is the first name now. -1: errno. alike: a file of another size or
 * time is another file, whatever its inode. */
int fp_links_first(fp_links *, const fp_item *, bool alike, const char **path, size_t *n);
/* 1: the file's first name; 0: none (any more); -1. */
int fp_links_find(fp_links *, uint64_t dev, uint64_t ino, const char **path, size_t *n);
/* If that was the file's first name: it has none now. */
int fp_links_gone(fp_links *, uint64_t dev, uint64_t ino, const char *path, size_t n);
#endif
