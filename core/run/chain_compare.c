/* chain_compare.c -- the same items through two chains.  SPDX-License-Identifier: Apache-2.0 */
#include "kube/spool.h"
#include "run/inside.h"
#include <stdlib.h>

/* One item's result as it stands in the spool: the lengths, then the bytes. */
typedef struct kept {
  uint32_t outcome, message;
  uint64_t text;
} kept;

typedef struct comparison {
  kube_spool spool;
  int64_t *at; /* by item: where its result stands, + 1; 0: there is none */
  size_t n;
  buf line, old;
  item_doc *a, *b;
  void (*each)(void *ctx, const run_chain_difference *d);
  void *ctx;
  run_chain_comparison *out;
  error failure;
} comparison;

static void keep(void *ctx, const engine_event *v) {
  comparison *c = ctx;
  const kept k = {(uint32_t)strlen(v->kind == ENGINE_ITEM ? v->outcome : ""), (uint32_t)v->message.len, v->text.len};
  if (v->kind != ENGINE_ITEM || v->item >= c->n || c->failure.status != PINTLE_OK) return;
  c->at[v->item] = kube_spool_end(&c->spool) + 1;
  buf_clear(&c->line);
  buf_add(&c->line, (const char *)&k, sizeof k);
  buf_add(&c->line, v->outcome, k.outcome + 1); /* with its NUL */
  buf_adds(&c->line, v->message);
  buf_adds(&c->line, v->text);
  if (c->line.failed) error_nomem(&c->failure);
  else kube_spool_add(&c->spool, buf_str(&c->line), &c->failure);
}

static pintle_status find(comparison *c, size_t item, run_chain_result *old, error *e) {
  kept k;
  *old = (run_chain_result){"", STR(""), STR("")};
  if (item >= c->n || !c->at[item]) return PINTLE_OK;
  int64_t at = c->at[item] - 1;
  buf_clear(&c->old);
  pintle_status st = kube_spool_read(&c->spool, at, sizeof k, &c->old, e);
  if (st != PINTLE_OK) return st;
  memcpy(&k, c->old.data, sizeof k);
  buf_clear(&c->old);
  st = kube_spool_read(&c->spool, at + (int64_t)sizeof k, k.outcome + 1 + k.message + k.text, &c->old, e);
  if (st != PINTLE_OK) return st;
  const char *p = c->old.data;
  *old = (run_chain_result){p, {p + k.outcome + 1, k.message}, {p + k.outcome + 1 + k.message, k.text}};
  return PINTLE_OK;
}

/* Another order of members is no difference. */
static bool same(comparison *c, const run_chain_result *x, const run_chain_result *y) {
  if (strcmp(x->outcome, y->outcome) != 0 || !str_eq(x->message, y->message)) return false;
  if (strcmp(x->outcome, "skipped") == 0 || strcmp(x->outcome, "failed") == 0 || str_eq(x->text, y->text)) return true;
  return item_parse(c->a, x->text, 0, NULL, NULL) == PINTLE_OK && item_parse(c->b, y->text, 0, NULL, NULL) == PINTLE_OK &&
         item_equal(item_root(c->a), item_root(c->b));
}

static void compare(void *ctx, const engine_event *v) {
  comparison *c = ctx;
  if (v->kind != ENGINE_ITEM || c->failure.status != PINTLE_OK) return;
  run_chain_difference d = {v->type, v->ns, v->name, v->place, {0}, {v->outcome, v->message, v->text}};
  if (find(c, v->item, &d.old, &c->failure) != PINTLE_OK) return;
  c->out->items++;
  if (same(c, &d.old, &d.new)) return;
  c->out->different++;
  c->each(c->ctx, &d);
}

static pintle_status put(run_context *c, const run_chain_request *request, item_doc *resource, const run_input *in, engine_summary *out,
                         error *e) {
  engine_journal *journal = NULL;
  *out = (engine_summary){.phase = "Failed"};
  c->control = &request->control;
  pintle_status st = run_chain_journal(c, request, &journal, e);
  run_hear(c, journal);
  if (st == PINTLE_OK) st = run_chain_put(c, request, resource, in, journal, out, e);
  if (st == PINTLE_OK && strcmp(out->phase, "Failed") == 0) st = e->status != PINTLE_OK ? e->status : PINTLE_FAILED;
  if (st != PINTLE_OK) error_wrap(e, "with the plugins of %s", c->o.plugin_dirs[0]);
  run_hear(c, NULL);
  c->control = NULL;
  engine_journal_free(journal);
  return st;
}

static pintle_status both(comparison *c, run_context *old, run_context *new, run_chain_request *request, item_doc *resource,
                          const run_input *in, error *e) {
  c->n = kube_source_count(in->source);
  if (!(c->at = calloc(c->n + 1, sizeof *c->at)) || item_new(&c->a) != PINTLE_OK || item_new(&c->b) != PINTLE_OK) return error_nomem(e);
  request->listener = (engine_listener){.event = keep, .ctx = c};
  pintle_status st = put(old, request, resource, in, &c->out->old, e);
  if (st == PINTLE_OK && c->failure.status == PINTLE_OK) kube_spool_flush(&c->spool, &c->failure);
  request->listener.event = compare;
  if (st == PINTLE_OK && c->failure.status == PINTLE_OK) st = put(new, request, resource, in, &c->out->new, e);
  if (st != PINTLE_OK || c->failure.status == PINTLE_OK) return st;
  *e = c->failure;
  return e->status;
}

pintle_status run_chain_compare(run_context *old, run_context *new, const run_chain_request *given,
                                void (*each)(void *ctx, const run_chain_difference *d), void *ctx, run_chain_comparison *out, error *e) {
  comparison c = {.spool = {.dir = old->o.temp_dir, .fd = -1}, .each = each, .ctx = ctx, .out = out};
  run_chain_request request = *given;
  item_doc *made = NULL, *resource = NULL;
  engine_journal *journal = NULL;
  run_input in = {0};
  *out = (run_chain_comparison){0};
  old->control = &request.control;
  pintle_status st = run_chain_resource(old, &request, &made, &resource, e);
  if (st == PINTLE_OK) st = run_chain_journal(old, &request, &journal, e);
  run_hear(old, journal);
  if (st == PINTLE_OK) st = run_chain_read(old, &request, journal, &in, e);
  run_hear(old, NULL);
  if (st == PINTLE_OK) st = both(&c, old, new, &request, resource, &in, e);
  old->control = NULL;
  run_input_close(&in);
  engine_journal_free(journal);
  item_free(made);
  item_free(c.a);
  item_free(c.b);
  kube_spool_close(&c.spool);
  free(c.at);
  buf_free(&c.line);
  buf_free(&c.old);
  return st;
}
