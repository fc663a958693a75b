/* seal.h -- a plugin's file, judged and copied where nobody can change it.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_HOST_SEAL_H
#define PINTLE_HOST_SEAL_H
#include "host/descriptor.h"
#include "host/words.h"

/* Opens path, checks that it is a regular file (a symbolic link to one is followed, with a warning), its owner and mode and those of its
 * directories (faults are warnings, or reasons when strict), and keeps a private, sealed copy in p->fd. Fills size, mode, uid, sha256, needed
 * and glibc of *p; p->path and p->file are set. What is no loadable plugin gets p->reason and p->fd -1.
 * no_memfd: copies to a file, as where memfd is forbidden. digest: of a large file, NULL = base/sha256. */
typedef bool (*host_digest)(str data, unsigned char sha256[32]);
void host_seal(host_plugin *p, arena *a, bool strict, bool no_memfd, host_digest digest, host_words *warnings);

/* copy.c: a read-only copy of fd (size bytes), executable, number 1000 or more where the limit allows; NULL: done, else the reason. */
const char *host_private_copy(int fd, int64_t size, const char *name, bool no_memfd, arena *a, int *out);
/* trust.c: owner and mode of the file, and of every directory above it. Adds to *warnings; returns the first fault, NULL: none. */
struct stat;
const char *host_distrust(const char *path, const struct stat *st, arena *a, host_words *warnings);
#endif
