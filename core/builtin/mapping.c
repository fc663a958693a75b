/* mapping.c -- namespaces mapped: pintle.io/namespace-mapping, subjects of bindings.  SPDX-License-Identifier: Apache-2.0 */
#include "builtin/steps.h"

/* The namespace that ns becomes, or NULL when it stays. */
static const char *mapped(const pintle_doc *run, const char *ns) {
  char key[1200];
  pintle_str to;
  if (!ns[0] || run->api->get_str(run, pintle_key(key, sizeof key, "/spec/namespaceMapping", ns), &to) != PINTLE_OK) return NULL;
  return to.len && strcmp(to.ptr, ns) != 0 ? to.ptr : NULL;
}

/* Maps the string at pointer, if there is one. */
static pintle_status map_at(pintle_doc *item, const pintle_doc *run, const char *pointer) {
  const char *to = mapped(run, pintle_str_or(item, pointer, ""));
  return to ? pintle_set_str(item, pointer, to) : PINTLE_OK;
}

/* The API server keeps this label equal to the name. */
static pintle_status map_namespace(pintle_doc *item, const pintle_doc *run) {
  const char *label = "/metadata/labels/kubernetes.io~1metadata.name", *name = pintle_str_or(item, "/metadata/name", ""),
             *to = mapped(run, name);
  if (!to) return PINTLE_OK;
  bool labelled = strcmp(pintle_str_or(item, label, ""), name) == 0;
  pintle_status st = pintle_set_str(item, "/metadata/name", to);
  return st == PINTLE_OK && labelled ? pintle_set_str(item, label, to) : st;
}

/* Subjects of every kind, as Velero: pkg/restore/actions/{rolebinding,clusterrolebinding}_action.go. */
BUILTIN_EDIT(builtin_restore_subjects) {
  (void)self, (void)call, (void)out;
  const item_node *subjects = builtin_node(item, "/subjects");
  size_t n = item_type(subjects) == PINTLE_T_ARRAY ? item_count(subjects) : 0;
  pintle_status st = PINTLE_OK;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) { /* by index: an edit may move what a walk stands on */
    char at[80];
    snprintf(at, sizeof at, "/subjects/%zu/namespace", i);
    st = map_at(item, in->run, at);
  }
  return st;
}

BUILTIN_EDIT(builtin_map_namespaces) {
  (void)self, (void)call, (void)out;
  const pintle_doc *run = in->run;
  if (!run->api->first(run, run->api->at(run, "/spec/namespaceMapping"))) return PINTLE_OK;
  if (builtin_is(item, "", "Namespace")) return map_namespace(item, run);
  pintle_status st = PINTLE_OK;
  if (item->api->at(item, "/metadata/namespace")) st = map_at(item, run, "/metadata/namespace");
  else { /* stored without one, it lives in the namespace that its id names */ const char *to = mapped(run, in->id->ns);
    if (to) st = pintle_set_str(item, "/metadata/namespace", to);
  }
  if (st == PINTLE_OK && builtin_is(item, "", "PersistentVolume")) st = map_at(item, run, "/spec/claimRef/namespace");
  return st;
}
