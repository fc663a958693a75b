/* selector.c -- selectors copied from tables, printed for workers, read there.  SPDX-License-Identifier: Apache-2.0 */
#include "chain/json.h"
#include "chain/select.h"

static pintle_status set_labels(arena *a, const char *text, chain_selector *out, error *e) {
  if (!text || !text[0]) return PINTLE_OK;
  out->labels_text = arena_dup(a, text);
  return out->labels_text ? kube_selector_parse(str_of(text), &out->labels, e) : error_nomem(e);
}

static pintle_status copy_list(arena *a, const char *const *from, const char *const **out, error *e) {
  size_t n = 0;
  while (from && from[n]) n++;
  if (n == 0) return PINTLE_OK;
  const char **to = arena_alloc(a, (n + 1) * sizeof *to);
  if (!to) return error_nomem(e);
  for (size_t i = 0; i < n; i++)
    if (!(to[i] = arena_dup(a, from[i]))) return error_nomem(e);
  to[n] = NULL;
  *out = to;
  return PINTLE_OK;
}

pintle_status chain_selector_make(arena *a, const pintle_selector *from, chain_selector *out, error *e) {
  pintle_status st;
  *out = (chain_selector){0};
  if (!from) return PINTLE_OK;
  if ((st = copy_list(a, from->included_resources, &out->included_resources, e)) != PINTLE_OK) return st;
  if ((st = copy_list(a, from->excluded_resources, &out->excluded_resources, e)) != PINTLE_OK) return st;
  if ((st = copy_list(a, from->included_namespaces, &out->included_namespaces, e)) != PINTLE_OK) return st;
  if ((st = copy_list(a, from->excluded_namespaces, &out->excluded_namespaces, e)) != PINTLE_OK) return st;
  return set_labels(a, from->labels, out, e);
}

void chain_selector_print(const chain_selector *s, buf *json) {
  chain_json j = chain_json_begin(json);
  chain_json_list(&j, "includedResources", s->included_resources);
  chain_json_list(&j, "excludedResources", s->excluded_resources);
  chain_json_list(&j, "includedNamespaces", s->included_namespaces);
  chain_json_list(&j, "excludedNamespaces", s->excluded_namespaces);
  chain_json_text(&j, "labels", s->labels_text);
  chain_json_end(&j);
}

pintle_status chain_selector_read(arena *a, const item_node *from, chain_selector *out, error *e) {
  chain_reader r = {a, from, e, PINTLE_OK};
  *out = (chain_selector){0};
  out->included_resources = chain_read_list(&r, "includedResources");
  out->excluded_resources = chain_read_list(&r, "excludedResources");
  out->included_namespaces = chain_read_list(&r, "includedNamespaces");
  out->excluded_namespaces = chain_read_list(&r, "excludedNamespaces");
  const char *labels = chain_read_text(&r, "labels");
  return r.status == PINTLE_OK ? set_labels(a, labels, out, e) : r.status;
}

void chain_selector_free(chain_selector *s) {
  kube_selector_free(s->labels);
  s->labels = NULL;
}
