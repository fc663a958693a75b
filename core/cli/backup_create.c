/* backup_create.c -- pintle backup create.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/run_end.h"

static int back_up(cli *c, item_doc *backup, const char *from) {
  cli_session s;
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    str location = item_str(backup, "/spec/storageLocation", "");
    cli_session_tell(c, &s, location.len ? location.ptr : NULL);
    status = cli_run_now(c, &s, &cli_kind_backup, backup, from, NULL);
  }
  cli_session_close(&s);
  return status;
}

int cli_backup_create(cli *c) {
  CLEANUP(item_freep) item_doc *backup = NULL;
  const char *name = c->args[0], *from = cli_text(&c->flags, "from"), *file = cli_text(&c->flags, "filename");
  if (!name && !file) return cli_usage(c, "pintle backup create NAME --from DIR", "a backup name is required");
  if (file && from && strcmp(file, "-") == 0 && strcmp(from, "-") == 0)
    return cli_usage(c, NULL, "--from and -f cannot both be standard input");
  int status = cli_run_resource(c, &cli_kind_backup, name, &backup);
  if (status != CLI_COMPLETED) return status;
  if (cli_text(&c->flags, "output")) return cli_run_show(c, backup);
  if (!from)
    return cli_usage(
        c,
        "name a directory of manifests, a file, or - for standard input: `kubectl get all,cm,pvc,pv -A -o yaml | pintle backup "
        "create NAME --from -`",
        "--from is missing: pintle cannot read from a cluster yet");
  return back_up(c, backup, from);
}
