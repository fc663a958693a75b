/* stored_delete.c -- backup delete, restore delete.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/run_end.h"
#include "cli/signals.h"
#include "cli/watch.h"
#include <stdio.h>

typedef struct dry { /* what would be done to the one that is looked at */
  cli *c;
  const cli_run_kind *kind;
  const char *name;
  bool begun;
} dry;

static void would(void *ctx, const char *what) {
  dry *d = ctx;
  CLEANUP(buf_free) buf line = {0};
  if (!d->begun) cli_outf(d->c, "%s \"%s\" is not deleted in a dry run. Deleting it would\n", d->kind->kind, d->name);
  d->begun = true;
  buf_addz(&line, "  ");
  cli_clean(&line, str_of(what));
  buf_addc(&line, '\n');
  cli_out(d->c, buf_str(&line));
}

/* Names as they are, so that what is damaged or was interrupted can be deleted too. */
static int delete_one(cli *c, cli_session *s, store *from, const cli_run_kind *kind, const char *name) {
  error e = {0};
  bool kept = false, dry_run = cli_is(&c->flags, "dry-run");
  dry d = {c, kind, name, false};
  cli_watch w;
  int status = cli_watch_open(c, s->found.temp_dir, WATCH_NOTHING, &w);
  if (status != CLI_COMPLETED) return cli_watch_close(&w, status);
  const run_delete_request request = {.store = from,
                                      .restore = kind->restore,
                                      .name = name,
                                      .force = cli_is(&c->flags, "force"),
                                      .would = dry_run ? would : NULL,
                                      .would_ctx = &d,
                                      .listener = cli_watch_listener(&w),
                                      .control = {.cancelled = cli_signals_cancelled}};
  cli_signals_watch();
  pintle_status st = run_delete(s->run, &request, &kept, &e);
  int number = cli_signals_number();
  status = cli_watch_close(&w, st == PINTLE_OK ? CLI_COMPLETED : number ? CLI_SIGNAL + number : kept ? CLI_PARTLY : CLI_FAILED);
  if (st != PINTLE_OK) return cli_fail(c, &e), status;
  if (!dry_run) cli_outf(c, "%s \"%s\" deleted.\n", kind->kind, name);
  return CLI_COMPLETED;
}

static int confirmed(cli *c, const cli_run_kind *kind, size_t n) {
  char question[128];
  if (cli_is(&c->flags, "confirm") || cli_is(&c->flags, "dry-run")) return CLI_COMPLETED;
  if (!c->in_terminal) return cli_usage(c, "add --confirm", "nobody is here to confirm the deletion");
  snprintf(question, sizeof question, "Delete %zu %s%s? There is no way back.", n, kind->word, n == 1 ? "" : "s");
  if (cli_confirm(c, question)) return CLI_COMPLETED;
  cli_note(c, "Nothing was deleted.");
  return CLI_FAILED;
}

static int delete_named(cli *c, cli_session *s, store *from, const cli_run_kind *kind) {
  int worst = confirmed(c, kind, c->n_args);
  bool go = worst == CLI_COMPLETED;
  for (size_t i = 0; go && i < c->n_args; i++) {
    int status = delete_one(c, s, from, kind, c->args[i]);
    if (worst == CLI_COMPLETED) worst = status;
  }
  return worst;
}

static int delete_gathered(cli *c, cli_session *s, store *from, const cli_run_kind *kind) {
  cli_gathered all;
  int status = cli_gather(c, s, from, kind, &all);
  if (status != CLI_COMPLETED) return status;
  if (all.n == 0) cli_outf(c, "No %ss found.\n", kind->word);
  else status = confirmed(c, kind, all.n);
  bool go = status == CLI_COMPLETED;
  for (size_t i = 0; go && i < all.n; i++) {
    int one = delete_one(c, s, from, kind, item_str(all.v[i], "/metadata/name", "").ptr);
    if (status == CLI_COMPLETED) status = one;
  }
  cli_gathered_free(&all);
  return status;
}

static int delete_any(cli *c, cli_session *s, store *from, const cli_run_kind *kind) {
  bool all = cli_is(&c->flags, "all"), selected = cli_given(&c->flags, "selector");
  char hint[100];
  if ((c->n_args > 0) + all + selected != 1) {
    snprintf(hint, sizeof hint, "pintle %s delete NAME..., --selector SELECTOR, or --all", kind->word);
    return cli_usage(c, hint, "say what to delete: names, a selector, or all; one of them");
  }
  return c->n_args ? delete_named(c, s, from, kind) : delete_gathered(c, s, from, kind);
}

static int backups(cli *c, cli_session *s, store *from) { return delete_any(c, s, from, &cli_kind_backup); }
static int restores(cli *c, cli_session *s, store *from) { return delete_any(c, s, from, &cli_kind_restore); }
int cli_backup_delete(cli *c) { return cli_with_store(c, backups); }
int cli_restore_delete(cli *c) { return cli_with_store(c, restores); }
