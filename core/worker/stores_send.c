/* stores_send.c -- what of the supervisor a process with stores gets: descriptors, environment.  SPDX-License-Identifier: Apache-2.0 */
#include "worker/proc.h"
#include "worker/stores.h"

bool stores_fds(const chain_stores *s, int *fds, size_t *n, size_t most) {
  for (size_t i = 0; s && i < s->n; i++) {
    if (s->v[i].fd < 0) continue;
    if (*n == most) return false;
    fds[(*n)++] = s->v[i].fd;
  }
  return true;
}

bool stores_env_wanted(const chain_stores *s, const char *variable) {
  for (const char *const *name = s ? s->env : NULL; name && *name; name++)
    if (proc_variable_is(*name, variable)) return true;
  return false;
}
