/* call.c -- one action called for one item, tries included.  SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "builtin/builtin.h"
#include "chain/inside.h"
#include <inttypes.h>

enum { MOST_TRIES = 3 };
#define RETRY_AFTER (CLOCK_SECOND / 10)

void chain_call_name(const chain *c, uint32_t entry, error *e) {
  const chain_entry *n = &c->plan->entries[entry];
  if (n->plugin < 0) error_wrap(e, "action %s", n->name);
  else error_wrap(e, "action %s of plugin %s", n->name, c->plan->plugins[n->plugin].name);
}

/* The item as it was stored, for restore actions; read when the first one is called. Host steps, which see every item, do not ask for it. */
static pintle_status read_stored(chain *c, const chain_entry *entry) {
  str text = c->now.in->stored;
  if ((entry->plugin < 0 && builtin_is_step(entry->name)) || c->plan->kind != CONF_RESTORE_ITEM_ACTION || !text.ptr) return PINTLE_OK;
  if (!c->now.with_stored) {
    item_set_readonly(c->stored, false);
    pintle_status st = item_parse(c->stored, text, 0, NULL, &c->error);
    if (st != PINTLE_OK) {
      error_wrap(&c->error, "the item as stored");
      return st;
    }
    item_set_readonly(c->stored, true);
    c->now.with_stored = true;
  }
  c->input.v.item_from_backup = item_handle(c->stored);
  return PINTLE_OK;
}

static pintle_status execute(chain *c, const host_instance *i) {
  pintle_call *call = host_call_handle(c->call);
  pintle_doc *item = item_handle(c->doc);
  const host_table_set *t = i->tables;
  if (t->kind == CONF_BACKUP_ITEM_ACTION) return t->ops.backup->execute(i->self, call, item, &c->input.v, &c->result.base);
  if (t->kind == CONF_RESTORE_ITEM_ACTION) return t->ops.restore->execute(i->self, call, item, &c->input.v, &c->result.base);
  if (t->kind == CONF_ITEM_BLOCK_ACTION) return t->ops.block->get_related_items(i->self, call, item, &c->input.v, &c->result.base);
  return t->ops.del->execute(i->self, call, item, &c->input.v);
}

static pintle_status once(chain *c, uint32_t entry, int64_t deadline) {
  const host_instance *i = &c->slots[entry].instance;
  c->input.v.struct_size = (uint32_t)sizeof c->input.v;
  c->input.v.flags = (c->finalizing ? PINTLE_FINALIZING : 0) | (c->plan->dry_run ? PINTLE_DRY_RUN : 0);
  c->input.v.id = &c->id;
  c->input.v.run = item_handle(c->run);
  host_call_begin(c->call, i->config, deadline);
  host_result_begin(&c->result, c->call, c->allowed, c->plan->dry_run || c->finalizing);
  chain_enter(c, entry, c->blocks ? "get_related_items" : "execute", deadline);
  item_begin(c->doc);
  pintle_status st = execute(c, i);
  chain_leave(c);
  return host_call_end(c->call, st, &c->error);
}

/* TRANSIENT promises that a repeat is safe. False: it is not repeated (no time, cancelled). */
static bool may_repeat(chain *c, int64_t deadline) {
  int64_t after = host_call_origin(c->call)->retry_after;
  if (after <= 0) after = RETRY_AFTER;
  if (chain_cancelled(c) || after >= deadline - clock_monotonic()) return false;
  item_rollback(c->doc);
  chain_lines_again(&c->lines);
  chain_pause(c, after);
  return !chain_cancelled(c);
}

/* Where nobody enforces deadlines from outside, they are at least told. */
static void tell_overdue(chain *c, const chain_entry *entry, int64_t elapsed) {
  char took[32], allowed[32], text[160];
  clock_duration_text(elapsed, took);
  clock_duration_text(entry->timeout, allowed);
  int n = snprintf(text, sizeof text, "the call took %s, past its deadline of %s", took, allowed);
  if (n > 0) chain_log(&c->lines, PINTLE_LOG_WARN, (str){text, (size_t)n}, NULL, 0);
}

/* An action that leaves an item without a usable kind, name or namespace has failed, and none of its edits counts. */
static pintle_status accept_edits(chain *c, uint32_t entry) {
  chain_current before = c->now;
  chain_current_edited(c, entry);
  pintle_status st = chain_current_check(c, &c->error);
  if (st != PINTLE_OK) c->now = before;
  return st;
}

pintle_status chain_call_entry(chain *c, uint32_t entry) {
  const chain_entry *n = &c->plan->entries[entry];
  int64_t start, deadline, elapsed;
  unsigned tries = 1;
  c->input.v.item_from_backup = NULL;
  chain_lines_call(&c->lines);
  start = clock_monotonic();
  if (__builtin_add_overflow(start, n->timeout, &deadline)) deadline = INT64_MAX;
  pintle_status st = read_stored(c, n);
  if (st == PINTLE_OK)
    while ((st = once(c, entry, deadline)) == PINTLE_TRANSIENT && tries < MOST_TRIES && may_repeat(c, deadline)) tries++;
  elapsed = clock_monotonic() - start;
  if (elapsed > n->timeout) tell_overdue(c, n, elapsed);
  chain_lines_end(&c->lines);

  chain_record_open(c, entry);
  chain_record_call(c, elapsed, tries);
  if (st == PINTLE_OK && item_edited(c->doc)) st = accept_edits(c, entry);
  size_t before = c->record.len;
  if (st != PINTLE_OK) item_rollback(c->doc);
  else if ((st = chain_record_commit(c)) != PINTLE_OK) error_nomem(&c->error);
  bool edited = c->record.len > before;
  if (st == PINTLE_OK) chain_record_result(c);
  else chain_record_error(c, entry);
  if (c->now.in->run.ptr) chain_counters_record(c, entry);
  chain_record_close(c);
  c->times[c->n_times++] = (chain_time){entry, st, st == PINTLE_OK && edited, elapsed};
  return st;
}
