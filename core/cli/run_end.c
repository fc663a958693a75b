/* run_end.c -- see run_end.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/run_end.h"
#include "base/file.h"
#include "cli/fail_on.h"
#include "cli/metrics.h"
#include "cli/signals.h"
#include "cli/spec.h"
#include "cli/summary.h"
#include <fcntl.h>
#include <stdio.h>

const cli_run_kind cli_kind_backup = {false, "Backup", "backup"}, cli_kind_restore = {true, "Restore", "restore"};

int cli_phase_status(const char *phase) {
  if (strcmp(phase, "Completed") == 0) return CLI_COMPLETED;
  return strcmp(phase, "PartiallyFailed") == 0 ? CLI_PARTLY : CLI_FAILED;
}

static pintle_status named(const char *name, const cli_run_kind *kind, item_doc *resource, error *e) {
  item_doc *checked = NULL;
  pintle_status st = kind->restore ? run_new_restore(name, &checked, e) : run_new_backup(name, &checked, e);
  item_free(checked);
  return st == PINTLE_OK && item_set(resource, "/metadata/name", str_of(name)) != PINTLE_OK ? error_nomem(e) : st;
}

int cli_run_resource(cli *c, const cli_run_kind *kind, const char *name, item_doc **out) {
  const char *file = cli_text(&c->flags, "filename");
  error e = {0};
  pintle_status st;
  *out = NULL;
  if (file) {
    st = cli_spec_read(file, kind->kind, out, &e);
    if (st == PINTLE_OK && name) st = named(name, kind, *out, &e);
  } else st = kind->restore ? run_new_restore(name, out, &e) : run_new_backup(name, out, &e);
  if (st == PINTLE_OK) st = cli_spec_fill(&c->flags, &c->memory, *out, &e);
  if (st == PINTLE_OK) return CLI_COMPLETED;
  cli_fail(c, &e);
  item_freep(out);
  return CLI_USAGE;
}

int cli_run_show(cli *c, item_doc *resource) { return cli_print_doc(c, resource, cli_text(&c->flags, "output")); }

typedef struct ended {
  cli *c;
  cli_session *session;
  const cli_run_kind *kind;
  const item_doc *resource;
  const engine_summary *summary;
  cli_watch *watch;
  const char *from, *to;
  bool dry;
} ended;

/* ---- the end */
static int write_metrics(const ended *r, bool begun, int status) {
  const char *file = cli_text(&r->c->flags, "metrics-file");
  CLEANUP(buf_free) buf text = {0};
  error e = {0};
  if (!file || r->dry) return status;
  const cli_metrics m = {r->kind->restore, begun, r->resource, r->summary, buf_str(&r->watch->actions)};
  cli_metrics_print(&m, &text);
  if (text.failed) error_nomem(&e);
  else if (file_replace(AT_FDCWD, file, buf_str(&text), 0644, false, &e) == PINTLE_OK) return status;
  error_wrap(&e, "--metrics-file");
  cli_fail(r->c, &e);
  return status == CLI_COMPLETED ? CLI_FAILED : status;
}

static void tell_items(const ended *r, buf *b) {
  const engine_summary *s = r->summary;
  double seconds = (double)(s->ended - s->started) / 1e9;
  if (r->kind->restore && !r->dry && s->created + s->updated + s->unchanged == s->done)
    buf_printf(b, "%llu created, %llu updated, %llu unchanged", (unsigned long long)s->created, (unsigned long long)s->updated,
               (unsigned long long)s->unchanged);
  else buf_printf(b, "%llu %s", (unsigned long long)s->done, s->done == 1 ? "item" : "items");
  if (r->dry) cli_watch_changes(r->watch, b);
  if (s->skipped) buf_printf(b, ", %llu skipped", (unsigned long long)s->skipped);
  if (s->failed) buf_printf(b, ", %llu failed", (unsigned long long)s->failed);
  if (seconds > 0) buf_printf(b, " in %.1fs", seconds);
  buf_printf(b, "; %llu error%s, %llu warning%s", (unsigned long long)s->errors, s->errors == 1 ? "" : "s", (unsigned long long)s->warnings,
             s->warnings == 1 ? "" : "s");
}

/* "pintle restore create r1 --from-backup b1 ..." once more without --dry-run, or kubectl. */
static void next_step(const ended *r, buf *b) {
  const cli_process *p = r->c->process;
  if (!r->dry) {
    if (r->to) buf_printf(b, "kubectl apply -R -f %s", r->to);
    return;
  }
  for (int i = 0; i < p->argc; i++) {
    if (strcmp(p->argv[i], "--dry-run") == 0 || strncmp(p->argv[i], "--report", 8) == 0) {
      i += strcmp(p->argv[i], "--report") == 0;
      continue;
    }
    const char *word = i ? p->argv[i] : "pintle";
    bool plain = word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%")] == 0 && *word;
    buf_printf(b, plain ? "%s%s" : "%s'%s'", b->len ? " " : "", word);
  }
  if (!r->to) buf_addz(b, " --to DIR");
}

static void tell(const ended *r) {
  CLEANUP(buf_free) buf items = {0};
  CLEANUP(buf_free) buf next = {0};
  const char *name = item_str(r->resource, "/metadata/name", "").ptr, *word = r->kind->word;
  bool lost = strcmp(r->summary->phase, "Failed") == 0;
  tell_items(r, &items);
  if (r->dry) {
    next_step(r, &next);
    cli_outf(r->c, "Dry run of %s \"%s\": %s. Nothing was written.\n", word, name, buf_z(&items));
    cli_summary(r->c, r->watch, r->kind->restore ? buf_z(&next) : "");
    return;
  }
  if (engine_phase_waits(r->summary->phase)) {
    cli_outf(r->c, "%s \"%s\" is not over: it is %s. Go on with `pintle %s continue %s`.\n", r->kind->kind, name, r->summary->phase, word,
             name);
    return;
  }
  cli_outf(r->c, "%s \"%s\" completed with status: %s. %s.\n", r->kind->kind, name, r->summary->phase, buf_z(&items));
  if (!lost)
    cli_outf(r->c, "You may check for more information using the commands `pintle %s describe %s` and `pintle %s logs %s`.\n", word, name,
             word, name);
  if (!lost && r->kind->restore) next_step(r, &next), cli_summary(r->c, r->watch, buf_z(&next));
}

static int write_report(const ended *r, int status) {
  CLEANUP(buf_free) buf next = {0};
  const char *backup = r->from ? NULL : item_str(r->resource, "/spec/backupName", "").ptr;
  next_step(r, &next);
  return cli_report_write(r->c, &r->watch->report,
                          &(cli_report_facts){.session = r->session,
                                              .action_kind = CONF_RESTORE_ITEM_ACTION,
                                              .kind = r->kind->kind,
                                              .name = item_str(r->resource, "/metadata/name", "").ptr,
                                              .source = r->from ? r->from : backup,
                                              .target = r->to,
                                              .backup = backup,
                                              .location = cli_text(&r->c->flags, "storage-location"),
                                              .next = buf_z(&next),
                                              .resource = r->resource,
                                              .summary = r->summary,
                                              .dry = r->dry},
                          status);
}

static int end(const ended *r, cli_watch *w, pintle_status st, const error *e) {
  int status, number = cli_signals_number();
  cli_progress_clear(&w->progress, &w->line);
  cli_err(r->c, buf_str(&w->line));
  buf_clear(&w->line);
  if (st != PINTLE_OK) {
    status = write_metrics(r, false, cli_fail(r->c, e));
    return cli_watch_close(w, number ? CLI_SIGNAL + number : status);
  }
  status = cli_phase_status(r->summary->phase);
  if (status == CLI_FAILED && e->message[0]) cli_fail(r->c, e);
  tell(r);
  if (status != CLI_FAILED) status = cli_fail_on(r->c, w, r->summary, status);
  status = write_metrics(r, true, write_report(r, status));
  status = cli_watch_close(w, status);
  return number && cli_phase_status(r->summary->phase) == CLI_FAILED ? CLI_SIGNAL + number : status;
}

int cli_run_now(cli *c, cli_session *s, const cli_run_kind *kind, item_doc *resource, const char *from, const char *to) {
  cli_watch w;
  engine_summary summary = {.phase = "Failed"};
  error e = {0};
  bool dry = cli_is(&c->flags, "dry-run");
  int status = cli_watch_open(c, s->found.temp_dir, dry ? WATCH_DIFF : WATCH_NOTHING, &w);
  if (status != CLI_COMPLETED) return cli_watch_close(&w, status);
  cli_signals_watch();
  const run_request request = {.resource = resource,
                               .from = from,
                               .to = to,
                               .location = kind->restore ? cli_text(&c->flags, "storage-location") : NULL,
                               .dry_run = dry,
                               .listener = cli_watch_listener(&w),
                               .control = {.cancelled = cli_signals_cancelled}};
  pintle_status st = kind->restore ? run_restore(s->run, &request, &summary, &e) : run_backup(s->run, &request, &summary, &e);
  const ended r = {c, s, kind, resource, &summary, &w, from, to, dry};
  return end(&r, &w, st, &e);
}

int cli_run_continue(cli *c, cli_session *s, const cli_run_kind *kind, const char *name, const char *from) {
  CLEANUP(item_freep) item_doc *resource = NULL;
  CLEANUP(item_freep) item_doc *none = NULL;
  cli_watch w;
  engine_summary summary = {.phase = "Failed"};
  error e = {0};
  if (item_new(&none) != PINTLE_OK) return error_nomem(&e), cli_fail(c, &e);
  int status = cli_watch_open(c, s->found.temp_dir, WATCH_NOTHING, &w);
  if (status != CLI_COMPLETED) return cli_watch_close(&w, status);
  cli_signals_watch();
  const run_continue_request request = {.restore = kind->restore,
                                        .name = name,
                                        .location = cli_text(&c->flags, "storage-location"),
                                        .from = from,
                                        .give_up = cli_is(&c->flags, "give-up"),
                                        .listener = cli_watch_listener(&w),
                                        .control = {.cancelled = cli_signals_cancelled}};
  pintle_status st = run_continue(s->run, &request, &resource, &summary, &e);
  const ended r = {c, s, kind, resource ? resource : none, &summary, &w, from, NULL, false};
  return end(&r, &w, st, &e);
}
