/* apply.c -- the way of one item through the chain.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/inside.h"

#define KEEP ((size_t)1 << 20) /* what a large item leaves behind is given back above this */

static void trim(buf *b) {
  if (b->cap > KEEP) buf_free(b);
  buf_clear(b);
}

static const char *text_or_empty(const char *z) { return z ? z : ""; }

static void begin(chain *c, const chain_input *in, chain_outcome *out) {
  trim(&c->record);
  trim(&c->text);
  trim(&c->labels);
  arena_reset(&c->item);
  chain_lines_item(&c->lines);
  c->operations = NULL;
  c->cap_operations = 0;
  c->n_times = 0;
  c->id = (pintle_id){text_or_empty(in->id.group), text_or_empty(in->id.version), text_or_empty(in->id.resource), text_or_empty(in->id.ns),
                      text_or_empty(in->id.name)};
  *out = (chain_outcome){.what = -1, .text = in->text, .type = in->type, .wait = -1};
}

static void fail(chain *c, uint32_t entry, int32_t what, chain_outcome *out) {
  out->what = what;
  out->entry = entry;
  out->error = c->error;
}

/* c->error says what went wrong in or for the entry. */
static void apply_policy(chain *c, uint32_t entry, pintle_status st, chain_outcome *out) {
  int32_t policy = c->plan->entries[entry].on_error;
  chain_call_name(c, entry, &c->error);
  bool over = st == PINTLE_CANCELLED && chain_cancelled(c); /* an item is not passed on half done because the run ends */
  if (over) policy = CONF_FAIL_ITEM;
  if (policy == CONF_WARN) c->lines.warnings++;
  else if (c->blocks && policy == CONF_FAIL_ITEM && !over) c->lines.errors++; /* the other actions are asked all the same */
  else fail(c, entry, policy == CONF_FAIL_RUN ? CHAIN_FAIL_RUN : CHAIN_FAILED, out);
}

static void yield(chain *c, uint32_t next, chain_outcome *out) {
  out->what = CHAIN_YIELD;
  out->next = next;
  if (c->plan->kind == CONF_BACKUP_ITEM_ACTION && chain_current_original_labels(c, &out->original_labels, &c->error) != PINTLE_OK)
    fail(c, next ? next - 1 : 0, CHAIN_FAILED, out);
}

static void skip(chain *c, uint32_t entry, chain_outcome *out) {
  out->what = CHAIN_SKIPPED;
  out->entry = entry;
  out->skip = arena_dup(&c->item, c->result.skip);
  if (!out->skip) out->skip = "";
  if (c->plan->kind == CONF_RESTORE_ITEM_ACTION) out->related = NULL, out->n_related = 0, out->wait = -1;
}

/* What an OK call asked for. */
static void take_result(chain *c, uint32_t entry, chain_outcome *out) {
  const host_result *r = &c->result;
  pintle_status st = chain_operation_take(c, entry, out);
  if (st == PINTLE_OK) st = chain_related_take(c, entry, out);
  if (st != PINTLE_OK) fail(c, entry, CHAIN_FAILED, out);
  else if (r->skip) skip(c, entry, out);
  else if (out->n_related && !c->blocks && !c->now.in->only) yield(c, entry + 1, out);
}

static void leave_out(chain *c, uint32_t entry, const char *why) {
  chain_record_open(c, entry);
  chain_record_text(c, "left", str_of(why));
  buf_addc(&c->record, '}');
}

static void cancelled(chain *c, uint32_t entry, chain_outcome *out) {
  error_set(&c->error, PINTLE_CANCELLED, "the run was cancelled");
  fail(c, entry, CHAIN_FAILED, out);
}

static void quarantined(chain *c, uint32_t entry, chain_outcome *out) {
  error_set(&c->error, PINTLE_FAILED, "not called any more: %s", c->slots[entry].quarantine);
  chain_record_open(c, entry);
  chain_record_error(c, entry);
  buf_addc(&c->record, '}');
  apply_policy(c, entry, PINTLE_FAILED, out);
}

/* Where in the plugin's source the error of the last call was made. */
static void place_failure(chain *c, chain_outcome *out) {
  const host_origin *o = host_call_origin(c->call);
  if (o->file[0]) out->file = arena_dup(&c->item, o->file);
  if (o->function[0]) out->function = arena_dup(&c->item, o->function);
  out->line = o->line;
}

/* The entry is for the item. */
static void run_entry(chain *c, uint32_t entry, chain_outcome *out) {
  if (c->o.cancelled && c->o.cancelled(c->o.ctx) == 1) cancelled(c, entry, out);
  else if (c->slots[entry].quarantine) quarantined(c, entry, out);
  else if (chain_current_parse(c, &c->error) != PINTLE_OK) fail(c, entry, CHAIN_FAILED, out);
  else {
    pintle_status st = chain_call_entry(c, entry);
    out->calls++;
    if (st == PINTLE_OK) {
      take_result(c, entry, out);
      return;
    }
    place_failure(c, out);
    apply_policy(c, entry, st, out);
  }
}

/* One entry; out->what is set when the item's way ends here. */
static void step(chain *c, uint32_t entry, chain_outcome *out) {
  const chain_entry *n = &c->plan->entries[entry];
  bool elsewhere = n->segment != c->o.segment;
  if (elsewhere && n->has & HOST_HAS_APPLIES_TO) { /* only its own worker knows what it selects */
    yield(c, entry, out);
    return;
  }
  int selected = chain_current_selected(c, entry, &c->error);
  if (selected < 0) fail(c, entry, CHAIN_FAILED, out);
  if (selected <= 0) return;
  if (c->plan->dry_run && !(n->flags & (PINTLE_PURE | PINTLE_OBEYS_DRY_RUN))) leave_out(c, entry, "not called: touches the outside world");
  else if (elsewhere) yield(c, entry, out);
  else run_entry(c, entry, out);
}

static void step_alone(chain *c, uint32_t entry, bool chosen, chain_outcome *out) {
  int selected = chosen ? 1 : chain_current_selected(c, entry, &c->error);
  if (selected < 0) fail(c, entry, CHAIN_FAILED, out);
  else if (selected) run_entry(c, entry, out);
}

/* The item's text: what came in, unless an edit made another. */
static void print_text(chain *c, chain_outcome *out) {
  str in = c->now.in->text;
  if (!c->now.parsed || !item_changed(c->doc)) return;
  if (item_print(c->doc, NULL, 0, &c->text) != PINTLE_OK) {
    error_nomem(&c->error);
    fail(c, out->entry, CHAIN_FAILED, out);
  } else if (!str_eq(buf_str(&c->text), in)) {
    out->changed = true;
    out->text = buf_str(&c->text);
  }
}

static void describe(chain *c, chain_outcome *out) {
  const chain_current *n = &c->now;
  const char *ns = arena_copy(&c->item, n->ns), *name = arena_copy(&c->item, n->name);
  out->type = n->type;
  out->ns = ns ? (str){ns, n->ns.len} : STR("");
  out->name = name ? (str){name, n->name.len} : STR("");
  if (ns && name) return;
  error_nomem(&c->error);
  fail(c, out->entry, CHAIN_FAILED, out);
}

static void end(chain *c, chain_outcome *out) {
  if (out->what < 0) {
    out->what = CHAIN_DONE;
    if (chain_current_check(c, &c->error) != PINTLE_OK) {
      chain_call_name(c, c->now.edited_by, &c->error);
      fail(c, c->now.edited_by, CHAIN_FAILED, out);
    }
  }
  if (out->what == CHAIN_DONE || out->what == CHAIN_YIELD) print_text(c, out);
  describe(c, out);
  out->times = c->times, out->n_times = c->n_times;
  out->record = chain_record_end(c);
  if (c->record.failed) {
    out->record = STR("");
    error_nomem(&c->error);
    fail(c, out->entry, CHAIN_FAILED, out);
  }
  pthread_mutex_lock(&c->lines.lock);
  out->warnings = c->lines.warnings;
  out->errors = c->lines.errors;
  out->findings = c->lines.all_findings;
  pthread_mutex_unlock(&c->lines.lock);
}

void chain_apply(chain *c, const chain_input *in, chain_outcome *out) {
  begin(c, in, out);
  if (chain_run_take(c, in, &c->error) != PINTLE_OK || chain_current_begin(c, in, &c->error) != PINTLE_OK)
    fail(c, in->next, CHAIN_FAILED, out);
  else if (in->only && in->next < c->plan->n) step_alone(c, in->next, in->chosen, out);
  else
    for (size_t i = in->next; i < c->plan->n && out->what < 0; i++) step(c, (uint32_t)i, out);
  end(c, out);
  c->now.in = NULL;
}
