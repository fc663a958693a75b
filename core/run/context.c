/* context.c -- configuration, chain and plugins of a run.  SPDX-License-Identifier: Apache-2.0 */
#include "archive/digest.h"
#include "run/inside.h"
#include <stdio.h>
#include <stdlib.h>

const char run_version[] = PINTLE_VERSION;

static const char *get_environment(void *ctx, const char *name) {
  const run_context *c = ctx;
  size_t n = strlen(name);
  for (const char *const *v = c->o.environment; v && *v; v++)
    if (strncmp(*v, name, n) == 0 && (*v)[n] == '=') return *v + n + 1;
  return NULL;
}

enum { MOST_EARLY = 200 };

static void say(run_context *c, int32_t level, const char *plugin, const char *text) {
  engine_log(c->journal, level, NULL, plugin, "plugin", "%s", text);
}

/* A store is there before the log of the run. */
static void keep_early(run_context *c, int32_t level, const char *plugin, const char *text) {
  struct run_early_line *l = c->n_early < MOST_EARLY ? arena_alloc(&c->memory, sizeof *l) : NULL;
  if (!l) return;
  *l = (struct run_early_line){NULL, level, arena_dup(&c->memory, plugin), arena_dup(&c->memory, text)};
  if (!l->plugin || !l->text) return;
  struct run_early_line **at = &c->early;
  while (*at) at = &(*at)->next;
  *at = l;
  c->n_early++;
}

/* Lines of stores; their worker's standard output too. */
static void log_line(void *ctx, int32_t level, str message, const pintle_kv *fields, size_t n) {
  run_context *c = ctx;
  CLEANUP(buf_free) buf text = {0};
  const char *plugin = host_line_text(message, fields, n, &text);
  if (c->journal) say(c, level, plugin, buf_z(&text));
  else keep_early(c, level, plugin, buf_z(&text));
}

void run_hear(run_context *c, engine_journal *journal) {
  c->journal = journal;
  for (; journal && c->early; c->early = c->early->next) say(c, c->early->level, c->early->plugin, c->early->text);
}

pintle_status run_journal_open(run_context *c, const run_request *request, bool restore, engine_journal **out, error *e) {
  enum { SIZE = 600 };
  const item_doc *d = request->resource;
  char *field = arena_alloc(&c->memory, SIZE); /* the journal borrows it */
  if (!field) return error_nomem(e);
  snprintf(field, SIZE, "%s=%s/%s", restore ? "restore" : "backup", item_str(d, "/metadata/namespace", "velero").ptr,
           item_str(d, "/metadata/name", "").ptr);
  const engine_journal_options o = {.temp_dir = c->o.temp_dir,
                                    .run_field = field,
                                    .json = c->o.json_log,
                                    .restore = restore,
                                    .no_file = request->dry_run,
                                    .listener = request->listener};
  pintle_status st = engine_journal_open(&o, out, e);
  run_hear(c, *out);
  return st;
}

static int32_t cancelled(void *ctx) {
  const run_context *c = ctx;
  return c->control && c->control->cancelled && c->control->cancelled(c->control->ctx);
}

pintle_status run_open(const run_options *options, run_context **out, error *e) {
  run_context *c = calloc(1, sizeof *c);
  if (!c) return error_nomem(e);
  c->o = *options;
  c->environment = (conf_environment){get_environment, c};
  c->services = (host_services){.ctx = c, .log = log_line, .cancelled = cancelled};
  pintle_status st = (c->times = worker_times_new()) ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK && options->config) st = conf_set_load(&c->set, options->config, e);
  if (st == PINTLE_OK) st = conf_set_check(&c->set, e);
  if (st == PINTLE_OK) st = run_read_locations(c, e);
  if (st != PINTLE_OK) return run_close(c), st;
  *out = c;
  return PINTLE_OK;
}

void run_close(run_context *c) {
  if (!c) return;
  run_close_stores(c);
  if (c->probed) host_registry_free(&c->registry);
  conf_set_free(&c->set);
  worker_times_free(c->times);
  arena_free(&c->memory);
  free(c);
}

void run_tell_times(const run_context *c, engine_journal *journal) {
  CLEANUP(buf_free) buf json = {0};
  buf_addc(&json, '[');
  worker_times_print(c->times, &json);
  buf_addc(&json, ']');
  const engine_event event = {.kind = ENGINE_ACTIONS, .counters = buf_str(&json)};
  if (journal && json.len > 2 && !json.failed) engine_tell(journal, &event);
}

const run_options *run_options_of(const run_context *c) { return &c->o; }
const conf_set *run_config(const run_context *c) { return &c->set; }

pintle_status run_chain(run_context *c, const item_doc *resource, const conf_chain **out, error *e) {
  const char *name = c->o.chain;
  str annotated = resource ? item_str(resource, "/metadata/annotations/pintle.io~1chain", "") : STR("");
  if (!name && annotated.len) name = annotated.ptr;
  conf_chain *chain = arena_zalloc(&c->memory, sizeof *chain);
  if (!chain) return error_nomem(e);
  pintle_status st = conf_chain_read(&c->set, name, &c->memory, chain, e);
  if (st == PINTLE_OK) *out = chain;
  return st;
}

pintle_status run_plugins(run_context *c, const host_registry **out, error *e) {
  const conf_chain *chain = NULL;
  pintle_status st = PINTLE_OK;
  if (!c->probed) {
    st = run_chain(c, NULL, &chain, e);
    if (st != PINTLE_OK) return st;
    const host_scan_options scan = {
        .directories = c->o.plugin_dirs, .worker = c->o.worker, .velero_worker = c->o.velero_worker, .digest = archive_sha256,
        .cancelled = cancelled, .ctx = c,
        .chain = chain, .environment = c->o.environment};
    if ((st = host_scan(&scan, &c->registry, e)) != PINTLE_OK) return st;
    c->probed = true;
  }
  *out = &c->registry;
  return PINTLE_OK;
}
