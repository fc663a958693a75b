/* nfs_many.h -- attributes of many names at once.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_NFS_MANY_H
#define FP_NFS_MANY_H
#include <stddef.h>
#include <sys/time.h>
#include <time.h>
#include <nfsc/libnfs.h>
typedef struct fp_nfs_name {
  char *path;
  int error; /* an errno of this name; 0: stat is there */
  struct nfs_stat_64 stat;
} fp_nfs_name;
/* Many requests are on their way at a time. 0, or an errno of the connection, which then has to be closed before names goes. */
int fp_nfs_stat_many(struct nfs_context *nfs, fp_nfs_name *names, size_t n);
#endif
