/* restore_create.c -- pintle restore create.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/run_end.h"
#include <stdio.h>

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

/* ---- --from-schedule: the newest backup of a schedule (Velero pkg/controller/restore_controller.go mostRecentCompletedBackup) */
typedef struct latest {
  cli *c;
  str schedule;
  bool partially;
  buf name, started;
} latest;

static void look(void *ctx, const item_doc *backup) {
  latest *l = ctx;
  str phase = item_str(backup, "/status/phase", ""), started = item_str(backup, "/status/startTimestamp", "");
  if (!str_is(phase, "Completed") && !(l->partially && str_is(phase, "PartiallyFailed"))) return;
  if (!str_eq(item_str(backup, "/metadata/labels/velero.io~1schedule-name", ""), l->schedule)) return;
  if (l->name.len && str_cmp(started, buf_str(&l->started)) <= 0) return; /* RFC 3339 in UTC: in order as text */
  buf_clear(&l->name), buf_adds(&l->name, item_str(backup, "/metadata/name", ""));
  buf_clear(&l->started), buf_adds(&l->started, started);
}

static void tell_bad(void *ctx, const char *name, const error *e) {
  (void)name;
  cli_fail(((latest *)ctx)->c, e);
}

static int choose(cli *c, cli_session *s, const char *location, item_doc *resource) {
  store *from = NULL;
  error e = {0};
  latest l = {.c = c, .schedule = item_str(resource, "/spec/scheduleName", ""), .partially = cli_is(&c->flags, "allow-partially-failed")};
  int status = cli_session_store(c, s, location, &from);
  if (status != CLI_COMPLETED) return status;
  pintle_status st = run_list(s->run, from, false, NULL, look, tell_bad, &l, &e);
  if (st == PINTLE_OK && (l.name.failed || l.started.failed)) st = error_set(&e, PINTLE_NOMEM, "out of memory");
  if (st == PINTLE_OK && !l.name.len) {
    st = error_set(&e, PINTLE_NOT_FOUND, "no completed backups found for schedule \"%s\"", l.schedule.ptr);
    error_hint(&e, "backups of it have the label velero.io/schedule-name; --allow-partially-failed takes partially failed ones too");
  }
  if (st == PINTLE_OK && item_set(resource, "/spec/backupName", buf_str(&l.name)) != PINTLE_OK) st = error_nomem(&e);
  if (st == PINTLE_OK) cli_note(c, "Backup %s is the newest of schedule %s.", buf_z(&l.name), l.schedule.ptr);
  else status = cli_fail(c, &e);
  buf_free(&l.name);
  buf_free(&l.started);
  return status;
}

static int restore(cli *c, item_doc *resource, const char *from, const char *to) {
  cli_session s;
  const char *location = cli_text(&c->flags, "storage-location");
  int status = cli_session_open(c, &s);
  if (status == CLI_COMPLETED) {
    cli_session_tell(c, &s, location);
    if (!item_str(resource, "/spec/backupName", "").len && item_str(resource, "/spec/scheduleName", "").len)
      status = choose(c, &s, location, resource);
  }
  if (status == CLI_COMPLETED) {
    status = cli_run_now(c, &s, &cli_kind_restore, resource, from, to);
  }
  cli_session_close(&s);
  return status;
}

int cli_restore_create(cli *c) {
  CLEANUP(item_freep) item_doc *resource = NULL;
  char made[300], source[256];
  const char *backup = cli_text(&c->flags, "from-backup"), *from = cli_text(&c->flags, "from"), *to = cli_text(&c->flags, "to"),
             *file = cli_text(&c->flags, "filename"), *schedule = cli_text(&c->flags, "from-schedule"), *name = c->args[0];
  if ((from != NULL) + (backup != NULL) + (schedule != NULL) > 1)
    return cli_usage(c, NULL, "--from-backup, --from-schedule and --from cannot be used together");
  if (cli_is(&c->flags, "allow-partially-failed") && !schedule)
    return cli_usage(c, NULL, "--allow-partially-failed belongs to --from-schedule; --from-backup takes any backup");
  if (!from && !backup && !schedule && !file)
    return cli_usage(c, "pintle restore create --from-backup NAME --to DIR (`pintle backup get` lists the backups)",
                     "a backup to restore from is required");
  if (!name && (backup || schedule || from)) {
    if (!from) snprintf(source, sizeof source, "%s", backup ? backup : schedule);
    else base_name(from, source, sizeof source);
    cli_stamped_name(source, made, sizeof made);
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
