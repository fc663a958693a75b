/* rules.c -- the configuration of resolve-references: its rules, in order, and the top.  SPDX-License-Identifier: Apache-2.0 */
#include "replace.h"
#include <stdlib.h>
#include <string.h>

static const char *const limits[] = {"inKinds", "inNamespaces", "inOriginalNamespaces", "withLabels", "withNames", NULL};
enum { N_LIMITS = sizeof limits / sizeof *limits - 1 };

/* namespaces: true and false say whether the Restore's mapping is followed; a mapping at the top stands instead of it. */
static pintle_status namespaces(struct xform *x, pintle_call *call, size_t rule, const char *at) {
  const pintle_doc *config = call->host->config(call);
  char pointer[200];
  int32_t follow = 1;
  pintle_key(pointer, sizeof pointer, at, "namespaces");
  const pintle_value *v = config->api->at(config, pointer);
  if (!*at && v && config->api->type(config, v) == PINTLE_T_BOOL) {
    x->follow_restore = config->api->get_bool(config, pointer, &follow) == PINTLE_OK && follow;
    return PINTLE_OK;
  }
  if (!*at && v) x->follow_restore = false;
  if (!*at && v && config->api->type(config, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "namespaces is true, false, or a mapping, {old: new}");
  if (*at && v && config->api->type(config, v) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, pointer, "namespaces is a mapping, {old: new}; inNamespaces says which items the rule is for");
  return xform_map_read(x, call, XFORM_NAMESPACES, "namespaces", rule, at);
}

static pintle_status families(struct xform *x, pintle_call *call, size_t rule, const char *at) {
  pintle_status st = namespaces(x, call, rule, at);
  for (size_t f = 0; f < XFORM_FAMILIES && st == PINTLE_OK; f++)
    if (f != XFORM_NAMESPACES && f != XFORM_TEXT) st = xform_map_read(x, call, (enum xform_family)f, xform_family_infos[f].name, rule, at);
  if (st == PINTLE_OK && !*at) st = xform_map_read(x, call, XFORM_HOSTS, "ingressHosts", rule, at); /* its older name */
  return st == PINTLE_OK ? xform_texts_read(x, call, rule, at) : st;
}

static const char *const misnamed[][2] = {{"labelSelector", "withLabels"},
                                          {"labels", "withLabels"},
                                          {"selector", "withLabels"},
                                          {"names", "withNames"},
                                          {"name", "withNames"},
                                          {"namespace", "inNamespaces"},
                                          {"includedNamespaces", "inNamespaces"},
                                          {"resources", "inKinds"},
                                          {"includedResources", "inKinds"},
                                          {"kind", "inKinds"},
                                          {"originalNamespaces", "inOriginalNamespaces"},
                                          {NULL, NULL}};

/* One of `rules`: its keys, limits and families. What it maps is what the counts grew by. */
static pintle_status one(struct xform *x, pintle_call *call, size_t i) {
  const pintle_doc *config = call->host->config(call);
  const char *keys[N_LIMITS + XFORM_FAMILIES + 1];
  size_t n = 0, had = x->n_texts;
  char at[40];
  for (size_t k = 0; k < N_LIMITS; k++) keys[n++] = limits[k];
  for (size_t f = 0; f < XFORM_FAMILIES; f++) had += x->maps[f].n, keys[n++] = xform_family_infos[f].name;
  keys[n] = NULL;
  if (snprintf(at, sizeof at, "/rules/%zu", i) < 0) return PINTLE_FAILED;
  x->rules[i].index = (int)i;
  if (config->api->type(config, config->api->at(config, at)) != PINTLE_T_OBJECT)
    return pintle_fail_at(call, PINTLE_INVALID, at, "a rule is a mapping, {inKinds: [Ingress], hosts: {old: new}}");
  pintle_status st = xform_config_misnamed(call, at, misnamed);
  if (st == PINTLE_OK) st = xform_config_keys(call, at, keys);
  if (st == PINTLE_OK) st = xform_limits_read(&x->rules[i], call, at);
  uint64_t before = x->families;
  x->families = 0;
  if (st == PINTLE_OK) st = families(x, call, i, at);
  x->rules[i].families = x->families;
  x->families |= before;
  size_t has = x->n_texts;
  for (size_t f = 0; f < XFORM_FAMILIES; f++) has += x->maps[f].n;
  return st == PINTLE_OK && has == had ? pintle_fail_at(call, PINTLE_INVALID, at, "this rule says nothing to change") : st;
}

pintle_status xform_config_read(struct xform *x, pintle_call *call) {
  const pintle_doc *config = call->host->config(call);
  const pintle_value *list = config->api->at(config, "/rules"), *v;
  pintle_status st = PINTLE_OK;
  size_t n = 0;
  if (list && config->api->type(config, list) != PINTLE_T_ARRAY)
    return pintle_fail_at(call, PINTLE_INVALID, "/rules", "rules is a list, [{inKinds: [Ingress], hosts: {old: new}}]");
  for (v = config->api->first(config, list); v; v = config->api->next(config, v)) n++;
  if (!(x->rules = calloc(n + 1, sizeof *x->rules))) return pintle_fail(call, PINTLE_NOMEM, "out of memory");
  x->n_rules = n + 1, x->follow_restore = true;
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) st = one(x, call, i);
  x->rules[n].index = -1;
  if (st == PINTLE_OK) st = families(x, call, n, "");
  if (st == PINTLE_OK) st = xform_import(x, call);
  if (st == PINTLE_OK && !xform_finder_make(x)) st = pintle_fail(call, PINTLE_NOMEM, "out of memory");
  for (size_t f = 0; f < XFORM_FAMILIES && st == PINTLE_OK; f++) st = xform_map_index(x, call, (enum xform_family)f);
  if (st == PINTLE_OK) xform_say_chains(x, call);
  if (st == PINTLE_OK) st = xform_trees(x, call, x->families | (x->follow_restore || x->check.on ? XFORM_BIT(XFORM_NAMESPACES) : 0));
  for (size_t i = 0; i < n && st == PINTLE_OK; i++) st = xform_rule_meets(x, call, &x->rules[i]);
  if (st == PINTLE_OK) st = xform_texts_reach(x, call);
  return st;
}

void xform_config_free(struct xform *x) {
  for (size_t i = 0; i < x->n_rules; i++) xform_limits_free(&x->rules[i]);
  free(x->rules);
  for (size_t f = 0; f < XFORM_FAMILIES; f++) xform_map_free(&x->maps[f]);
  xform_texts_free(x);
  xform_trees_free(x);
}
