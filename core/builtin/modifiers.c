/* modifiers.c -- pintle.io/resource-modifiers: rules that users write, put to every item of a restore.  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcemodifiers/resource_modifiers.go. All conditions are judged by the item as it came; what fails is an error of the run,
 * and the item is restored without it. */
#include "builtin/modifiers.h"
#include "builtin/steps.h"
#include <stdio.h>
#include <stdlib.h>

pintle_status builtin_modifiers_create(void *module, pintle_call *call, void **self) {
  (void)module;
  const item_doc *config = item_of(call->host->config(call));
  modifiers *m = calloc(1, sizeof *m);
  error e = {0};
  if (!m || !config) {
    free(m);
    return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  }
  pintle_status st = modifiers_read(config, m, &e);
  if (st != PINTLE_OK) {
    free(m);
    return pintle_fail(call, st, "%s", e.message);
  }
  for (size_t i = 0; i < m->n; i++) call->host->count(call, m->rules[i].label, 0); /* still 0 at the end: a warning */
  *self = m;
  return PINTLE_OK;
}

void builtin_modifiers_destroy(void *self) {
  modifiers_free(self);
  free(self);
}

static void tell(pintle_call *call, const modifier_rule *r, const error *e) {
  char text[1600];
  snprintf(text, sizeof text, "%s was not applied: %s", r->label, e->message);
  call->host->finding(call, PINTLE_LOG_ERROR, "resource-modifier", "", text);
}

static pintle_status describe(const pintle_doc *item, const pintle_id *id, arena *a, modifier_subject *s) {
  *s = (modifier_subject){.doc = item_of(item), .id = id};
  s->kind = item_str(s->doc, "/kind", "").ptr;
  s->ns = item_str(s->doc, "/metadata/namespace", "");
  s->name = item_str(s->doc, "/metadata/name", "");
  snprintf(s->group_resource, sizeof s->group_resource, "%s%s%s", id->resource, id->group[0] ? "." : "", id->group);
  return kube_labels_of(s->doc, a, &s->labels);
}

/* Velero puts a restored item into the namespace that its mapping says, whatever a rule made of metadata.namespace. */
static pintle_status keep_namespace(pintle_doc *item, pintle_call *call, str before) {
  static const char at[] = "/metadata/namespace";
  if (str_eq(item_str(item_of(item), at, ""), before)) return PINTLE_OK;
  if (item->api->type(item, item->api->at(item, "/metadata")) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, "/metadata", "resource modifiers left the item without metadata");
  call->host->finding(call, PINTLE_LOG_WARN, "resource-modifier", at,
                      "resource modifiers cannot move an item to another namespace; --namespace-mappings can");
  return before.len ? item->api->set_str(item, at, before.ptr, before.len) : item->api->remove(item, at);
}

static pintle_status apply(pintle_call *call, const modifier_rule *r, item_doc *d) {
  error e = {0};
  call->host->count(call, r->label, 1);
  pintle_status st = modifier_apply(r, d, &e);
  if (st == PINTLE_OK) pintle_log(call, PINTLE_LOG_INFO, "applied resource modifier, %s", r->label);
  else if (st == PINTLE_CONFLICT) pintle_log(call, PINTLE_LOG_INFO, "resource modifier, %s: %s: nothing was changed", r->label, e.message);
  else if (st == PINTLE_NOMEM) return pintle_fail(call, st, "out of memory");
  else tell(call, r, &e);
  return PINTLE_OK;
}

static pintle_status put(const modifiers *m, pintle_call *call, const modifier_subject *s, item_doc *d) {
  bool *matches = call->host->alloc(call, m->n + 1);
  error e = {0};
  if (!matches) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t i = 0; i < m->n; i++)
    if (modifier_matches(&m->rules[i], s, call, &matches[i], &e) != PINTLE_OK) tell(call, &m->rules[i], &e);
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < m->n && st == PINTLE_OK; i++)
    if (matches[i]) st = apply(call, &m->rules[i], d);
  return st;
}

/* Velero makes Namespaces beside the items of a restore; its modifiers never see one. */
static void pass_over(const modifiers *m, pintle_call *call) {
  char counter[1000];
  for (size_t i = 0; i < m->n; i++) {
    if (!str_is(m->rules[i].group_resource, "namespaces")) continue;
    snprintf(counter, sizeof counter, "%s, but for being Namespaces: as in Velero, modifiers do not see them", m->rules[i].label);
    call->host->count(call, counter, 1);
  }
}

pintle_status builtin_modify(void *self, pintle_call *call, pintle_doc *item, const pintle_input *in, pintle_result *out) {
  (void)out;
  CLEANUP(arena_free) arena a = {0};
  modifier_subject s;
  if (builtin_is(item, "", "Namespace")) return pass_over(self, call), PINTLE_OK;
  if (describe(item, in->id, &a, &s) != PINTLE_OK) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  str ns = s.ns;
  pintle_status st = put(self, call, &s, item_of(item));
  return st == PINTLE_OK ? keep_namespace(item, call, ns) : st;
}
