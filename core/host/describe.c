/* describe.c -- a plugin's tables as data, and that data as JSON: what a probe answers.  SPDX-License-Identifier: Apache-2.0 */
#include "host/adopt.h"
#include <stdio.h>

static uint32_t has(const host_table_set *s) {
  switch (s->kind) {
  case CONF_BACKUP_ITEM_ACTION: {
    const pintle_backup_item_action *t = s->ops.backup;
    return (t->applies_to ? HOST_HAS_APPLIES_TO : 0) | (t->progress ? HOST_HAS_PROGRESS : 0) | (t->cancel ? HOST_HAS_CANCEL : 0) |
           (t->run_operation ? HOST_HAS_RUN_OPERATION : 0);
  }
  case CONF_RESTORE_ITEM_ACTION: {
    const pintle_restore_item_action *t = s->ops.restore;
    return (t->applies_to ? HOST_HAS_APPLIES_TO : 0) | (t->progress ? HOST_HAS_PROGRESS : 0) | (t->cancel ? HOST_HAS_CANCEL : 0) |
           (t->run_operation ? HOST_HAS_RUN_OPERATION : 0) | (t->are_additional_items_ready ? HOST_HAS_READY : 0);
  }
  case CONF_DELETE_ITEM_ACTION: return s->ops.del->applies_to ? HOST_HAS_APPLIES_TO : 0;
  case CONF_ITEM_BLOCK_ACTION: return s->ops.block->applies_to ? HOST_HAS_APPLIES_TO : 0;
  case CONF_OBJECT_STORE: {
    const pintle_object_store *t = s->ops.store;
    return (t->stat_object ? HOST_HAS_STAT : 0) | (t->get_object_range ? HOST_HAS_RANGE : 0) |
           (t->put_object_if_absent ? HOST_HAS_PUT_IF_ABSENT : 0);
  }
  default: return 0;
  }
}

static const pintle_selector *selector_of(const host_table_set *s) {
  switch (s->kind) {
  case CONF_BACKUP_ITEM_ACTION: return s->ops.backup->selector;
  case CONF_RESTORE_ITEM_ACTION: return s->ops.restore->selector;
  case CONF_DELETE_ITEM_ACTION: return s->ops.del->selector;
  case CONF_ITEM_BLOCK_ACTION: return s->ops.block->selector;
  default: return NULL;
  }
}

pintle_status host_module_describe(const host_module *m, arena *a, host_plugin *p, error *e) {
  const pintle_plugin *top = &m->plugin;
  host_action *actions = arena_zalloc(a, (m->n + 1) * sizeof *actions);
  if (!actions) return error_nomem(e);
  for (size_t i = 0; i < m->n; i++) {
    const host_table_set *s = &m->sets[i];
    const pintle_action *x = s->action;
    uint32_t index = 0;
    for (size_t k = 0; k < i; k++) index += m->sets[k].kind == s->kind;
    actions[i] = (host_action){.kind = s->kind,
                               .index = index,
                               .flags = x->flags,
                               .has = has(s) | (x->finish ? HOST_HAS_FINISH : 0),
                               .thread_model = x->thread_model,
                               .priority = x->priority,
                               .timeout = x->timeout,
                               .name = arena_dup(a, x->name),
                               .summary = arena_dup(a, x->summary),
                               .url = arena_dup(a, x->url),
                               .refused = s->refused ? arena_dup(a, s->refused) : NULL};
    pintle_selector *selector = NULL;
    const pintle_selector *given = selector_of(s);
    if (!actions[i].name || !actions[i].summary || !actions[i].url || (s->refused && !actions[i].refused) ||
        host_adopt_options(a, x->options, &actions[i].options) || (given && host_adopt_selector(a, given, &selector)))
      return error_nomem(e); /* all of it was valid already */
    actions[i].selector = selector;
  }
  p->abi_major = top->abi_major;
  p->abi_minor = top->abi_minor;
  p->min_host_minor = top->min_host_minor;
  p->name = arena_dup(a, top->name);
  p->version = arena_dup(a, top->version);
  p->vendor = arena_dup(a, top->vendor);
  p->url = arena_dup(a, top->url);
  if (!p->name || !p->version || !p->vendor || !p->url || host_adopt_env(a, top->env, &p->env) ||
      host_adopt_extensions(a, top->extensions, &p->extensions))
    return error_nomem(e);
  p->actions = actions;
  p->n_actions = m->n;
  return PINTLE_OK;
}

/* ---- JSON */

static void text_member(buf *b, const char *key, const char *z) {
  buf_printf(b, ",\"%s\":", key);
  buf_json(b, str_of(z));
}

static void names(buf *b, const char *key, const char *const *list) {
  if (!list) return;
  buf_printf(b, "%s\"%s\":[", b->data && b->data[b->len - 1] == '{' ? "" : ",", key);
  for (size_t i = 0; list[i]; i++) {
    if (i) buf_addc(b, ',');
    buf_json(b, str_of(list[i]));
  }
  buf_addc(b, ']');
}

static void print_selector(buf *b, const pintle_selector *s) {
  buf_addz(b, ",\"selector\":{");
  names(b, "includedResources", s->included_resources);
  names(b, "excludedResources", s->excluded_resources);
  names(b, "includedNamespaces", s->included_namespaces);
  names(b, "excludedNamespaces", s->excluded_namespaces);
  if (s->labels) {
    if (b->data && b->data[b->len - 1] != '{') buf_addc(b, ',');
    buf_addz(b, "\"labels\":");
    buf_json(b, str_of(s->labels));
  }
  buf_addc(b, '}');
}

static void print_option(buf *b, const pintle_option *o) {
  buf_printf(b, "{\"type\":%d,\"flags\":%u", (int)o->type, (unsigned)o->flags);
  text_member(b, "name", o->name);
  if (o->fallback) text_member(b, "fallback", o->fallback);
  if (o->choices) text_member(b, "choices", o->choices);
  text_member(b, "help", o->help);
  buf_addc(b, '}');
}

static void print_action(buf *b, const host_action *x) {
  buf_printf(b, "{\"kind\":%u,\"index\":%u,\"flags\":%u,\"has\":%u,\"threadModel\":%d,\"priority\":%d,\"timeout\":%lld", (unsigned)x->kind,
             (unsigned)x->index, (unsigned)x->flags, (unsigned)x->has, (int)x->thread_model, (int)x->priority, (long long)x->timeout);
  text_member(b, "name", x->name);
  text_member(b, "summary", x->summary);
  text_member(b, "url", x->url);
  if (x->refused) text_member(b, "refused", x->refused);
  if (x->selector) print_selector(b, x->selector);
  buf_addz(b, ",\"options\":[");
  for (size_t i = 0; x->options[i]; i++) {
    if (i) buf_addc(b, ',');
    print_option(b, x->options[i]);
  }
  buf_addz(b, "]}");
}

void host_descriptor_print(const host_plugin *p, buf *b) {
  buf_printf(b, "{\"abiMajor\":%u,\"abiMinor\":%u,\"minHostMinor\":%u", (unsigned)p->abi_major, (unsigned)p->abi_minor,
             (unsigned)p->min_host_minor);
  text_member(b, "name", p->name);
  text_member(b, "version", p->version);
  text_member(b, "vendor", p->vendor);
  text_member(b, "url", p->url);
  names(b, "env", p->env);
  names(b, "extensions", p->extensions);
  buf_addz(b, ",\"actions\":[");
  for (size_t i = 0; i < p->n_actions; i++) {
    if (i) buf_addc(b, ',');
    print_action(b, &p->actions[i]);
  }
  buf_addz(b, "]}");
}
