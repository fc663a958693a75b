/* tree.h -- a plugin directory as Velero reads it.  SPDX-License-Identifier: Apache-2.0
 *
 * pkg/plugin/clientmgmt/process/registry.go readPluginsDir: entries in byte order of their names, directories in place; links are not followed to find
 * out what they are, so every symbolic link has "execute bits" and is executed, whatever it points to. */
#ifndef PINTLE_DROPIN_TREE_H
#define PINTLE_DROPIN_TREE_H
#include "base/error.h"
#include <stdbool.h>
#include <sys/stat.h>

#define DROPIN_EXECUTABLE "velero-plugin-pintle"
/* each is told all that is no directory, and directories below that cannot be read. */
pintle_status dropin_tree_walk(const char *directory, void (*each)(void *ctx, const char *path, const struct stat *st), void *ctx,
                               error *e);
/* Would Velero execute it? st is lstat's. */
bool dropin_tree_executed(const char *path, const struct stat *st);
/* Is it one of ours, by its name? */
bool dropin_tree_is_pintle(const char *path, const struct stat *st);
/* The first velero-plugin-pintle that Velero finds below directory: the one that lists. "": none. Returns to. */
char *dropin_tree_first(const char *directory, char *to, size_t size);
#endif
