/* plugin_preflight.c -- plugin preflight: what velero-plugin-pintle says of a plugin directory of Velero's.  SPDX-License-Identifier: Apache-2.0
 *
 * It is that program's, since Velero's image has it and not pintle. */
#include "cli/commands.h"
#include "cli/find.h"
#include <errno.h>
#include <unistd.h>

int cli_plugin_preflight(cli *c) {
  cli_found found;
  CLEANUP(buf_free) buf path = {0};
  error e = {0};
  if (cli_find(c, NULL, &found, &e) != PINTLE_OK) return cli_fail(c, &e);
  const char *slash = strrchr(found.worker, '/');
  buf_printf(&path, "%.*svelero-plugin-pintle", slash ? (int)(slash - found.worker + 1) : 0, found.worker);
  char *const argv[] = {path.data, (char[]){"preflight"}, (char *)(uintptr_t)c->args[0], NULL};
  if (path.failed) error_nomem(&e);
  else {
    execve(path.data, argv, (char *const *)(uintptr_t)c->process->environment);
    error_errno(&e, errno, "cannot execute %s", path.data);
    error_hint(&e, "it is installed beside pintle-worker, into libexec/pintle");
  }
  return cli_fail(c, &e);
}
