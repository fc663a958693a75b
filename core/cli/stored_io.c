/* stored_io.c -- logs, download, verify: what a store gives back.  SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cli/commands.h"
#include "cli/gather.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* "backup "x" not found", where an object is missing because all of it is. */
static int not_there(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const error *e, const char *what) {
  cli_gathered g;
  if (e->status != PINTLE_NOT_FOUND) return cli_fail(c, e), CLI_FAILED;
  if (cli_gather(c, s, from, kind, &g) != CLI_COMPLETED) return CLI_FAILED;
  if (g.n) cli_note(c, "pintle: %s \"%s\" has no %s in the store", kind->word, c->args[0], what);
  cli_gathered_free(&g);
  return CLI_FAILED;
}

/* ---- logs. A log holds what plugins said: control characters are made visible on a terminal. */
typedef struct logs {
  cli *c;
  buf safe;
} logs;

static pintle_status print_piece(void *ctx, str data, error *e) {
  logs *l = ctx;
  buf_clear(&l->safe);
  if (l->c->out_terminal) cli_clean_lines(&l->safe, data);
  if (l->safe.failed) return error_nomem(e);
  cli_out(l->c, l->c->out_terminal ? buf_str(&l->safe) : data);
  return l->c->out_broken ? error_set(e, PINTLE_CANCELLED, "standard output is gone") : PINTLE_OK;
}

static int print_logs(cli *c, cli_session *s, store *from, const cli_run_kind *kind) {
  logs l = {.c = c};
  error e = {0};
  pintle_status st = run_object(s->run, from, kind->restore, c->args[0], STORE_LOG, true, print_piece, &l, &e);
  buf_free(&l.safe);
  return st == PINTLE_OK ? CLI_COMPLETED : c->out_broken ? CLI_FAILED : not_there(c, s, from, kind, &e, "log");
}

static int backup_logs(cli *c, cli_session *s, store *from) { return print_logs(c, s, from, &cli_kind_backup); }
static int restore_logs(cli *c, cli_session *s, store *from) { return print_logs(c, s, from, &cli_kind_restore); }
int cli_backup_logs(cli *c) { return cli_with_store(c, backup_logs); }
int cli_restore_logs(cli *c) { return cli_with_store(c, restore_logs); }

/* ---- download: into a temporary file beside the target, which appears whole or not at all */
typedef struct download {
  int fd;
  const char *name;
} download;

static pintle_status write_piece(void *ctx, str data, error *e) {
  download *d = ctx;
  return file_write(d->fd, data.ptr, data.len, d->name, e);
}

static int to_file(cli *c, cli_session *s, store *from, const char *path) {
  CLEANUP(buf_free) buf temporary = {0};
  CLEANUP(close_p) int fd = -1;
  error e = {0};
  bool force = cli_is(&c->flags, "force");
  if (!force && access(path, F_OK) == 0) return cli_usage(c, "--force replaces it; -o FILE names another", "%s is there already", path);
  buf_printf(&temporary, "%s.%ld.part", path, (long)getpid());
  if (temporary.failed) return error_nomem(&e), cli_fail(c, &e);
  pintle_status st = file_open(AT_FDCWD, temporary.data, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0600, &fd, &e);
  if (st != PINTLE_OK) return cli_fail(c, &e), CLI_FAILED;
  download d = {fd, path};
  st = run_object(s->run, from, false, c->args[0], STORE_CONTENTS, false, write_piece, &d, &e);
  if (st == PINTLE_OK && fsync(fd) != 0) st = error_errno(&e, errno, "cannot sync %s", path);
  if (st == PINTLE_OK && force && rename(temporary.data, path) != 0) st = error_errno(&e, errno, "cannot make %s", path);
  else if (st == PINTLE_OK && !force && link(temporary.data, path) != 0) st = error_errno(&e, errno, "cannot make %s", path);
  if (st != PINTLE_OK || !force) unlink(temporary.data);
  if (st == PINTLE_NOT_FOUND) return not_there(c, s, from, &cli_kind_backup, &e, "contents");
  if (st != PINTLE_OK) return cli_fail(c, &e), CLI_FAILED;
  cli_note(c, "Backup %s has been successfully downloaded to %s", c->args[0], path);
  return CLI_COMPLETED;
}

static int fetch(cli *c, cli_session *s, store *from) {
  CLEANUP(buf_free) buf made = {0};
  const char *path = cli_text(&c->flags, "output");
  error e = {0};
  if (path && strcmp(path, "-") == 0) {
    download d = {c->process->out, "standard output"};
    if (c->out_terminal) return cli_usage(c, "-o FILE, or a pipe: -o - | tar tz", "a tarball is not for a terminal");
    if (run_object(s->run, from, false, c->args[0], STORE_CONTENTS, false, write_piece, &d, &e) == PINTLE_OK) return CLI_COMPLETED;
    return not_there(c, s, from, &cli_kind_backup, &e, "contents");
  }
  if (!path && !store_valid_name(str_of(c->args[0]))) return cli_usage(c, NULL, "\"%s\" is no name of a backup", c->args[0]);
  buf_printf(&made, "./%s-data.tar.gz", c->args[0]);
  return to_file(c, s, from, path ? path : buf_z(&made));
}
int cli_backup_download(cli *c) { return cli_with_store(c, fetch); }

/* ---- verify */
static void problem(void *ctx, const char *where, const char *what) { cli_note(ctx, "damaged: %s: %s", where, what); }

static int verify_one(cli *c, store *from, const char *name) {
  store_verify v = {0};
  error e = {0};
  if (!store_valid_name(str_of(name))) return cli_usage(c, NULL, "\"%s\" is no name of a backup", name);
  pintle_status st = store_verify_backup(from, name, problem, c, &v, &e);
  if (st == PINTLE_NOT_FOUND && v.problems == 0) {
    cli_note(c, "pintle: backup \"%s\" not found", name);
    return cli_note(c, "  hint: `pintle backup get` lists them"), CLI_FAILED;
  }
  if (st != PINTLE_OK && v.problems == 0) return cli_fail(c, &e), CLI_FAILED;
  cli_outf(c, "Backup \"%s\": %llu objects, %llu items, %llu bytes fetched back and %s: %s\n", name, (unsigned long long)v.objects,
           (unsigned long long)v.items, (unsigned long long)v.bytes,
           v.has_manifest ? "compared by SHA-256"
           : v.waits      ? "checked as gzip, tar and JSON (its manifest is made when it is final)"
                          : "checked as gzip, tar and JSON (it has no manifest of pintle's, so no checksums)",
           v.problems ? "DAMAGED" : "all is well");
  if (v.waits) cli_outf(c, "It is not final, it is %s. If no pintle is at work on it, go on with `pintle backup continue %s`.\n", v.phase, name);
  if (v.problems) cli_outf(c, "%llu problem%s\n", (unsigned long long)v.problems, v.problems == 1 ? "" : "s");
  return v.problems ? CLI_FAILED : CLI_COMPLETED;
}

static int verify(cli *c, cli_session *s, store *from) {
  int worst = CLI_COMPLETED;
  (void)s;
  for (size_t i = 0; i < c->n_args; i++) {
    int status = verify_one(c, from, c->args[i]);
    cli_flush(c, CLI_COMPLETED);
    if (status != CLI_COMPLETED && worst == CLI_COMPLETED) worst = status;
  }
  return worst;
}
int cli_backup_verify(cli *c) { return cli_with_store(c, verify); }
