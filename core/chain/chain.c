/* chain.c -- plugins of a plan loaded, their actions created; finished and destroyed at the end.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/chain.h"
#include "base/clock.h"
#include "builtin/builtin.h"
#include "chain/inside.h"
#include <inttypes.h>
#include <stdlib.h>

static int64_t load_deadline(const chain *c) { return clock_monotonic() + (c->o.opener ? c->o.opener->timeout : HOST_LOAD_TIMEOUT); }

/* ------------------------------------------------------------------------------------------------------------ opening */
static const pintle_plugin *linked(const chain *c, const char *name) {
  for (size_t i = 0; c->o.linked && c->o.linked[i]; i++)
    if (strcmp(c->o.linked[i]->name, name) == 0) return c->o.linked[i];
  return NULL;
}

static pintle_status open_module(chain *c, const chain_entry *entry, host_module **out, error *e) {
  if (entry->plugin < 0) return host_module_adopt(&builtin_plugin, builtin_plugin.name, out, e);
  const chain_plugin *p = &c->plan->plugins[entry->plugin];
  if (p->fd < 0) {
    const pintle_plugin *here = linked(c, p->name);
    return here ? host_module_adopt(here, p->name, out, e) : error_set(e, PINTLE_NOT_FOUND, "plugin %s is not here", p->name);
  }
  const host_opener *o = c->o.opener;
  chain_enter(c, entry->index, "load", load_deadline(c));
  pintle_status st = o ? o->open(o->ctx, p->fd, p->name, out, e) : host_module_open(p->fd, p->name, out, e);
  chain_leave(c);
  return st;
}

static host_module **module_of(chain *c, const chain_entry *entry) { return entry->plugin < 0 ? &c->built_in : &c->modules[entry->plugin]; }

/* applies_to, where the selector depends on the configuration. */
static pintle_status compute_selector(chain *c, chain_slot *s, uint32_t entry, error *e) {
  const host_table_set *t = s->instance.tables;
  pintle_status (*applies_to)(void *, pintle_call *, pintle_result *) = t->kind == CONF_BACKUP_ITEM_ACTION    ? t->ops.backup->applies_to
                                                                        : t->kind == CONF_RESTORE_ITEM_ACTION ? t->ops.restore->applies_to
                                                                        : t->kind == CONF_DELETE_ITEM_ACTION  ? t->ops.del->applies_to
                                                                        : t->kind == CONF_ITEM_BLOCK_ACTION   ? t->ops.block->applies_to
                                                                                                              : NULL;
  if (!applies_to) return PINTLE_OK;
  int64_t deadline = load_deadline(c);
  host_call_begin(c->call, s->instance.config, deadline);
  host_result_begin(&c->result, c->call, HOST_RESULT_SELECTOR, true);
  chain_enter(c, entry, "applies_to", deadline);
  pintle_status st = applies_to(s->instance.self, host_call_handle(c->call), &c->result.base);
  chain_leave(c);
  if ((st = host_call_end(c->call, st, e)) != PINTLE_OK || !c->result.selector) return st;
  st = chain_selector_make(&c->memory, c->result.selector, &s->computed, e);
  s->has_computed = true;
  s->selector = &s->computed;
  return st;
}

static pintle_status open_entry(chain *c, uint32_t i, error *e) {
  const chain_entry *entry = &c->plan->entries[i];
  chain_slot *s = &c->slots[i];
  s->selector = &entry->selector;
  s->head = chain_record_head(&c->memory, c->plan, entry);
  if (!s->head.ptr) return error_nomem(e);
  if (entry->plugin < 0 && strcmp(entry->name, "pintle.io/namespace-mapping") == 0) c->mapping = i;
  if (entry->segment != c->o.segment) return PINTLE_OK;
  host_module **m = module_of(c, entry);
  pintle_status st = *m ? PINTLE_OK : open_module(c, entry, m, e);
  if (st == PINTLE_OK) {
    int64_t deadline = load_deadline(c);
    chain_enter(c, i, "create", deadline);
    st = host_instance_create(*m, entry->kind, entry->name, entry->config, c->call, deadline, &s->instance, e);
    chain_leave(c);
  }
  if (st == PINTLE_OK) st = compute_selector(c, s, i, e);
  return st;
}

static pintle_status open_entries(chain *c, const chain_entry **failed, error *e) {
  for (uint32_t i = 0; i < c->plan->n; i++) {
    pintle_status st = open_entry(c, i, e);
    if (st == PINTLE_OK) continue;
    chain_call_name(c, i, e);
    if (failed) *failed = &c->plan->entries[i];
    return st;
  }
  return PINTLE_OK;
}

static pintle_status read_run(chain *c, error *e) {
  pintle_status st = item_new(&c->run);
  if (st == PINTLE_OK) st = item_new(&c->doc);
  if (st == PINTLE_OK) st = item_new(&c->stored);
  if (st == PINTLE_OK) st = item_new(&c->scratch);
  if (st != PINTLE_OK) return error_nomem(e);
  return chain_run_read(c, c->o.run, e);
}

static uint32_t allowed(uint32_t kind) {
  if (kind == CONF_BACKUP_ITEM_ACTION)
    return HOST_RESULT_ITEMS | HOST_RESULT_POST | HOST_RESULT_OPERATION | HOST_RESULT_SKIP | HOST_RESULT_NOTE;
  if (kind == CONF_RESTORE_ITEM_ACTION)
    return HOST_RESULT_ITEMS | HOST_RESULT_OPERATION | HOST_RESULT_WAIT | HOST_RESULT_SKIP | HOST_RESULT_NOTE;
  if (kind == CONF_ITEM_BLOCK_ACTION) return HOST_RESULT_ITEMS | HOST_RESULT_NOTE;
  return 0;
}

static chain *make(const chain_options *options) {
  const chain_plan *p = options->plan;
  chain *c = calloc(1, sizeof *c);
  if (!c) return NULL;
  c->o = *options;
  c->plan = p;
  c->mapping = (uint32_t)p->n;
  c->original = p->kind != CONF_RESTORE_ITEM_ACTION;
  c->blocks = p->kind == CONF_ITEM_BLOCK_ACTION;
  c->allowed = allowed(p->kind);
  pthread_mutex_init(&c->lines.lock, NULL);
  pthread_mutex_init(&c->counting, NULL);
  chain_services_init(c);
  c->slots = arena_zalloc(&c->memory, (p->n + 1) * sizeof *c->slots);
  c->times = arena_zalloc(&c->memory, (p->n + 1) * sizeof *c->times);
  c->modules = arena_zalloc(&c->memory, (p->n_plugins + 1) * sizeof *c->modules);
  c->resources = chain_resources_new(p->n);
  return c;
}

/* ------------------------------------------------------------------------------------------------------------ closing */
static void destroy_instances(chain *c) {
  for (size_t i = c->plan->n; c->slots && i-- > 0;) {
    chain_slot *s = &c->slots[i];
    if (s->instance.created) {
      chain_enter(c, (uint32_t)i, "destroy", load_deadline(c));
      host_instance_destroy(&s->instance);
      chain_leave(c);
    }
    if (s->has_computed) chain_selector_free(&s->computed);
  }
}

static void destroy(chain *c) {
  destroy_instances(c);
  for (size_t i = c->plan->n_plugins; c->modules && i-- > 0;) host_module_close(c->modules[i]);
  host_module_close(c->built_in);
  if (c->o.stray_log) host_stray_log(NULL);
  host_result_free(&c->result);
  host_call_free(c->call);
  item_free(c->run);
  item_free(c->doc);
  item_free(c->stored);
  item_free(c->scratch);
  chain_resources_free(c->resources);
  buf *const bufs[] = {&c->record, &c->text, &c->labels, &c->lines.log, &c->lines.findings, &c->run_text};
  for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) buf_free(bufs[i]);
  pthread_mutex_destroy(&c->lines.lock);
  pthread_mutex_destroy(&c->counting);
  arena_free(&c->counted);
  arena_free(&c->item);
  arena_free(&c->memory);
  free(c);
}

pintle_status chain_open(const chain_options *options, chain **out, const chain_entry **failed, error *e) {
  uint32_t kind = options->plan->kind;
  if (failed) *failed = NULL;
  if (kind != CONF_BACKUP_ITEM_ACTION && kind != CONF_RESTORE_ITEM_ACTION && kind != CONF_DELETE_ITEM_ACTION &&
      kind != CONF_ITEM_BLOCK_ACTION)
    return error_set(e, PINTLE_UNSUPPORTED, "actions of this kind are not put to items");
  chain *c = make(options);
  if (!c) return error_nomem(e);
  if (c->o.stray_log) host_stray_log(&c->stray);
  pintle_status st = c->slots && c->times && c->modules && c->resources ? PINTLE_OK : error_nomem(e);
  if (st == PINTLE_OK && host_call_new(&c->services, &c->call) != PINTLE_OK) st = error_nomem(e);
  if (st == PINTLE_OK) st = read_run(c, e);
  if (st == PINTLE_OK) st = open_entries(c, failed, e);
  if (st == PINTLE_OK) *out = c;
  else destroy(c);
  return st;
}

pintle_status chain_close(chain *c, buf *counters, error *e) {
  pintle_status first = PINTLE_OK;
  error later;
  if (!c) return PINTLE_OK;
  for (size_t i = c->plan->n; i-- > 0;) {
    if (!c->slots[i].instance.created) continue;
    int64_t deadline = clock_monotonic() + c->plan->entries[i].timeout;
    chain_enter(c, (uint32_t)i, "finish", deadline);
    pintle_status st = host_instance_finish(&c->slots[i].instance, c->call, deadline, first == PINTLE_OK && e ? e : &later);
    chain_leave(c);
    if (st == PINTLE_OK || first != PINTLE_OK) continue;
    first = st;
    error_wrap(e, "finish");
    chain_call_name(c, (uint32_t)i, e);
  }
  if (counters) chain_counters_print(c, counters);
  destroy(c);
  return first;
}

void chain_selectors(const chain *c, buf *json) {
  bool more = false;
  buf_addc(json, '{');
  for (size_t i = 0; i < c->plan->n; i++) {
    if (!c->slots[i].has_computed) continue;
    buf_printf(json, "%s\"%zu\":", more ? "," : "", i);
    chain_selector_print(&c->slots[i].computed, json);
    more = true;
  }
  buf_addc(json, '}');
}

pintle_status chain_quarantine(chain *c, uint32_t entry, const char *why) {
  if (entry >= c->plan->n) return PINTLE_INVALID;
  c->slots[entry].quarantine = why && why[0] ? arena_dup(&c->memory, why) : NULL;
  return !why || !why[0] || c->slots[entry].quarantine ? PINTLE_OK : PINTLE_NOMEM;
}
