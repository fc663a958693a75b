/* watch.c -- see watch.h.  SPDX-License-Identifier: Apache-2.0 */
#include "cli/watch.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/diff.h"
#include "cli/yaml_out.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int cli_watch_open(cli *c, const char *temp_dir, int mode, cli_watch *w) {
  const char *file = cli_flag_named(&c->flags, STR("events")) ? cli_text(&c->flags, "events") : NULL;
  struct winsize size;
  error e = {0};
  *w = (cli_watch){.c = c, .mode = mode, .events = -1, .most_shown = mode == WATCH_NOTHING ? 100 : 1000};
  w->json_log = strcmp(cli_text(&c->flags, "log-format"), "json") == 0;
  w->progress.terminal = c->err_terminal && !w->json_log && !(mode != WATCH_NOTHING && c->out_terminal);
  if (c->err_terminal && ioctl(c->process->err, TIOCGWINSZ, &size) == 0) w->progress.columns = size.ws_col;
  if (item_new(&w->doc) != PINTLE_OK) {
    error_nomem(&e);
    return cli_fail(c, &e);
  }
  if (file && strcmp(file, "-") == 0 && mode != WATCH_NOTHING)
    return cli_usage(c, "write the events to a file", "--events -: standard output is taken by the items");
  if (file && strcmp(file, "-") == 0) w->events = fcntl(c->process->out, F_DUPFD_CLOEXEC, 3);
  else if (file && file_open(AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC, 0600, &w->events, &e) != PINTLE_OK) {
    error_wrap(&e, "--events");
    cli_fail(c, &e);
    return CLI_USAGE;
  }
  int status = cli_report_open(c, temp_dir, &w->report);
  if (status == CLI_COMPLETED && mode == WATCH_JSON) cli_outz(c, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
  return status;
}

static void write_err(cli_watch *w) {
  if (!w->line.failed) cli_err(w->c, buf_str(&w->line));
  buf_clear(&w->line);
}

static void write_event(cli_watch *w, const engine_event *v) {
  CLEANUP(buf_free) buf b = {0};
  error e = {0};
  if (w->events < 0 || w->broken) return;
  run_event_print(v, &b);
  if (!b.failed && file_write(w->events, b.data, b.len, "the file of --events", &e) == PINTLE_OK) return;
  w->broken = true;
  cli_fail(w->c, &e);
}

static void subject(buf *b, const engine_event *v) {
  if (!v->type) return;
  kube_type_gr(v->type, b);
  buf_addc(b, ' ');
  if (v->ns.len) buf_adds(b, v->ns), buf_addc(b, '/');
  buf_adds(b, v->name);
}

/* ---- lines */
static void log_line(cli_watch *w, const engine_event *v) {
  CLEANUP(buf_free) buf text = {0};
  if (v->level < PINTLE_LOG_WARN) return;
  if (w->shown++ >= w->most_shown) {
    if (w->shown == w->most_shown + 1) {
      cli_progress_clear(&w->progress, &w->line);
      buf_addz(&w->line, "pintle: more warnings and errors are only counted here\n");
      write_err(w);
    }
    return;
  }
  cli_progress_clear(&w->progress, &w->line);
  if (w->json_log) run_event_print(v, &w->line);
  else {
    buf_addz(&text, v->level == PINTLE_LOG_WARN ? "warning: " : "error: ");
    size_t from = text.len;
    subject(&text, v);
    if (text.len > from) buf_addz(&text, ": ");
    buf_adds(&text, v->message);
    if (v->plugin && *v->plugin) buf_printf(&text, " (%s)", v->plugin);
    cli_clean(&w->line, buf_str(&text));
    buf_addc(&w->line, '\n');
  }
  write_err(w);
}

#define RESET "pintle.io/reset-metadata"
#define LABELS "pintle.io/restore-labels"
static const item_limits record_limits = {.max_bytes = (size_t)256 << 20};

/* ---- items */
static void diff(cli_watch *w, const engine_event *v) {
  CLEANUP(buf_free) buf title = {0};
  CLEANUP(buf_free) buf out = {0};
  error e = {0};
  subject(&title, v);
  const cli_diff_item item = {.title = buf_str(&title),
                              .place = v->place,
                              .before = v->before.len ? v->before : STR(""),
                              .record = v->record,
                              .colours = cli_colours(w->c),
                              .secret = v->type && strcmp(v->type->resource, "secrets") == 0,
                              .quiet = RESET};
  if (cli_diff_print(&item, &out, &e) != PINTLE_OK) cli_fail(w->c, &e);
  cli_out(w->c, buf_str(&out));
}

static void left(cli_watch *w, const engine_event *v, const char *word, int colour) {
  CLEANUP(buf_free) buf line = {0};
  CLEANUP(buf_free) buf title = {0};
  CLEANUP(buf_free) buf out = {0};
  subject(&title, v);
  buf_addz(&line, "! ");
  cli_clean(&line, buf_str(&title));
  buf_printf(&line, "  %s: ", word);
  cli_clean(&line, v->message);
  cli_colour(&out, cli_colours(w->c), colour, buf_str(&line));
  buf_addc(&out, '\n');
  cli_out(w->c, buf_str(&out));
}

static void print_yaml(cli_watch *w, const engine_event *v) {
  CLEANUP(buf_free) buf out = {0};
  error e = {0};
  pintle_status st = item_parse(w->doc, v->text, 0, NULL, &e);
  if (st == PINTLE_OK) buf_addz(&out, "---\n"), st = cli_yaml_print(item_root(w->doc), &out);
  if (st != PINTLE_OK) cli_fail(w->c, &e);
  else cli_out(w->c, buf_str(&out));
}

static void print_json(cli_watch *w, const engine_event *v) {
  CLEANUP(buf_free) buf safe = {0};
  cli_outz(w->c, w->items - w->skipped - w->failed > 1 ? ",\n" : "\n");
  if (w->c->out_terminal) cli_clean_json(&safe, v->text);
  cli_out(w->c, w->c->out_terminal ? buf_str(&safe) : v->text);
}

/* What every item of a restore goes through, metadata reset and labels, is not worth a diff alone. */
static bool only_own_steps(cli_watch *w, str record) {
  if (item_parse(w->doc, record, 0, &record_limits, NULL) != PINTLE_OK) return false;
  for (const item_node *a = item_first(item_root(w->doc)); a; a = item_next(a)) {
    str action = item_string(item_member(a, STR("action")));
    bool said = item_count(item_member(a, STR("patch"))) || item_count(item_member(a, STR("notes")));
    if (said && !(action.ptr && (str_is(action, RESET) || str_is(action, LABELS)))) return false;
  }
  return true;
}

/* Actions that a dry run does not call: told once at the end, with the number of items. */
static void count_left(cli_watch *w, str record) {
  if (!memmem(record.ptr, record.len, "\"left\"", 6) || item_parse(w->doc, record, 0, &record_limits, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(w->doc)); a; a = item_next(a)) {
    str action = item_string(item_member(a, STR("action"))), why = item_string(item_member(a, STR("left")));
    size_t i = 0;
    if (!why.len || !action.len) continue;
    while (i < w->n_left && !str_is(action, w->left[i].action)) i++;
    if (i == w->n_left && i < sizeof w->left / sizeof *w->left) {
      w->left[i].action = arena_copy(&w->c->memory, action), w->left[i].why = arena_copy(&w->c->memory, why);
      if (!w->left[i].action || !w->left[i].why) continue;
      w->n_left++;
    }
    if (i < w->n_left) w->left[i].items++;
  }
}

static void tell_left(const cli_watch *w) {
  for (size_t i = 0; i < w->n_left; i++)
    cli_note(w->c, "%s, %llu item%s: %s", w->left[i].action, (unsigned long long)w->left[i].items, w->left[i].items == 1 ? "" : "s",
             w->left[i].why);
}

static bool is_lost(str code) {
  static const char *const codes[] = {"lost", "changed", "invalid", "no-replacement", "not-served", "doubtful"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (str_is(code, codes[i])) return true;
  return false;
}

static void count_findings(cli_watch *w, str record) {
  if (!memmem(record.ptr, record.len, "\"findings\"", 10) || item_parse(w->doc, record, 0, &record_limits, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(w->doc)); a; a = item_next(a))
    for (const item_node *f = item_first(item_member(a, STR("findings"))); f; f = item_next(f)) {
      str code = item_string(item_member(f, STR("code")));
      w->unresolved += code.ptr && str_is(code, "unresolved");
      w->lost += code.ptr && is_lost(code);
    }
}

static void count_changes(cli_watch *w, str record) {
  if (item_parse(w->doc, record, 0, &record_limits, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(w->doc)); a; a = item_next(a)) {
    str action = item_string(item_member(a, STR("action"))), plugin = item_string(item_member(a, STR("plugin")));
    size_t n = item_count(item_member(a, STR("patch"))), i = 0;
    if (!n || !action.ptr || !plugin.ptr || str_starts(plugin, "pintle@")) continue;
    while (i < w->n_did && !str_is(action, w->did[i].action)) i++;
    if (i == sizeof w->did / sizeof *w->did) continue;
    if (i == w->n_did) {
      if (!(w->did[i].action = arena_copy(&w->c->memory, action))) continue;
      w->n_did++;
    }
    w->did[i].changes += n, w->did[i].items++;
  }
}

static void item(cli_watch *w, const engine_event *v) {
  bool skipped = strcmp(v->outcome, "skipped") == 0, failed = strcmp(v->outcome, "failed") == 0;
  w->items++;
  w->skipped += skipped, w->failed += failed;
  w->changed += v->changed && !skipped && !failed;
  if (v->record.len) count_findings(w, v->record), count_left(w, v->record);
  if (w->mode == WATCH_NOTHING) return;
  if (w->mode == WATCH_DIFF && v->changed && v->record.len) count_changes(w, v->record);
  if (w->mode == WATCH_DIFF) {
    if (skipped) left(w, v, "skipped", CLI_YELLOW);
    else if (failed) left(w, v, "failed", CLI_RED);
    else if (v->changed && only_own_steps(w, v->record)) w->own++;
    else if (v->changed) diff(w, v);
  } else if (!skipped && !failed && v->text.len) {
    if (w->mode == WATCH_YAML) print_yaml(w, v);
    else print_json(w, v);
  }
}

static void counters(cli_watch *w, str json) {
  if (item_parse(w->doc, json, 0, NULL, NULL) != PINTLE_OK) return;
  for (const item_node *a = item_first(item_root(w->doc)); a; a = item_next(a))
    for (const item_node *n = item_first(a); n; n = item_next(n)) {
      int64_t v;
      if (item_int(n, &v) != PINTLE_OK || memmem(item_key(n).ptr, item_key(n).len, ", but for ", 10)) continue;
      *(v ? &w->matched : &w->unmatched) += 1;
    }
}

static void event(void *ctx, const engine_event *v) {
  cli_watch *w = ctx;
  write_event(w, v);
  cli_report_event(&w->report, v);
  switch (v->kind) {
  case ENGINE_PHASE:
    if (!w->json_log) cli_progress_phase(&w->progress, v->phase, clock_monotonic(), &w->line);
    else run_event_print(v, &w->line);
    write_err(w);
    break;
  case ENGINE_PROGRESS:
    if (!w->json_log) cli_progress_items(&w->progress, v->done, v->total, clock_monotonic(), &w->line);
    write_err(w);
    break;
  case ENGINE_LOG: log_line(w, v); break;
  case ENGINE_ITEM: item(w, v); break;
  case ENGINE_COUNTERS: counters(w, v->counters); break;
  case ENGINE_ACTIONS: engine_actions_add(&w->actions, v->counters); break;
  default: break;
  }
}

void cli_watch_changes(const cli_watch *w, buf *out) {
  buf_printf(out, ", %llu changed", (unsigned long long)w->changed);
  if (w->own) buf_printf(out, " (%llu of them by pintle's own steps only)", (unsigned long long)w->own);
}

engine_listener cli_watch_listener(cli_watch *w) { return (engine_listener){.event = event, .ctx = w, .before = w->mode == WATCH_DIFF || w->report.report}; }

int cli_watch_close(cli_watch *w, int status) {
  cli_progress_clear(&w->progress, &w->line);
  write_err(w);
  if (w->mode == WATCH_JSON) cli_outz(w->c, "\n]}\n");
  tell_left(w);
  if (w->broken && status == CLI_COMPLETED) status = CLI_FAILED;
  close_p(&w->events);
  cli_report_close(&w->report);
  item_free(w->doc);
  buf_free(&w->line);
  buf_free(&w->actions);
  w->doc = NULL;
  return status;
}
