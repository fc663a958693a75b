/* policy_items.c -- see policy.h: what the policies say of items of a source.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/policy.h"
#include <stdlib.h>

struct engine_policies {
  const item_doc *rules; /* NULL: none */
  const kube_source *source;
  item_doc *item, *pv, *pvc;
};

pintle_status engine_policies_new(const item_doc *policies, const kube_source *source, engine_policies **out, error *e) {
  engine_policies *p = calloc(1, sizeof *p);
  if (!p) return error_nomem(e);
  *p = (engine_policies){.rules = policies, .source = source};
  *out = p;
  return PINTLE_OK;
}

void engine_policies_free(engine_policies *p) {
  if (!p) return;
  item_free(p->item);
  item_free(p->pv);
  item_free(p->pvc);
  free(p);
}

static bool is(const kube_type *t, const char *resource) { return !*t->group && strcmp(t->resource, resource) == 0; }

bool engine_policies_concern(const kube_type *t) { return is(t, "persistentvolumes") || is(t, "persistentvolumeclaims") || is(t, "pods"); }

static pintle_status parse(item_doc **d, str text, error *e) {
  if (!*d && item_new(d) != PINTLE_OK) return error_nomem(e);
  return item_parse(*d, text, 0, NULL, e);
}

pintle_status engine_related_document(const kube_source *source, const char *resource, str ns, str name, item_doc **d, bool *found,
                                      error *e) {
  CLEANUP(buf_free) buf text = {0};
  size_t i = name.len ? kube_source_find(source, STR(""), str_of(resource), ns, name) : SIZE_MAX;
  *found = i != SIZE_MAX;
  if (!*found) return PINTLE_OK;
  pintle_status st = kube_source_read(source, i, &text, e);
  return st == PINTLE_OK ? parse(d, buf_str(&text), e) : st;
}

static pintle_status claim_of(engine_policies *p, const item_doc *pv, bool *found, error *e) {
  return engine_related_document(p->source, "persistentvolumeclaims", item_str(pv, "/spec/claimRef/namespace", ""),
                                 item_str(pv, "/spec/claimRef/name", ""), &p->pvc, found, e);
}

static pintle_status volume_of(engine_policies *p, const item_doc *pvc, bool *found, error *e) {
  return engine_related_document(p->source, "persistentvolumes", STR(""), item_str(pvc, "/spec/volumeName", ""), &p->pv, found, e);
}

pintle_status engine_policies_volume(engine_policies *p, const item_doc *pv, bool *speaks, engine_policy *out, error *e) {
  bool found = false;
  engine_volume v;
  *speaks = false;
  pintle_status st = p->rules ? claim_of(p, pv, &found, e) : PINTLE_OK;
  if (st != PINTLE_OK || !p->rules) return st;
  engine_volume_of(pv, NULL, found ? p->pvc : NULL, &v);
  *speaks = engine_policy_match(p->rules, &v, out);
  return PINTLE_OK;
}

pintle_status engine_policies_claim(engine_policies *p, const item_doc *pvc, bool *speaks, engine_policy *out, error *e) {
  bool found = false;
  engine_volume v;
  *speaks = false;
  pintle_status st = p->rules ? volume_of(p, pvc, &found, e) : PINTLE_OK;
  if (st != PINTLE_OK || !p->rules) return st;
  engine_volume_of(found ? p->pv : NULL, NULL, pvc, &v);
  *speaks = engine_policy_match(p->rules, &v, out);
  return PINTLE_OK;
}

/* A pod's volume that is a claim's is judged by the PersistentVolume behind it (Velero internal/volumehelper). */
pintle_status engine_policies_pod_volume(engine_policies *p, str ns, const item_node *volume, bool *speaks, engine_policy *out, error *e) {
  bool bound = false, found = false;
  engine_volume v;
  str name = item_string(item_member(item_member(volume, STR("persistentVolumeClaim")), STR("claimName")));
  *speaks = false;
  if (!p->rules) return PINTLE_OK;
  pintle_status st = engine_related_document(p->source, "persistentvolumeclaims", ns, name, &p->pvc, &found, e);
  if (st == PINTLE_OK && found) st = volume_of(p, p->pvc, &bound, e);
  if (st != PINTLE_OK) return st;
  engine_volume_of(bound ? p->pv : NULL, volume, found ? p->pvc : NULL, &v);
  *speaks = engine_policy_match(p->rules, &v, out);
  return PINTLE_OK;
}

static pintle_status pod(engine_policies *p, str ns, buf *action, error *e) {
  pintle_status st = PINTLE_OK;
  const item_node *volumes = item_at(p->item, "/spec/volumes");
  for (const item_node *m = item_first(volumes); m && st == PINTLE_OK; m = item_next(m)) {
    bool speaks = false;
    engine_policy policy;
    str name = item_string(item_member(m, STR("name")));
    st = name.len ? engine_policies_pod_volume(p, ns, m, &speaks, &policy, e) : PINTLE_OK;
    if (st != PINTLE_OK || !speaks) continue;
    if (action->len) buf_addc(action, ',');
    buf_adds(action, name);
    buf_addc(action, '=');
    buf_adds(action, policy.action);
  }
  return st;
}

pintle_status engine_policies_item(engine_policies *p, const kube_type *type, str ns, str text, buf *action, buf *parameters, error *e) {
  bool speaks = false;
  engine_policy policy;
  buf_clear(action);
  buf_clear(parameters);
  if (!p->rules || !engine_policies_concern(type)) return PINTLE_OK;
  pintle_status st = parse(&p->item, text, e);
  if (st != PINTLE_OK) return st;
  if (is(type, "pods")) st = pod(p, ns, action, e);
  else if (is(type, "persistentvolumes")) st = engine_policies_volume(p, p->item, &speaks, &policy, e);
  else st = engine_policies_claim(p, p->item, &speaks, &policy, e);
  if (st == PINTLE_OK && speaks) {
    buf_adds(action, policy.action);
    if (policy.parameters) st = item_print(p->rules, policy.parameters, 0, parameters);
  }
  return st == PINTLE_OK && (action->failed || parameters->failed) ? error_nomem(e) : st;
}
