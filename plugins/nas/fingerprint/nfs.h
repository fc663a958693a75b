/* nfs.h -- a share that is read over the network, without mounting it: NFSv3 and NFSv4 by libnfs.  SPDX-License-Identifier: Apache-2.0 */
#ifndef FP_NFS_H
#define FP_NFS_H
#include "share.h"
#include <pintle/plugin.h>

typedef struct fp_nfs_options {
  const char *server, *path; /* of the export, or a directory of it */
  int version;               /* 3 or 4 */
  int64_t uid, gid;          /* whose rights; -1: this process's */
  int64_t port, mount_port;  /* 0: 2049 with NFSv4, else what the server's rpcbind says */
  int64_t timeout;           /* ms: of an answer, and how long a server that is gone is waited for */
} fp_nfs_options;

/* Connects. DENIED names the export's options that matter, NOT_FOUND: no such export, UNSUPPORTED: built without libnfs. Any other: the server is not
 * reached. What is read is never outside of path. */
pintle_status fp_nfs_open(pintle_call *call, const fp_nfs_options *o, fp_share *to);
/* NULL self is fine. No handle is open. */
void fp_nfs_close(fp_share *);
#endif
