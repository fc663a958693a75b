/* find.h -- where configuration, plugins and worker are looked for.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_FIND_H
#define PINTLE_CLI_FIND_H
#include "cli/cli.h"

typedef struct cli_found {
  const char *config, *config_why; /* NULL: none; "--config", "$PINTLE_CONFIG", ... */
  const char *const *plugin_dirs;  /* NULL-ended, never NULL */
  const char *plugins_why;
  const char *worker, *velero_worker; /* pintle-worker, and pintle-worker-velero beside it */
  const char *temp_dir;
} cli_found;
/* executable: where this program is ("/usr/bin/pintle"), NULL: ask /proc/self/exe. Everything lives in c->memory. */
pintle_status cli_find(cli *c, const char *executable, cli_found *out, error *e);
#endif
