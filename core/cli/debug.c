/* debug.c -- pintle debug: what somebody who is to help needs to see, in one file, and no secret.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/debug.h"
#include "archive/archive.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/plugin_text.h"
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define MOST ((size_t)64 << 20) /* of one object */

typedef struct bundle {
  cli *c;
  cli_session *s;
  archive_gzip *gzip;
  archive_writer *tar;
  buf text, path, problems; /* problems: lines of what could not be had */
  size_t parts;
  error failure; /* of the bundle itself */
} bundle;

/* Takes b->text as the file of that name. */
static void put(bundle *b, const char *directory, const char *file) {
  buf_clear(&b->path);
  buf_printf(&b->path, "bundle/%s%s%s", directory, *directory ? "/" : "", file);
  if (b->failure.status != PINTLE_OK) return;
  if (b->text.failed || b->path.failed) error_nomem(&b->failure);
  else archive_writer_add(b->tar, b->path.data, buf_str(&b->text), &b->failure);
  buf_clear(&b->text);
  b->parts++;
}

static void problem(bundle *b, const char *directory, const char *file, const error *e) {
  buf_printf(&b->problems, "%s%s%s: %s\n", directory, *directory ? "/" : "", file, e->message);
  buf_clear(&b->text);
}

/* ---- the machine and the installation */
static void version(bundle *b) {
  struct utsname u = {0};
  uname(&u);
  buf_printf(&b->text, "{\"pintle\":\"%s\",\"pluginABI\":\"%u.%u\",\"kernel\":", PINTLE_VERSION, PINTLE_ABI_MAJOR, PINTLE_ABI_MINOR);
  buf_json_go(&b->text, str_of(u.release));
  buf_addz(&b->text, ",\"machine\":");
  buf_json_go(&b->text, str_of(u.machine));
  buf_addz(&b->text, ",\"libc\":");
  buf_json_go(&b->text, str_of(gnu_get_libc_version()));
  buf_printf(&b->text, ",\"processors\":%ld}\n", sysconf(_SC_NPROCESSORS_ONLN));
  put(b, "", "version.json");
}

static void environment(bundle *b) {
  for (const char *const *v = b->c->process->environment; v && *v; v++) buf_add(&b->text, *v, strcspn(*v, "=")), buf_addc(&b->text, '\n');
  put(b, "", "environment-names.txt");
}

static void plugins(bundle *b) {
  const host_registry *r = NULL;
  error e = {0};
  if (run_plugins(b->s->run, &r, &e) != PINTLE_OK) {
    problem(b, "", "plugins.json", &e);
    return;
  }
  buf_addz(&b->text, "[");
  for (size_t i = 0; i < r->n_plugins; i++) buf_addz(&b->text, i ? ",\n" : "\n"), cli_plugin_json(&r->plugins[i], &b->text);
  buf_addz(&b->text, "\n]\n");
  put(b, "", "plugins.json");
}

static void one_chain(bundle *b, uint32_t kind, const char *file) {
  error e = {0};
  if (cli_debug_chain(b->s->run, kind, &b->text, &e) == PINTLE_OK) put(b, "", file);
  else problem(b, "", file, &e);
}

/* Where stores are, not how they are reached: spec.config and credentials stay out. */
static void locations(bundle *b) {
  const run_location *l = NULL;
  size_t n = run_locations(b->s->run, &l);
  for (size_t i = 0; i < n; i++)
    buf_printf(&b->text, "%s %s %s/%s %s%s %s\n", l[i].name, l[i].provider, l[i].bucket, l[i].prefix, l[i].access_mode,
               l[i].is_default ? " default" : "", l[i].place);
  put(b, "", "locations.txt");
}

/* ---- one run */
static pintle_status add_piece(void *ctx, str data, error *e) {
  buf *to = ctx;
  if (to->len + data.len > MOST) return error_set(e, PINTLE_INVALID, "it is larger than a bundle takes (64 MiB); the store has it");
  buf_adds(to, data);
  return to->failed ? error_nomem(e) : PINTLE_OK;
}

static void object(bundle *b, store *from, const cli_run_kind *kind, const char *name, int which, const char *file) {
  error e = {0};
  pintle_status st = run_object(b->s->run, from, kind->restore, name, which, true, add_piece, &b->text, &e);
  if (st == PINTLE_OK) put(b, kind->word, file);
  else problem(b, kind->word, file, &e);
}

static void stored_report(bundle *b, store *from, const cli_run_kind *kind, const char *name) {
  CLEANUP(item_freep) item_doc *d = NULL;
  error e = {0};
  pintle_status st = item_new(&d) == PINTLE_OK ? run_report(b->s->run, from, kind->restore, name, d, &e) : error_nomem(&e);
  if (st == PINTLE_OK) st = item_print(d, NULL, ITEM_PRINT_PRETTY, &b->text);
  if (st == PINTLE_OK) put(b, kind->word, "run.json");
  else problem(b, kind->word, "run.json", &e);
}

static void record(bundle *b, store *from, const cli_run_kind *kind, const char *name) {
  arena a = {0};
  store_run *runs = NULL;
  size_t n = 0;
  error e = {0};
  char started[32], heartbeat[32];
  if (store_runs(from, &a, &runs, &n, &e) != PINTLE_OK) problem(b, kind->word, "run-record.json", &e);
  for (size_t i = 0; i < n; i++) {
    if (strcmp(runs[i].kind, kind->word) != 0 || strcmp(runs[i].name, name) != 0) continue;
    buf_printf(&b->text, "{\"phase\":\"%s\",\"started\":\"%s\",\"heartbeat\":\"%s\",\"host\":", runs[i].phase,
               clock_rfc3339(runs[i].started, started), clock_rfc3339(runs[i].heartbeat, heartbeat));
    buf_json_go(&b->text, str_of(runs[i].host));
    buf_printf(&b->text, ",\"pid\":%lld,\"data\":", (long long)runs[i].pid);
    buf_adds(&b->text, runs[i].data.len ? runs[i].data : STR("{}"));
    buf_addz(&b->text, "}\n");
    put(b, kind->word, "run-record.json");
  }
  arena_free(&a);
}

/* As it was applied by somebody: it may hold anything. */
static void resource(bundle *b, const cli_run_kind *kind, item_doc *d) {
  static const char last[] = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
  error e = {0};
  pintle_status st = item_at(d, last) ? item_set(d, last, STR("***")) : PINTLE_OK;
  if (st == PINTLE_OK) st = item_print(d, NULL, ITEM_PRINT_PRETTY, &b->text);
  buf_addc(&b->text, '\n');
  if (st == PINTLE_OK) put(b, kind->word, "resource.json");
  else error_set(&e, st, "it cannot be printed"), problem(b, kind->word, "resource.json", &e);
}

static void one_run(bundle *b, store *from, const cli_run_kind *kind, item_doc *d) {
  static const struct {
    int which;
    const char *file;
    bool backup_only;
  } objects[] = {{STORE_LOG, "log.txt", false},
                 {STORE_RESULTS, "results.json", false},
                 {STORE_RESOURCE_LIST, "resource-list.json", false},
                 {STORE_ITEM_OPERATIONS, "itemoperations.json", false},
                 {STORE_VOLUME_INFO, "volumeinfo.json", false},
                 {STORE_OUTCOMES, "items.jsonl", false},
                 {STORE_VOLUME_SNAPSHOTS, "volumesnapshots.json", true}};
  const char *name = item_str(d, "/metadata/name", "").ptr;
  for (size_t i = 0; i < sizeof objects / sizeof *objects; i++)
    if (!(objects[i].backup_only && kind->restore)) object(b, from, kind, name, objects[i].which, objects[i].file);
  stored_report(b, from, kind, name);
  record(b, from, kind, name);
  resource(b, kind, d);
}

/* ---- the file */
typedef struct wanted {
  const cli_run_kind *kind;
  const char *name;
  cli_gathered found;
} wanted;

static void add_all(bundle *b, store *from, wanted *runs) {
  version(b);
  environment(b);
  locations(b);
  plugins(b);
  one_chain(b, CONF_BACKUP_ITEM_ACTION, "chain-backup.json");
  one_chain(b, CONF_RESTORE_ITEM_ACTION, "chain-restore.json");
  for (size_t i = 0; i < 2; i++)
    if (runs[i].found.n) one_run(b, from, runs[i].kind, runs[i].found.v[0]);
  buf_adds(&b->text, b->problems.len ? buf_str(&b->problems) : STR("none\n"));
  put(b, "", "missing.txt");
}

static pintle_status write_bundle(bundle *b, store *from, wanted *runs, int fd, error *e) {
  pintle_status st = archive_gzip_open(fd, 0, 0, &b->gzip, e);
  if (st == PINTLE_OK) st = archive_writer_open(b->gzip, clock_now() - CLOCK_SECOND / 2, &b->tar, e);
  if (st != PINTLE_OK) return archive_gzip_abandon(b->gzip), st;
  add_all(b, from, runs);
  st = archive_writer_close(b->tar, NULL, e);
  if (b->failure.status != PINTLE_OK) *e = b->failure, st = e->status;
  if (st != PINTLE_OK) return archive_gzip_abandon(b->gzip), st;
  st = archive_gzip_close(b->gzip, NULL, NULL, e);
  return st == PINTLE_OK && fsync(fd) != 0 ? error_errno(e, errno, "cannot sync the bundle") : st;
}

static int collect(cli *c, cli_session *s, store *from, wanted *runs) {
  bundle b = {.c = c, .s = s};
  char made[64] = "";
  const char *path = cli_text(&c->flags, "output");
  CLEANUP(close_p) int fd = -1;
  time_t now = time(NULL);
  struct tm tm;
  error e = {0};
  if (!path && localtime_r(&now, &tm)) strftime(made, sizeof made, "./bundle-%Y-%m-%d-%H-%M-%S.tar.gz", &tm);
  if (!path) path = made;
  pintle_status st = file_open(AT_FDCWD, path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0600, &fd, &e);
  if (st == PINTLE_OK && (st = write_bundle(&b, from, runs, fd, &e)) != PINTLE_OK) unlink(path);
  if (st == PINTLE_OK) cli_outf(c, "Wrote %zu files to %s. Look through them before you hand them on.\n", b.parts, path);
  else cli_fail(c, &e);
  buf_free(&b.text);
  buf_free(&b.path);
  buf_free(&b.problems);
  return st == PINTLE_OK ? CLI_COMPLETED : CLI_FAILED;
}

static int debug(cli *c, cli_session *s, store *from) {
  wanted runs[] = {{.kind = &cli_kind_backup, .name = cli_text(&c->flags, "backup")},
                   {.kind = &cli_kind_restore, .name = cli_text(&c->flags, "restore")}};
  int status = CLI_COMPLETED;
  for (size_t i = 0; i < 2 && status == CLI_COMPLETED; i++) {
    if (!runs[i].name) continue;
    status = cli_gather_one(c, s, from, runs[i].kind, runs[i].name, &runs[i].found);
    if (status == CLI_COMPLETED && runs[i].found.failed) status = CLI_FAILED;
  }
  if (status == CLI_COMPLETED) status = collect(c, s, from, runs);
  for (size_t i = 0; i < 2; i++) cli_gathered_free(&runs[i].found);
  return status;
}

int cli_debug(cli *c) { return cli_with_store(c, debug); }
