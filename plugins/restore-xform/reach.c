/* reach.c -- rules that can never match are refused: no item within their limits has what they map.  SPDX-License-Identifier: Apache-2.0 */
#include "xform.h"
#include <string.h>

/* Is the rule for items of this kind? anywhere: its namespaces are not looked at. */
static bool is_for(const struct xform_rule *r, const struct xform_kind *k, bool anywhere) {
  if (!anywhere && k->cluster && (r->ns.n || r->original_ns.n)) return false;
  for (size_t i = 0; i < r->kinds.n; i++)
    if (xform_kind_named(r->kinds.all[i], k)) return true;
  return !r->kinds.n;
}

/* Does the rule name a kind of which nothing is known here, or (without inKinds) all of them? */
static bool is_for_others(const struct xform_rule *r) {
  for (size_t i = 0; i < r->kinds.n; i++) {
    bool known = false;
    for (size_t k = 0; k < xform_n_kinds && !known; k++) known = xform_kind_named(r->kinds.all[i], &xform_kinds[k]);
    for (size_t k = 0; k < xform_n_more_kinds && !known; k++) known = xform_kind_named(r->kinds.all[i], &xform_more_kinds[k]);
    if (!known) return true;
  }
  return !r->kinds.n;
}

static bool meets(const struct xform *x, const struct xform_rule *r, uint64_t families, bool anywhere) {
  bool others = x->trees[xform_n_kinds].families & families;
  for (size_t i = 0; i < xform_n_kinds; i++)
    if (x->trees[i].families & families && is_for(r, &xform_kinds[i], anywhere)) return true;
  for (size_t i = 0; i < xform_n_more_kinds && others; i++)
    if (is_for(r, &xform_more_kinds[i], anywhere)) return true;
  return others && is_for_others(r);
}

bool xform_text_meets(const struct xform_rule *r, const struct xform_text_rule *t) {
  for (size_t i = 0; i < xform_n_kinds; i++) {
    const struct xform_kind *k = &xform_kinds[i];
    bool core = !*k->group, holds = (t->where & XFORM_IN_MAPS && core && strcmp(k->kind, "ConfigMap") == 0) ||
                                    (t->where & XFORM_IN_SECRETS && core && strcmp(k->kind, "Secret") == 0) ||
                                    (t->where & (XFORM_IN_ENV | XFORM_IN_ARGS) && k->pod);
    if (holds && is_for(r, k, true)) return true;
  }
  return false;
}

/* What `hosts: true` applies to texts of these kinds. */
static uint64_t through_texts(const struct xform *x, const struct xform_rule *r) {
  const uint64_t families = XFORM_BIT(XFORM_HOSTS) | XFORM_BIT(XFORM_CLUSTER_DOMAIN) | XFORM_BIT(XFORM_NAMESPACES);
  for (size_t i = 0; i < x->n_texts; i++)
    if (x->texts[i].hosts && xform_text_meets(r, &x->texts[i])) return families;
  return 0;
}

static pintle_status refuse(pintle_call *call, const struct xform_rule *r, const char *key, const char *why) {
  char at[100];
  if (snprintf(at, sizeof at, "/rules/%d/%s", r->index, key) < 0) at[0] = 0;
  return pintle_fail_at(call, PINTLE_INVALID, at, "%s: it can never match", why);
}

static pintle_status texts_meet(const struct xform *x, pintle_call *call, const struct xform_rule *r) {
  size_t n = 0;
  for (size_t i = 0; i < x->n_texts; i++) {
    char key[40];
    if (&x->rules[x->texts[i].rule] != r) continue;
    if (snprintf(key, sizeof key, "text/%zu", n++) < 0) key[0] = 0;
    if (!xform_text_meets(r, &x->texts[i])) return refuse(call, r, key, "inKinds has no kind that holds texts which this rule means");
  }
  return PINTLE_OK;
}

static bool only_volumes(const struct xform_rule *r) {
  for (size_t i = 0; i < r->kinds.n; i++)
    if (!xform_kind_named(r->kinds.all[i], xform_kind_of("PersistentVolume", "", 0))) return false;
  return r->kinds.n > 0;
}
static bool only_default(const struct xform *x, const struct xform_rule *r) {
  const struct xform_map *map = &x->maps[XFORM_STORAGE_CLASSES];
  size_t n = 0;
  for (size_t i = 0; i < map->n; i++)
    if (&x->rules[map->all[i].rule] == r) {
      if (strcmp(map->all[i].to, "default") != 0) return false;
      n++;
    }
  return n > 0;
}

pintle_status xform_rule_meets(const struct xform *x, pintle_call *call, const struct xform_rule *r) {
  const uint64_t through = through_texts(x, r);
  if (!(r->families & through) && !meets(x, r, r->families, true)) return refuse(call, r, "inKinds", "no item of these kinds has a field of what this rule maps");
  for (size_t f = 0; f < XFORM_FAMILIES; f++) {
    const uint64_t family = XFORM_BIT(f);
    if (!(r->families & family & ~through)) continue;
    if (!meets(x, r, family, true)) return refuse(call, r, xform_family_infos[f].name, "no item of the kinds in inKinds has a field of it");
    if (!meets(x, r, family, false))
      return refuse(call, r, r->ns.n ? "inNamespaces" : "inOriginalNamespaces",
                    "what this rule maps stands only in items that are in no namespace");
  }
  if (only_volumes(r) && only_default(x, r)) return refuse(call, r, "storageClasses", "a PersistentVolume needs the name of a class, and default is none");
  return texts_meet(x, call, r);
}
