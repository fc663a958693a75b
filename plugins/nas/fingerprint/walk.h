/* walk.h -- every name of a tree, in a manifest's order, by a thread of its own.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_WALK_H
#define FP_WALK_H
#include "exclude.h"
#include "share.h"

typedef struct fp_walk fp_walk;
typedef struct fp_walk_options {
  const char *scratch;        /* a directory, for directories whose names are too many for memory; NULL: /tmp */
  const fp_excludes *exclude; /* NULL: none */
  const fp_share *share;      /* read instead of root; NULL: none */
} fp_walk_options;
/* root is borrowed, and what options (NULL: all zero) point to. What lies on another file system is named, not entered. NULL: errno. */
fp_walk *fp_walk_new(int root, const fp_walk_options *options);
void fp_walk_free(fp_walk *); /* any time; NULL is fine */
/* 1: *item, until the next call; 0: nothing for a second; -1: the end, *error an errno that ended it before its time, or 0. What vanished is left
 * out; what stat refuses has FP_UNREADABLE, a directory that cannot be listed has FP_UNLISTED. */
int fp_walk_next(fp_walk *, const fp_item **item, int *error);
/* After an end with an error: was it the scratch file's? */
bool fp_walk_scratch_failed(const fp_walk *);
#endif
