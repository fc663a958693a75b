/* spec.h -- flags become fields of a Backup or Restore.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PINTLE_CLI_SPEC_H
#define PINTLE_CLI_SPEC_H
#include "cli/cli.h"

/* Every flag that was given and has a field, in the order given. */
pintle_status cli_spec_fill(const cli_flags *flags, arena *a, item_doc *resource, error *e);
/* The one Backup or Restore (kind) in a file; "-" is standard input. */
pintle_status cli_spec_read(const char *file, const char *kind, item_doc **out, error *e);
#endif
