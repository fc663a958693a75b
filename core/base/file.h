/* file.h -- files read and written whole, or not at all.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_BASE_FILE_H
#define PINTLE_BASE_FILE_H
#include "base/buf.h"
#include "base/error.h"
#include <stdbool.h>
#include <sys/types.h>

/* Opens with O_CLOEXEC (and O_NOCTTY); retries EINTR. *fd is untouched on error. */
pintle_status file_open(int dirfd, const char *path, int flags, mode_t mode, int *fd, error *e);
/* The whole file, appended to *out; more than max bytes is PINTLE_INVALID. "-" is stdin when dirfd is AT_FDCWD. */
pintle_status file_read(int dirfd, const char *path, size_t max, buf *out, error *e);
/* n bytes from offset; fewer is an error. */
pintle_status file_pread(int fd, void *to, size_t n, int64_t offset, error *e);
/* All n bytes, short writes and EINTR continued. name is for the error text. */
pintle_status file_write(int fd, const void *p, size_t n, const char *name, error *e);
/* Gives a socket room for a whole piece of a stream, or as much as the system allows: a piece that goes in parts wakes both sides for each. */
void file_roomy(int sock);
/* An unlinked file for spooling, in $dir (O_TMPFILE, else created and unlinked). */
pintle_status file_temporary(const char *dir, int *fd, error *e);
/* Makes path with its parents (mode 0755). Existing ones are fine. */
pintle_status file_mkdirs(int dirfd, const char *path, error *e);
/* Writes path (relative to dirfd) so that a crash leaves the old file or the new one: temporary file beside it, fsync, rename, fsync of the
 * directory. EXISTS instead of replacing when no_replace. */
pintle_status file_replace(int dirfd, const char *path, str data, mode_t mode, bool no_replace, error *e);
/* A new file in dir to be renamed into place: its name, prefix and 16 random hex digits, in name; *fd holds a lock on it (flock) that says its writer
 * lives. NOT_FOUND: dir, or the file before it was locked, was removed meanwhile: enter dir again. */
pintle_status file_unfinished(int dir, const char *prefix, mode_t mode, char name[64], int *fd, error *e);
/* Removes one of these whose writer is gone. False: it is still being written, or could not be removed. Where files cannot be locked: always false. */
bool file_remove_dead(int dir, const char *name);
/* fsync of the directory that holds path. */
pintle_status file_sync_parent(int dirfd, const char *path, error *e);
#endif
