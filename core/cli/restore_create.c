/* restore_create.c -- pintle restore create.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/run_end.h"
#include <stdio.h>
#include <time.h>

/* "<backup>-YYYYMMDDhhmmss", local time, as Velero's command line names them. */
static void default_name(const char *backup, char *to, size_t size) {
  char stamp[32] = "";
  time_t now = time(NULL);
  struct tm tm;
  if (localtime_r(&now, &tm)) strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &tm);
  snprintf(to, size, "%s-%s", backup, stamp);
}

/* "/a/b1-data.tar.gz" -> "b1-data": what a restore from a file is called after. */
static void base_name(const char *path, char *to, size_t size) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  const char *base = path + n;
  while (base > path && base[-1] != '/') base--;
  n -= (size_t)(base - path);
  snprintf(to, size, "%.*s", (int)(n < 200 ? n : 200), base);
  static const char *const tails[] = {".gz", ".tgz", ".tar"};
  for (size_t i = 0; i < 3; i++)
    if (str_ends(str_of(to), tails[i])) to[strlen(to) - strlen(tails[i])] = 0;
  for (char *p = to; *p; p++)
    if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '.') *p = '-';
  if (!to[strspn(to, "-.")]) snprintf(to, size, "restore");
}

static int restore(cli *c, item_doc *resource, const char *from, const char *to) {
  cli_session s;
  const char *location = cli_text(&c->flags, "storage-location");
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    cli_session_tell(c, &s, location);
    status = cli_run_now(c, &s, &cli_kind_restore, resource, from, to);
  }
  cli_session_close(&s);
  return status;
}

int cli_restore_create(cli *c) {
  CLEANUP(item_freep) item_doc *resource = NULL;
  char made[300], source[256];
  const char *backup = cli_text(&c->flags, "from-backup"), *from = cli_text(&c->flags, "from"), *to = cli_text(&c->flags, "to"),
             *file = cli_text(&c->flags, "filename"), *name = c->args[0];
  if (from && backup) return cli_usage(c, NULL, "--from-backup and --from cannot be used together");
  if (!from && !backup && !file)
    return cli_usage(c, "pintle restore create --from-backup NAME --to DIR (`pintle backup get` lists the backups)",
                     "a backup to restore from is required");
  if (!name && (backup || from)) {
    if (backup) snprintf(source, sizeof source, "%s", backup);
    else base_name(from, source, sizeof source);
    default_name(source, made, sizeof made);
    if (!file) name = made;
  }
  int status = cli_run_resource(c, &cli_kind_restore, name, &resource);
  if (status != CLI_COMPLETED) return status;
  if (from && !item_str(resource, "/spec/backupName", "").len) {
    base_name(from, source, sizeof source);
    item_set(resource, "/spec/backupName", str_of(source));
  }
  if (cli_text(&c->flags, "output")) return cli_run_show(c, resource);
  if (!to && !cli_is(&c->flags, "dry-run"))
    return cli_usage(c, "name a directory: --to DIR, then `kubectl apply -R -f DIR`",
                     "--to is missing: pintle cannot write to a cluster yet");
  return restore(c, resource, from, to);
}
