/* nfs_none.c -- instead of nfs.c, where there is no libnfs.  SPDX-License-Identifier: Apache-2.0 */
#include "nfs.h"

pintle_status fp_nfs_open(pintle_call *call, const fp_nfs_options *o, fp_share *to) {
  *to = (fp_share){0};
  return pintle_fail(call, PINTLE_UNSUPPORTED, "%s:%s: this plugin was built without libnfs: mount the share, and name its directory",
                     o->server, o->path);
}

void fp_nfs_close(fp_share *s) { (void)s; }
