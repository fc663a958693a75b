/* file_store.h -- pintle.io/file: a directory as ObjectStore, built in.  SPDX-License-Identifier: Apache-2.0
 *
 * Options: root (directory; the bucket is a directory in it, "" = root itself). Atomic and durable: temporary file, fsync, rename, fsync of the
 * directory. Keys that leave the root, or whose parts are ".", ".." or empty, are INVALID; links inside are not followed out of it. */
#ifndef PINTLE_BUILTIN_FILE_STORE_H
#define PINTLE_BUILTIN_FILE_STORE_H
#include "base/error.h"
#include <pintle/plugin.h>

#define BUILTIN_FILE_STORE "pintle.io/file"
#define BUILTIN_FILE_ROOT "pintle-store" /* of a location that names no root */
extern const pintle_object_store builtin_file_store;
pintle_status builtin_file_open(const char *root, void **self,
                                error *e); /* made by the first put; free with builtin_file_store.action->destroy */
#endif
