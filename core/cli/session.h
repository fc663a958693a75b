/* session.h -- a command's way down: configuration found, read and opened.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_SESSION_H
#define PINTLE_CLI_SESSION_H
#include "cli/find.h"
#include "run/run.h"

typedef struct cli_session {
  cli_found found;
  run_options options;
  run_context *run;
} cli_session;
/* All answer an exit status; anything but CLI_COMPLETED was told to the user already. */
int cli_session_open(cli *c, cli_session *s);
/* The same with other directories of plugins; NULL-ended, NULL: as found. */
int cli_session_open_with(cli *c, const char *const *plugin_dirs, cli_session *s);
void cli_session_close(cli_session *s);
int cli_session_store(cli *c, cli_session *s, const char *location, store **out);
/* "Using configuration ..., store ..., plugins ..." on standard error. location NULL: the default one; "": no store is used. */
void cli_session_tell(cli *c, const cli_session *s, const char *location);
#endif
