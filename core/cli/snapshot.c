/* snapshot.c -- snapshot create, get, restore, delete, verify: one volume, without a backup.  SPDX-License-Identifier: Apache-2.0 */
#include "run/snapshot.h"
#include "base/clock.h"
#include "cli/commands.h"
#include "cli/gather.h"
#include "cli/signals.h"
#include "cli/table.h"
#include <stdio.h>
#include <stdlib.h>

/* ---- while a call lasts: lines of the plugin, how far it is, with the time that is left */
typedef struct watched {
  cli *c;
  bool bar; /* one stands on the last line */
  int64_t begun, last;
} watched;

static void clear_bar(watched *w) {
  if (w->bar) cli_err(w->c, STR("\r\x1b[K"));
  w->bar = false;
}

static void on_log(void *ctx, int32_t level, const char *plugin, str message) {
  static const char *const words[] = {"", "", "", "warning: ", "error: "};
  watched *w = ctx;
  if (level < PINTLE_LOG_INFO) return;
  clear_bar(w);
  cli_note(w->c, "%s%s%s%.*s", words[level > 4 ? 4 : level], plugin, *plugin ? ": " : "", (int)message.len, message.ptr);
}

static void amount(buf *out, int64_t n, const char *units) {
  static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double v = (double)n;
  size_t i = 0;
  if (!units || strcmp(units, "bytes") != 0) {
    buf_printf(out, "%lld", (long long)n);
    return;
  }
  while (v >= 1024 && i < 5) v /= 1024, i++;
  buf_printf(out, i ? "%.1f %s" : "%.0f %s", v, names[i]);
}

static void on_report(void *ctx, const pintle_progress *p) {
  CLEANUP(buf_free) buf line = {0}, clean = {0};
  watched *w = ctx;
  int64_t now = clock_monotonic(), pause = w->c->err_terminal ? CLOCK_SECOND / 10 : CLOCK_SECOND;
  char left[32];
  if (now - w->last < pause) return;
  w->last = now;
  if (p->n_total > 0) buf_printf(&line, "%d%% ", (int)((double)p->n_completed * 100 / (double)p->n_total));
  amount(&line, p->n_completed, p->units);
  if (p->n_total > 0) buf_addz(&line, " of "), amount(&line, p->n_total, p->units);
  if (p->units && strcmp(p->units, "bytes") != 0) buf_printf(&line, " %s", p->units);
  if (p->description && *p->description) buf_printf(&line, ", %s", p->description);
  if (p->n_total > p->n_completed && p->n_completed > 0) {
    double rest = (double)(now - w->begun) / (double)p->n_completed * (double)(p->n_total - p->n_completed);
    if (rest < 1e18) buf_printf(&line, ", %s left", cli_short_duration((int64_t)rest, left));
  }
  cli_clean(&clean, buf_str(&line));
  if (!w->c->err_terminal) {
    cli_note(w->c, "%s", buf_z(&clean));
    return;
  }
  buf_clear(&line);
  buf_printf(&line, "\r\x1b[K%.78s", buf_z(&clean));
  w->bar = true;
  cli_err(w->c, buf_str(&line));
}

static bool cancelled(void *ctx) {
  (void)ctx;
  return cli_signals_cancelled(NULL);
}

static void watch(cli *c, store *from, watched *w, run_snapshot_request *r) {
  int64_t now = clock_monotonic();
  *w = (watched){.c = c, .begun = now, .last = now};
  *r = (run_snapshot_request){.store = from,
                              .location = cli_text(&c->flags, "snapshot-location"),
                              .cancelled = cancelled,
                              .log = on_log,
                              .report = on_report,
                              .ctx = w};
  cli_signals_watch();
}

/* begun: a plugin was called, and whatever it says, the command line was right. */
static int end(watched *w, pintle_status st, bool begun, const error *e) {
  int number = cli_signals_number();
  clear_bar(w);
  if (st == PINTLE_OK) return CLI_COMPLETED;
  int status = cli_fail(w->c, e);
  return number ? CLI_SIGNAL + number : begun ? CLI_FAILED : status;
}

/* ---- the PersistentVolume of a file */
static bool is_volume(const item_doc *d) {
  return str_is(item_str(d, "/kind", ""), "PersistentVolume") && str_is(item_str(d, "/apiVersion", ""), "v1");
}

static int read_volume(cli *c, const char *path, conf_set *set, item_doc **pv) {
  CLEANUP(buf_free) buf text = {0};
  const item_doc *found = NULL;
  error e = {0};
  if (conf_set_load(set, path, &e) != PINTLE_OK) return cli_fail(c, &e), CLI_USAGE;
  for (size_t i = 0; i < set->n; i++) {
    if (!is_volume(set->v[i]->doc)) continue;
    if (found) return cli_usage(c, "one file for each", "%s has more than one PersistentVolume", path);
    found = set->v[i]->doc;
  }
  if (!found) return cli_usage(c, "kubectl get pv NAME -o yaml > FILE", "%s has no PersistentVolume", path);
  if (!item_str(found, "/metadata/name", "").len) return cli_usage(c, NULL, "the PersistentVolume of %s has no name", path);
  if (item_print(found, NULL, 0, &text) != PINTLE_OK || item_new(pv) != PINTLE_OK) return error_nomem(&e), cli_fail(c, &e);
  return item_parse(*pv, buf_str(&text), ITEM_KUBERNETES, NULL, &e) == PINTLE_OK ? CLI_COMPLETED : cli_fail(c, &e);
}

/* ---- create */
static int create(cli *c, cli_session *s, store *from) {
  conf_set set = {0};
  CLEANUP(item_freep) item_doc *pv = NULL;
  CLEANUP(item_freep) item_doc *record = NULL;
  const char *file = cli_text(&c->flags, "pv"), *name = c->n_args ? c->args[0] : NULL;
  char made[300];
  run_snapshot_request r;
  watched w;
  error e = {0};
  int status = file ? read_volume(c, file, &set, &pv) : cli_usage(c, "pintle snapshot create --pv pv.yaml", "--pv FILE is missing");
  conf_set_free(&set);
  if (status != CLI_COMPLETED) return status;
  if (!name) cli_stamped_name(item_str(pv, "/metadata/name", "").ptr, made, sizeof made), name = made;
  cli_session_tell(c, s, cli_text(&c->flags, "storage-location"));
  watch(c, from, &w, &r);
  pintle_status st = run_snapshot_create(s->run, &r, pv, name, &record, &e);
  status = end(&w, st, record && st != PINTLE_EXISTS, &e);
  if (status == CLI_COMPLETED) cli_outf(c, "Snapshot \"%s\" created: %s\n", name, item_str(record, "/status/providerSnapshotID", "").ptr);
  return status;
}

/* ---- get */
typedef struct gathered {
  char **v;
  size_t n, cap;
} gathered;

static pintle_status gather(void *ctx, str name) {
  gathered *g = ctx;
  if (!GROW(g->v, g->n, g->cap) || !(g->v[g->n] = strndup(name.ptr, name.len))) return PINTLE_NOMEM;
  g->n++;
  return PINTLE_OK;
}

static int by_name(const void *x, const void *y) { return strcmp(*(char *const *)x, *(char *const *)y); }

static void row(cli_table *t, const item_doc *d) {
  char age[32];
  int64_t made = 0;
  clock_parse(item_str(d, "/metadata/creationTimestamp", ""), &made);
  cli_table_cell(t, item_str(d, "/metadata/name", ""));
  cli_table_cell(t, item_str(d, "/status/phase", ""));
  cli_table_cellz(t, made ? cli_short_duration(clock_now() - made, age) : "<unknown>");
  cli_table_cell(t, item_str(d, "/spec/persistentVolumeName", ""));
  cli_table_cell(t, item_str(d, "/spec/location", ""));
  cli_table_cell(t, item_str(d, "/status/providerSnapshotID", ""));
}

static int print_all(cli *c, store *from, const gathered *g) {
  const char *format = cli_text(&c->flags, "output");
  bool table = strcmp(format, "table") == 0;
  int status = CLI_COMPLETED;
  CLEANUP(buf_free) buf out = {0}, items = {0};
  cli_table t;
  cli_table_begin(&t, "NAME|PHASE|AGE|PERSISTENT VOLUME|LOCATION|SNAPSHOT ID");
  for (size_t i = 0; i < g->n; i++) {
    CLEANUP(item_freep) item_doc *d = NULL;
    error e = {0};
    if (!cli_names(c, str_of(g->v[i]))) continue;
    if (run_snapshot_record(from, g->v[i], &d, &e) != PINTLE_OK) {
      cli_fail(c, &e);
      status = CLI_FAILED;
      continue;
    }
    row(&t, d);
    if (items.len) buf_addc(&items, ',');
    if (!table && item_print(d, NULL, 0, &items) != PINTLE_OK) items.failed = true;
  }
  cli_table_end(&t, &out);
  if (!table && !items.failed)
    return cli_print_items(c, "pintle.io/v1alpha1", "SnapshotRecordList", buf_str(&items), format) ? CLI_FAILED : status;
  cli_out(c, buf_str(&out));
  return items.failed ? CLI_FAILED : status;
}

static int get(cli *c, cli_session *s, store *from) {
  gathered g = {0};
  error e = {0};
  (void)s;
  int status = run_snapshot_names(from, gather, &g, &e) == PINTLE_OK ? CLI_COMPLETED : cli_fail(c, &e);
  if (g.n) qsort(g.v, g.n, sizeof *g.v, by_name);
  for (size_t i = 0; status == CLI_COMPLETED && i < c->n_args; i++) {
    bool there = false;
    for (size_t k = 0; k < g.n; k++) there |= strcmp(g.v[k], c->args[i]) == 0;
    if (!there) cli_note(c, "pintle: snapshot \"%s\" not found", c->args[i]), status = CLI_FAILED;
  }
  if (status == CLI_COMPLETED && g.n == 0 && strcmp(cli_text(&c->flags, "output"), "table") == 0) cli_note(c, "No snapshots found.");
  else if (status == CLI_COMPLETED || g.n) {
    int printed = print_all(c, from, &g);
    if (status == CLI_COMPLETED) status = printed;
  }
  for (size_t i = 0; i < g.n; i++) free(g.v[i]);
  free(g.v);
  return status;
}

/* ---- restore, delete, verify */
static int restore(cli *c, cli_session *s, store *from) {
  conf_set set = {0};
  CLEANUP(item_freep) item_doc *pv = NULL;
  CLEANUP(item_freep) item_doc *restored = NULL;
  const char *file = cli_text(&c->flags, "pv");
  run_snapshot_request r;
  watched w;
  error e = {0};
  int status = file ? read_volume(c, file, &set, &pv) : CLI_COMPLETED;
  conf_set_free(&set);
  if (status != CLI_COMPLETED) return status;
  cli_session_tell(c, s, cli_text(&c->flags, "storage-location"));
  watch(c, from, &w, &r);
  status = end(&w, run_snapshot_restore(s->run, &r, c->args[0], pv, &restored, &e), true, &e);
  return status == CLI_COMPLETED ? cli_print_doc(c, restored, cli_text(&c->flags, "output")) : status;
}

static int each(cli *c, cli_session *s, store *from,
                pintle_status (*does)(run_context *, const run_snapshot_request *, const char *, error *), const char *done) {
  int worst = CLI_COMPLETED;
  for (size_t i = 0; i < c->n_args && worst < CLI_SIGNAL; i++) {
    run_snapshot_request r;
    watched w;
    error e = {0};
    watch(c, from, &w, &r);
    int status = end(&w, does(s->run, &r, c->args[i], &e), true, &e);
    if (status == CLI_COMPLETED) cli_outf(c, "Snapshot \"%s\" %s\n", c->args[i], done);
    cli_flush(c, CLI_COMPLETED);
    if (status > worst) worst = status;
  }
  return worst;
}

static int deletes(cli *c, cli_session *s, store *from) {
  char question[128];
  if (!cli_is(&c->flags, "confirm")) {
    if (!c->in_terminal) return cli_usage(c, "add --confirm", "nobody is here to confirm the deletion");
    snprintf(question, sizeof question, "Delete %zu snapshot%s? There is no way back.", c->n_args, c->n_args == 1 ? "" : "s");
    if (!cli_confirm(c, question)) return cli_note(c, "Nothing was deleted."), CLI_FAILED;
  }
  return each(c, s, from, run_snapshot_delete, "deleted.");
}

static int verify(cli *c, cli_session *s, store *from) { return each(c, s, from, run_snapshot_verify, "was read back: all is well."); }

int cli_snapshot_create(cli *c) { return cli_with_store(c, create); }
int cli_snapshot_get(cli *c) { return cli_with_store(c, get); }
int cli_snapshot_restore(cli *c) { return cli_with_store(c, restore); }
int cli_snapshot_delete(cli *c) { return cli_with_store(c, deletes); }
int cli_snapshot_verify(cli *c) { return cli_with_store(c, verify); }
