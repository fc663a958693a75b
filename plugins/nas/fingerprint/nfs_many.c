/* nfs_many.c -- attributes of many names at once: a directory is told as fast as the server answers, not name by name.  SPDX-License-Identifier: Apache-2.0 */
#include "nfs_many.h"
#include <errno.h>
#include <poll.h>

enum { FLIGHT = 64, TICK = 100 };

static void answered(int error, struct nfs_context *nfs, void *data, void *ctx) {
  fp_nfs_name *name = ctx;
  (void)nfs;
  name->error = error ? -error : 0;
  if (!error) name->stat = *(const struct nfs_stat_64 *)data;
}

int fp_nfs_stat_many(struct nfs_context *nfs, fp_nfs_name *names, size_t n) {
  size_t sent = 0;
  for (size_t i = 0; i < n; i++) names[i].error = EINPROGRESS;
  for (size_t done = 0; done < n;) {
    while (sent < n && sent - done < FLIGHT) {
      if (nfs_lstat64_async(nfs, names[sent].path, answered, &names[sent]) != 0) return EIO;
      sent++;
    }
    struct pollfd p = {.fd = nfs_get_fd(nfs), .events = (short)nfs_which_events(nfs)};
    int got = poll(&p, 1, TICK);
    if ((got < 0 && errno != EINTR) || nfs_service(nfs, got > 0 ? p.revents : 0) < 0)
      return EIO; /* without an event: looks for what took too long */
    while (done < sent && names[done].error != EINPROGRESS) done++;
  }
  return 0;
}
