/* target.h -- one name of a tree that is written.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_TARGET_H
#define FP_TARGET_H
#include "entry.h"

/* All return 0, or an errno. dir: the open directory that the name lies in. */
int fp_target_clear(int dir, const char *name, bool is_dir);      /* what is in the way goes; a directory stays if is_dir */
int fp_target_make(int dir, const char *name, const fp_entry *e); /* all but files and hard links, empty and for its owner only */
int fp_target_link(int root, int dir, const char *name, const fp_entry *e);
/* Owner, xattrs, mode, times; of a file or directory by fd, of others (fd -1) by name. What may be refused to users other than root does not stop
 * the rest. */
int fp_target_meta(int dir, const char *name, int fd, const fp_entry *e);
#endif
