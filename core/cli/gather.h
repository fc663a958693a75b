/* gather.h -- the Backups or Restores of a store, picked by name and label.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_GATHER_H
#define PINTLE_CLI_GATHER_H
#include "cli/run_end.h"

typedef struct cli_gathered {
  item_doc **v; /* sorted as Velero sorts them */
  size_t n, cap;
  bool failed; /* something was not there or damaged; it was told */
} cli_gathered;
/* Those that the command's NAMES and --selector name; all, when there are none. Exit status; a name that is not there sets failed. */
int cli_gather(cli *c, cli_session *s, store *from, const cli_run_kind *kind, cli_gathered *out);
/* The one of that name. */
int cli_gather_one(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const char *name, cli_gathered *out);
void cli_gathered_free(cli_gathered *g);
/* {"apiVersion":..., "kind":..., "metadata":{}, "items":[...]} on standard output, or the one object when alone is set. */
int cli_print_list(cli *c, const char *api_version, const char *kind, item_doc *const *v, size_t n, bool alone, const char *format);
/* As cli_print_list from the JSON of the items, separated by commas. */
int cli_print_items(cli *c, const char *api_version, const char *kind, str items, const char *format);
/* Opens configuration and store for a command that reads it; calls with the store; closes. */
int cli_with_store(cli *c, int (*call)(cli *c, cli_session *s, store *from));
#endif
