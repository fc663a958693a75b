/* modifiers_match.c -- resource modifiers: do a rule's conditions hold?  SPDX-License-Identifier: Apache-2.0
 *
 * Velero internal/resourcemodifiers/resource_modifiers.go (match, matchConditions), pkg/util/collections/includes_excludes.go. */
#include "builtin/modifiers.h"
#include <strings.h>

/* Cluster-scoped items are in no namespace that a rule could ask for: they pass. */
static bool in_namespaces(const modifier_rule *r, str ns) {
  if (ns.len == 0 || r->n_namespaces == 0) return true;
  for (size_t i = 0; i < r->n_namespaces; i++)
    if (str_is(r->namespaces[i], "*") || builtin_glob(r->namespaces[i], ns, 0)) return true;
  return false;
}

static pintle_status values(const modifier_rule *r, const modifier_subject *s, bool *match, error *e) {
  *match = true;
  for (size_t i = 0; i < r->n_matches && *match; i++) {
    pintle_status st = modifier_test(s->doc, r->matches[i].path, r->matches[i].value);
    if (st == PINTLE_INVALID) return error_set(e, st, "matches[%zu]: there is no element %s", i, r->matches[i].path);
    *match = st == PINTLE_OK;
  }
  return PINTLE_OK;
}

static void near(const modifier_rule *r, pintle_call *call, const char *what, const char *more) {
  char counter[1000];
  snprintf(counter, sizeof counter, "%s, but for %s%s", r->label, what, more);
  call->host->count(call, counter, 1);
}

/* "deployments", "Deployment", where "deployments.apps" is what it is called. */
static bool nearly(const modifier_rule *r, const modifier_subject *s) {
  str wanted = r->group_resource;
  return builtin_glob(wanted, str_of(s->id->resource), '.') ||
         (wanted.len == strlen(s->kind) && strncasecmp(wanted.ptr, s->kind, wanted.len) == 0);
}

pintle_status modifier_matches(const modifier_rule *r, const modifier_subject *s, pintle_call *call, bool *matches, error *e) {
  bool same = true, ns = in_namespaces(r, s->ns), resource = builtin_glob(r->group_resource, str_of(s->group_resource), '.');
  bool name = !r->has_name || regexec(&r->name, s->name.ptr, 0, NULL, 0) == 0;
  bool labels = !r->labels || kube_selector_matches(r->labels, s->labels);
  int failed = !ns + !resource + !name + !labels;
  *matches = false;
  if (failed > 1 || (!resource && !nearly(r, s))) return PINTLE_OK;
  pintle_status st = values(r, s, &same, e);
  if (st != PINTLE_OK) return failed ? PINTLE_OK : st;
  *matches = !failed && same;
  if (failed + !same != 1) return PINTLE_OK;
  if (!ns) near(r, call, "its namespaces", "");
  else if (!resource) near(r, call, "its groupResource: they are ", s->group_resource);
  else if (!name) near(r, call, "its resourceNameRegex", "");
  else if (!labels) near(r, call, "its labelSelector", "");
  else near(r, call, "its matches", "");
  return PINTLE_OK;
}
